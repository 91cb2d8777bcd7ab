//! What a pack's content is called. In: names and bytes of its files. Out: SHA-256, lower-case hexadecimal. Keeps: neither the folder nor the order in
//! which files were found matters. Must not know: the format.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The hash over the files by name, each as length of name, name, length of bytes, bytes (lengths as 64 bits, little endian).
pub(super) fn content_hash<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_unstable();
    let mut hasher = Sha256::new();
    for (name, bytes) in files {
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    let mut hex = String::with_capacity(64);
    for byte in hasher.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The last part of a path, whichever way its separators lean.
pub(super) fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
