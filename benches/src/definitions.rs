//! Reads `benches.toml` and `expected.toml`, and writes the latter anew.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A text to measure on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextDef {
    /// Its name in tables.
    pub name: String,
    /// Files of `data/`, one message a line.
    #[serde(default)]
    pub files: Vec<String>,
    /// Join consecutive lines up to about so many bytes.
    pub bytes: Option<usize>,
    /// One message: this over and over, up to `bytes`.
    pub repeat: Option<String>,
    /// Put a disguised term of the pack into every n-th message.
    pub plant_every: Option<usize>,
    /// Made to cost as much as it can; held against clean text byte for byte.
    #[serde(default)]
    pub hostile: bool,
}

/// A pack to measure with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackDef {
    /// Its name in tables.
    pub name: String,
    /// So many pseudo-words; `None`: the shipped packs.
    pub terms: Option<usize>,
}

/// All of `benches.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// Texts.
    pub text: Vec<TextDef>,
    /// Packs.
    pub pack: Vec<PackDef>,
}

impl Definitions {
    /// Reads `benches.toml`.
    #[must_use]
    pub fn read() -> Self {
        let file = folder().join("benches.toml");
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
    }

    /// A text by name.
    #[must_use]
    pub fn text(&self, name: &str) -> &TextDef {
        self.text.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("benches.toml has no text `{name}`"))
    }

    /// A pack by name.
    #[must_use]
    pub fn pack(&self, name: &str) -> &PackDef {
        self.pack.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("benches.toml has no pack `{name}`"))
    }
}

/// How many messages each engine flags: by pack, then text, then engine.
#[derive(Debug, Clone, Default)]
pub struct Expected(BTreeMap<String, BTreeMap<String, BTreeMap<String, usize>>>);

impl Expected {
    /// Reads `expected.toml`; nothing is expected where there is none.
    #[must_use]
    pub fn read() -> Self {
        let text = fs::read_to_string(Self::file()).unwrap_or_default();
        Self(toml::from_str(&text).unwrap_or_else(|e| panic!("expected.toml: {e}")))
    }

    fn file() -> PathBuf {
        folder().join("expected.toml")
    }

    /// The count that a run must have.
    #[must_use]
    pub fn get(&self, pack: &str, text: &str, engine: &str) -> Option<usize> {
        self.0.get(pack)?.get(text)?.get(engine).copied()
    }

    /// Sets a count.
    pub fn set(&mut self, pack: &str, text: &str, engine: &str, flagged: usize) {
        let texts = self.0.entry(pack.to_owned()).or_default();
        texts.entry(text.to_owned()).or_default().insert(engine.to_owned(), flagged);
    }

    /// Writes `expected.toml`.
    pub fn write(&self) {
        let mut out =
            String::from("# Messages that each engine flags. Written by `compare --renew`; look at the difference before committing it.\n");
        for (pack, texts) in &self.0 {
            out.push_str(&format!("\n[{pack}]\n"));
            for (text, engines) in texts {
                let counts: Vec<String> = engines.iter().map(|(engine, n)| format!("{engine} = {n}")).collect();
                out.push_str(&format!("{text} = {{ {} }}\n", counts.join(", ")));
            }
        }
        fs::write(Self::file(), out).unwrap_or_else(|e| panic!("expected.toml: {e}"));
    }
}

/// The folder of the benches.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
