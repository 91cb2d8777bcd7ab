//! Programs as bytes. In: a [`Program`], or bytes that claim to be one. Out: the other. Keeps: bytes are believed in nothing: what is damaged, cut short, of
//! another engine or made up is refused with its reason, in time and memory linear in the bytes. Must not know: TOML, files, messages.
//!
//! The form: the eight bytes of `MAGIC`; format, as 32 bits; engine version, padded with zeros to 32 bytes; SHA-256 over the packs' hashes; length of the
//! body, as 64 bits; CRC-32 over the body, then over what stands before it; the body. Numbers are little endian.

use super::hash::content_hash;
use super::program::Program;
use crate::limits::PackLimits;
use crate::matcher::patterns::PatternLimits;
use crate::verdict::PackRef;
use std::fmt;

const MAGIC: &[u8; 8] = b"SIDESTEP";

/// Grows by one whenever what is written changes.
const FORMAT: u32 = 15;

/// The engine that writes and reads: tables of another one would disagree with its text stage.
const ENGINE: &str = env!("CARGO_PKG_VERSION");

const ENGINE_BYTES: usize = 32;
const HASH_BYTES: usize = 64;
/// Magic, format, engine, hash and length; then the checksum.
const CHECKED: usize = 8 + 4 + ENGINE_BYTES + HASH_BYTES + 8;
const HEAD: usize = CHECKED + 4;

/// Why bytes are no program that can be used. The packs themselves are then to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompiledError {
    /// They do not begin as a compiled program does.
    NotCompiled,
    /// They are of this format, which this engine does not read.
    Format(u32),
    /// They were written by this version of the engine.
    Engine(String),
    /// They end too early, or go on.
    Length,
    /// They were changed since they were written.
    Checksum,
    /// They are whole, but what they say is no program: not this library wrote them.
    Malformed,
}

impl fmt::Display for CompiledError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCompiled => f.write_str("these are no compiled packs"),
            Self::Format(format) => write!(f, "the compiled packs are of format {format}, this engine reads format {FORMAT}"),
            Self::Engine(engine) => write!(f, "the packs were compiled by engine {engine}, this one is {ENGINE}"),
            Self::Length => f.write_str("the compiled packs are cut short, or something follows them"),
            Self::Checksum => f.write_str("the compiled packs are damaged"),
            Self::Malformed => f.write_str("the compiled packs refer to what is not there"),
        }
    }
}

impl std::error::Error for CompiledError {}

/// The hash over the hashes of some packs, which a compiled program carries: equal where all packs are, in any order.
fn sources_hash(packs: &[PackRef]) -> String {
    content_hash(packs.iter().map(|p| (p.id.as_str(), p.hash.as_bytes())))
}

/// The bytes of a program. Linear.
pub(crate) fn write(program: &Program) -> Vec<u8> {
    let mut out = Vec::from(MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend(ENGINE.bytes().chain(std::iter::repeat(0)).take(ENGINE_BYTES));
    out.extend(sources_hash(&program.packs).bytes());
    // Writing to memory cannot fail; were it to, the empty body is refused when it is read.
    let body = postcard::to_stdvec(program).unwrap_or_default();
    out.extend_from_slice(&(body.len() as u64).to_le_bytes());
    let sum = checksum(&out, &body);
    out.extend_from_slice(&sum.to_le_bytes());
    out.extend_from_slice(&body);
    out
}

/// Reads what [`write`] wrote; patterns are compiled under these limits when they are first looked for.
pub(crate) fn read(bytes: &[u8], limits: &PackLimits) -> Result<Program, CompiledError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(CompiledError::NotCompiled)?;
    let (format, rest) = rest.split_first_chunk::<4>().ok_or(CompiledError::Length)?;
    if u32::from_le_bytes(*format) != FORMAT {
        return Err(CompiledError::Format(u32::from_le_bytes(*format)));
    }
    let (engine, rest) = rest.split_first_chunk::<ENGINE_BYTES>().ok_or(CompiledError::Length)?;
    let engine = String::from_utf8_lossy(engine);
    if engine.trim_end_matches('\0') != ENGINE {
        return Err(CompiledError::Engine(engine.trim_end_matches('\0').escape_default().to_string()));
    }
    let (hash, rest) = rest.split_first_chunk::<HASH_BYTES>().ok_or(CompiledError::Length)?;
    let (length, rest) = rest.split_first_chunk::<8>().ok_or(CompiledError::Length)?;
    let (sum, body) = rest.split_first_chunk::<4>().ok_or(CompiledError::Length)?;
    if u64::from_le_bytes(*length) != body.len() as u64 {
        return Err(CompiledError::Length);
    }
    let head = bytes.get(..CHECKED).ok_or(CompiledError::Length)?;
    if checksum(head, body) != u32::from_le_bytes(*sum) {
        return Err(CompiledError::Checksum);
    }
    let (mut program, left): (Program, &[u8]) = postcard::take_from_bytes(body).map_err(|_| CompiledError::Malformed)?;
    let bounds = PatternLimits { compiled_bytes: limits.pattern_size, backtrack_steps: limits.backtrack_steps };
    program.patterns.bound(&bounds);
    let sound = left.is_empty() && program.is_sound(limits) && sources_hash(&program.packs).as_bytes() == hash;
    if sound { Ok(program) } else { Err(CompiledError::Malformed) }
}

fn checksum(head: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(body);
    hasher.update(head);
    hasher.finalize()
}

/// Puts the right length and checksum on bytes, so that tests and fuzzing get past them to what is checked behind. Bytes too short for a head are left alone.
#[doc(hidden)]
pub fn seal(bytes: &mut [u8]) {
    let Some((head, body)) = bytes.split_at_mut_checked(HEAD) else { return };
    let Some((checked, sum)) = head.split_at_mut_checked(CHECKED) else { return };
    if let Some(length) = checked.last_chunk_mut::<8>() {
        *length = (body.len() as u64).to_le_bytes();
    }
    sum.copy_from_slice(&checksum(checked, body).to_le_bytes());
}
