//! Messages from files. In: bytes of files, in pieces of any size. Out: batches of whole lines, and the message that a line holds.
//! Keeps: memory is bounded by the longest line allowed; a line that is there is handed on without waiting for the next. Must not know: rules.

use crate::failure::Failure;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes of one line at most. A message is read up to 64 KiB; the rest is room for JSON.
pub const LINE_BYTES: usize = 8 << 20;
const READ_BYTES: usize = 64 << 10;

/// Whole lines of one file.
#[derive(Debug)]
pub struct Batch {
    /// Lines with their line ends; only the file's last line may lack one.
    pub bytes: Vec<u8>,
    /// Number of the first line, from 1.
    pub first_line: u64,
    /// Index of the file among those given.
    pub file: usize,
}

impl Batch {
    /// The lines without their ends, numbered.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let body = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let lines = (!self.bytes.is_empty()).then(|| body.split(|&b| b == b'\n')).into_iter().flatten();
        (self.first_line..).zip(lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

/// Opens a file, `-` being standard input.
pub fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|e| Failure::file(path, &e))?;
    if file.metadata().is_ok_and(|m| m.is_dir()) {
        return Err(Failure::Other(format!("{}: is a folder, not a file of messages", path.display())));
    }
    Ok(Box::new(file))
}

/// The files given, or standard input.
pub fn or_stdin(files: &[PathBuf]) -> Vec<PathBuf> {
    if files.is_empty() { vec![PathBuf::from("-")] } else { files.to_vec() }
}

/// Bytes of all files together, if that can be known.
pub fn total_bytes(files: &[PathBuf]) -> Option<u64> {
    files.iter().map(|f| std::fs::metadata(f).ok().filter(std::fs::Metadata::is_file).map(|m| m.len())).sum()
}

/// Reads all files and hands on batches; stops early when `take` says so.
pub fn read_batches(files: &[PathBuf], mut take: impl FnMut(Batch) -> bool) -> Result<(), Failure> {
    for (file, path) in files.iter().enumerate() {
        let mut reader = open(path)?;
        if !read_file(&mut reader, file, path, &mut take)? {
            return Ok(());
        }
    }
    Ok(())
}

fn read_file(reader: &mut dyn Read, file: usize, path: &Path, take: &mut impl FnMut(Batch) -> bool) -> Result<bool, Failure> {
    let mut next_line = 1;
    let mut pending: Vec<u8> = Vec::new();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Failure::file(path, &e)),
        };
        let fresh = &buffer[..read];
        let whole = if read == 0 { Some(0) } else { fresh.iter().rposition(|&b| b == b'\n').map(|i| i + 1) };
        let Some(whole) = whole else {
            pending.extend_from_slice(fresh);
            if pending.len() > LINE_BYTES {
                return Err(Failure::Other(format!("{}:{next_line}: line longer than {LINE_BYTES} bytes", path.display())));
            }
            continue;
        };
        pending.extend_from_slice(&fresh[..whole]);
        let bytes = std::mem::replace(&mut pending, fresh[whole..].to_vec());
        if !bytes.is_empty() {
            let lines = bytes.iter().filter(|&&b| b == b'\n').count() as u64;
            if !take(Batch { bytes, first_line: next_line, file }) {
                return Ok(false);
            }
            next_line += lines;
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The caller's name for it.
    pub id: Option<String>,
    /// The message; ill-formed UTF-8 is left as it came.
    pub text: Vec<u8>,
}

/// What a JSON line may hold. `conv`, `turn`, `sender` and `at` are let through for conversations and not read here.
#[derive(Deserialize)]
struct JsonLine {
    #[serde(default, deserialize_with = "name")]
    id: Option<String>,
    #[serde(deserialize_with = "raw_text")]
    text: Vec<u8>,
}

/// The message of a line: a JSON object with a string `text`, or else the line as it stands.
pub fn record(line: &[u8]) -> Record {
    if line.trim_ascii_start().first() == Some(&b'{')
        && let Ok(JsonLine { id, text }) = serde_json::from_slice(line)
    {
        return Record { id, text };
    }
    Record { id: None, text: line.to_vec() }
}

/// A string's bytes: JSON from chat logs holds lone surrogates and ill-formed UTF-8, which must not hide a message.
pub fn raw_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    struct Bytes;
    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }
        fn visit_bytes<E: Error>(self, v: &[u8]) -> Result<Vec<u8>, E> {
            Ok(v.to_vec())
        }
    }
    deserializer.deserialize_bytes(Bytes)
}

/// An id: a string or a number.
pub fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => None,
        serde_json::Value::String(s) => Some(s),
        other => Some(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Batch, Record, read_file, record};
    use std::io::Read;
    use std::path::Path;

    /// Hands out few bytes at a time.
    struct Drip<'b>(&'b [u8], usize);
    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let n = self.1.min(self.0.len()).min(out.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    #[test]
    fn lines_are_the_same_whatever_the_size_of_the_pieces() {
        let source = b"one\r\n\ntwo\xFF words\n\nlast";
        for piece in 1..=source.len() {
            let mut lines = Vec::new();
            let mut take = |batch: Batch| {
                lines.extend(batch.lines().map(|(n, l)| (n, l.to_vec())));
                true
            };
            assert!(read_file(&mut Drip(source, piece), 0, Path::new("x"), &mut take).is_ok_and(|all| all));
            let wanted: [(u64, &[u8]); 5] = [(1, b"one"), (2, b""), (3, b"two\xFF words"), (4, b""), (5, b"last")];
            assert_eq!(lines, wanted.map(|(n, l)| (n, l.to_vec())), "pieces of {piece}");
        }
    }

    #[test]
    fn json_lines_and_plain_lines() {
        let with = |id: Option<&str>, text: &[u8]| Record { id: id.map(str::to_owned), text: text.to_vec() };
        assert_eq!(record(br#"{"id":"42","text":"hi \u00e9"}"#), with(Some("42"), "hi é".as_bytes()));
        assert_eq!(record(br#" {"id":7,"text":"hi","conv":"c","turn":1}"#), with(Some("7"), b"hi"));
        assert_eq!(record(br#"{"text":"a\ud83d b"}"#), with(None, b"a\xED\xA0\xBD b"));
        assert_eq!(record(b"{\"text\":\"a\xFFb\"}"), with(None, b"a\xFFb"));
        for plain in [&br#"{"id":"1"}"#[..], br#"{"text":1}"#, b"{smile}", b"[1]", b""] {
            assert_eq!(record(plain), with(None, plain));
        }
    }
}
