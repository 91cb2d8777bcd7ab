//! Packs made from any bytes, so that a fuzzer reaches the rules behind the loader. In: bytes. Out: a pack's text and a message. Keeps: every string of
//! bytes gives something; equal bytes give equal packs. Shared by the target `scan_pack` and the replay of its regressions.

use std::fmt::Write;

const TERMS: &[&str] = &[
    "snow",
    "telegram",
    "tele gram",
    "whatsapp",
    "4-piperidone",
    "a",
    "ab",
    "aa",
    "微信",
    "加v",
    "大麻",
    "телега",
    "🍄",
    "$ignal",
    "it's",
    "né",
    "o0o",
    "pill press machine",
    "one two three four five",
    "i.d.",
    "café",
    "ﬁn",
    "x-y_z",
    "1g",
    "ไลน์",
    "व्हाट्सएप",
    "واتساب",
    "llama",
    "bookkeeper",
    "mmm",
];
const OPTIONS: &[&str] = &["", "", "", " | fuzzy=1", " | fuzzy=2", " | word", " | case", " | homophone", " | disguised", " | word fuzzy=1"];
const PATTERNS: &[&str] = &[
    "[0-9]+",
    "a+b",
    "(?-u:\\\\b)t(?:ele)?gram",
    "\\\\w+ snow",
    "(?:a|b)*c",
    ".",
    "[^a]*",
    "(?<=a)b",
    "(\\\\w+) \\\\1",
    "",
    "x{0,50}",
    "\\\\pL+",
    "$",
    "^a",
];
const ENTITIES: &[&str] =
    &["phone", "email", "link", "app-link", "handle", "wallet", "iban", "card", "cashtag", "pay-link", "bank-account", "cas"];
const DISTANCES: &[&str] = &["message", "sentence", "0 words", "2 words", "3 words before", "4 words after", "12 words"];

/// Draws choices from bytes; zeros when they are used up.
struct Draw<'b> {
    bytes: &'b [u8],
}

impl<'b> Draw<'b> {
    fn number(&mut self, below: usize) -> usize {
        let Some((&first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(first) % below.max(1)
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.number(of.len())]
    }

    /// A term: a known one, or letters from the bytes.
    fn term(&mut self) -> String {
        let known = self.number(4) > 0;
        if known {
            return self.one(TERMS).to_owned();
        }
        let len = self.number(12);
        let (word, rest) = self.bytes.split_at(len.min(self.bytes.len()));
        self.bytes = rest;
        String::from_utf8_lossy(word).chars().filter(|c| !c.is_control() && !"\"\\|".contains(*c)).collect()
    }

    /// Ids of rules with smaller numbers: no circle.
    fn earlier(&mut self, rule: usize) -> String {
        let count = 1 + self.number(3);
        let ids: Vec<String> = (0..count).map(|_| format!("\"r.n{}\"", self.number(rule))).collect();
        ids.join(", ")
    }
}

/// A pack and a message. The first byte says how many of the others the pack is drawn from.
pub fn from_bytes(bytes: &[u8]) -> (String, &[u8]) {
    let (&size, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (drawn, message) = rest.split_at(usize::from(size).min(rest.len()));
    let mut draw = Draw { bytes: drawn };
    let mut pack = String::from("[pack]\nid = \"p\"\nversion = \"1\"\nengine = \">=0.1\"\n");
    let rules = 1 + draw.number(8);
    for n in 0..rules {
        let _ = write!(pack, "[[rule]]\nid = \"r.n{n}\"\n");
        if draw.number(4) > 0 {
            let _ = writeln!(pack, "category = \"{}\"\nweight = {}", draw.one(&["drugs", "contact"]), 1 + draw.number(9));
        }
        source(&mut draw, n, &mut pack);
        filters(&mut draw, n, &mut pack);
    }
    (pack, message)
}

fn source(draw: &mut Draw<'_>, rule: usize, pack: &mut String) {
    let _ = match draw.number(8) {
        0 => writeln!(pack, "regex = \"{}\"\ngate = [\"{}\"]", draw.one(PATTERNS), draw.one(TERMS)),
        1 => writeln!(pack, "entity = [\"{}\", \"{}\"]", draw.one(ENTITIES), draw.one(ENTITIES)),
        2 if rule > 0 => writeln!(pack, "all = [{}]", draw.earlier(rule)),
        3 if rule > 0 => writeln!(pack, "at_least = {{ count = {}, of = [{}] }}", 1 + draw.number(3), draw.earlier(rule)),
        4 if rule > 0 => writeln!(pack, "any = [{}]\nnone = [{}]", draw.earlier(rule), draw.earlier(rule)),
        _ => {
            let count = 1 + draw.number(5);
            let terms: Vec<String> = (0..count).map(|_| format!("\"{}{}\"", draw.term(), draw.one(OPTIONS))).collect();
            writeln!(pack, "terms = [{}]", terms.join(", "))
        }
    };
    if pack.lines().next_back().is_some_and(|l| ["all", "any", "none", "at_least"].iter().any(|k| l.starts_with(k))) && draw.number(2) > 0 {
        let _ = writeln!(pack, "within = \"{}\"", draw.one(DISTANCES));
    }
}

fn filters(draw: &mut Draw<'_>, rule: usize, pack: &mut String) {
    let chosen = draw.number(32);
    if rule > 0 && chosen & 1 != 0 {
        let _ = writeln!(pack, "needs = [{}]\nneeds_within = \"{}\"", draw.earlier(rule), draw.one(DISTANCES));
    }
    if rule > 0 && chosen & 2 != 0 {
        let _ = writeln!(pack, "unless = [{}]\nunless_within = \"{}\"", draw.earlier(rule), draw.one(DISTANCES));
    }
    if chosen & 4 != 0 && chosen & 8 != 0 {
        let _ = writeln!(pack, "except = [\"{}\"]", draw.term());
    }
    if rule > 0 && chosen & 17 == 17 {
        let _ = writeln!(pack, "needs_unless_disguised = true");
    }
}
