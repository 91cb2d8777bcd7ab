//! The reading of every character. In: the Unicode Consortium's files and our own rows. Out: a two-stage table as Rust source.
//! Keeps: plain readings are fixed points; a letter and its capital are equally strong look-alikes. Must not know: words.

use crate::read::{Characters, confusables, property};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How the fold treats a character. The numbers are those of `Kind` in src/text/fold.rs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
enum Kind {
    Other = 0,
    Space = 1,
    Latin = 2,
    Digit = 3,
    Letter = 4,
    Unspaced = 5,
    Mark = 6,
    Invisible = 7,
    Joiner = 8,
    Variation = 9,
    Keycap = 10,
    Override = 11,
    Pop = 12,
    Emoji = 13,
    Regional = 14,
    Word = 15,
    Inner = 16,
    Second = 17,
}

/// Evidence codes: indices into `EVIDENCE` in src/text/fold.rs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Default)]
enum Seen {
    #[default]
    None = 0,
    Accent = 1,
    Homoglyph = 2,
    Fullwidth = 3,
    Styled = 4,
    Flipped = 5,
    Emoji = 6,
}

impl Seen {
    fn from_name(name: &str) -> Option<Self> {
        [
            ("none", Self::None),
            ("accent", Self::Accent),
            ("homoglyph", Self::Homoglyph),
            ("fullwidth", Self::Fullwidth),
            ("styled", Self::Styled),
            ("flipped", Self::Flipped),
            ("emoji", Self::Emoji),
        ]
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, seen)| *seen)
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
struct Record {
    /// What it folds to wherever it stands; empty: itself.
    plain: String,
    /// What it reads as among Latin letters; empty: nothing.
    look: String,
    kind: Kind,
    /// Strength of the look-alike (0 none, 1 weak, 2 strong), plus 4 for scripts whose whole words may be Latin, plus 8 for Cyrillic.
    traits: u8,
    seen: Seen,
    look_seen: Seen,
}

struct Own {
    reading: String,
    place: String,
    seen: Seen,
}

struct Maker {
    characters: Characters,
    confusables: HashMap<char, String>,
    ignorable: HashSet<u32>,
    seconds: HashSet<char>,
    own: HashMap<char, Own>,
    /// Simplified characters by the traditional ones.
    simplified: HashMap<char, char>,
    /// Capitals (and other variants) by the one character that they fold to.
    variants: HashMap<char, Vec<char>>,
}

const LIVING: &[&str] = &[
    "Greek",
    "Cyrillic",
    "Armenian",
    "Georgian",
    "Hebrew",
    "Arabic",
    "Syriac",
    "Thaana",
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
    "Ethiopic",
    "Hangul",
];
const UNSPACED: &[&str] = &["Han", "Hiragana", "Katakana", "Bopomofo", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"];

fn own_rows(text: &str) -> Result<HashMap<char, Own>, Box<dyn Error>> {
    let mut own = HashMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [reading, place, seen, characters] = fields[..] else {
            return Err(format!("look_alikes.tsv:{}: not four columns", number + 1).into());
        };
        let seen = Seen::from_name(seen).ok_or_else(|| format!("look_alikes.tsv:{}: evidence {seen}", number + 1))?;
        for c in characters.chars().filter(|c| !c.is_ascii()) {
            own.entry(c).or_insert_with(|| Own { reading: reading.to_owned(), place: place.to_owned(), seen });
        }
    }
    Ok(own)
}

fn simplified(text: &str) -> Result<HashMap<char, char>, Box<dyn Error>> {
    let mut simplified = HashMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.starts_with('#')) {
        let Some((Ok(to), from)) = line.split_once('\t').map(|(to, from)| (to.parse::<char>(), from)) else {
            return Err(format!("simplified.tsv:{}: not a character and those written with it", number + 1).into());
        };
        simplified.extend(from.chars().map(|c| (c, to)));
    }
    Ok(simplified)
}

impl Maker {
    fn new(folder: &Path) -> Result<(Self, String), Box<dyn Error>> {
        let characters = Characters::read(folder)?;
        let (confusables, version) = confusables(folder)?;
        let mut seconds = HashSet::new();
        for c in all_chars() {
            let parts: Vec<char> = c.nfd().collect();
            if parts.len() >= 2 && c.nfc().eq([c]) {
                seconds.insert(parts[parts.len() - 1]);
            }
        }
        let mut maker = Self {
            characters,
            confusables,
            ignorable: property(folder, "Default_Ignorable_Code_Point")?.into_iter().collect(),
            seconds,
            own: own_rows(include_str!("../data/look_alikes.tsv"))?,
            simplified: simplified(include_str!("../data/simplified.tsv"))?,
            variants: HashMap::new(),
        };
        for c in all_chars() {
            let plain = maker.plain(c).0;
            let mut chars = plain.chars();
            if let (Some(one), None) = (chars.next(), chars.next())
                && one != c
            {
                maker.variants.entry(one).or_default().push(c);
            }
        }
        Ok((maker, version))
    }

    fn script(&self, c: char) -> &str {
        // Coptic letters that stand in the Greek block are Coptic by script; letters common to scripts have none of their own.
        match c {
            'µ' => "Greek",
            'ー' | 'ｰ' | '々' | '〆' => "Han",
            _ => self.characters.script(c),
        }
    }

    fn is_letter(&self, c: char) -> bool {
        self.characters.category(c).starts_with('L') || self.characters.category(c) == "Nl"
    }

    /// Marks that are no part of spelling: accents, points, harakat; not the vowel signs of Indic scripts.
    fn is_dropped_mark(&self, c: char) -> bool {
        matches!(self.characters.category(c), "Mn" | "Me")
            && (matches!(
                self.script(c),
                "Inherited" | "Common" | "Greek" | "Cyrillic" | "Arabic" | "Hebrew" | "Syriac" | "Coptic" | "Latin"
            ) || matches!(c as u32, 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF))
            && !matches!(c, '\u{3099}' | '\u{309A}')
    }

    fn invisible(&self, c: char) -> Option<Kind> {
        Some(match c as u32 {
            0x202E => Kind::Override,
            0x202C => Kind::Pop,
            0x200C | 0x200D => Kind::Joiner,
            0x20E3 => Kind::Keycap,
            0xFE00..=0xFE0F | 0x1F3FB..=0x1F3FF => Kind::Variation,
            0x2800 | 0x0640 | 0x2D7F | 0xFFA0 | 0x3164 | 0x115F | 0x1160 | 0xFFF9..=0xFFFB | 0xE0000..=0xE0FFF => Kind::Invisible,
            cp if self.ignorable.contains(&cp) || self.characters.category(c) == "Cf" => Kind::Invisible,
            _ => return None,
        })
    }

    /// Styled forms that NFKC leaves alone or spells with brackets.
    fn enclosed(c: char) -> Option<String> {
        let cp = c as u32;
        let letter = |first: u32| char::from_u32('a' as u32 + (cp - first)).map(String::from);
        let number = |first: u32, from: u32| Some((cp - first + from).to_string());
        match cp {
            0x1F150..=0x1F169 => letter(0x1F150),
            0x1F170..=0x1F189 => letter(0x1F170),
            0x249C..=0x24B5 => letter(0x249C),
            0x1F110..=0x1F129 => letter(0x1F110),
            0x2474..=0x2487 => number(0x2474, 1),
            0x2488..=0x249B => number(0x2488, 1),
            0x2776..=0x277F => number(0x2776, 1),
            0x2780..=0x2789 => number(0x2780, 1),
            0x278A..=0x2793 => number(0x278A, 1),
            0x24EB..=0x24F4 => number(0x24EB, 11),
            0x24F5..=0x24FE => number(0x24F5, 1),
            0x24FF | 0x1F10B | 0x1F10C | 0x1F100 => Some("0".to_owned()),
            0x1F101..=0x1F10A => number(0x1F101, 0),
            _ => None,
        }
    }

    fn styled(c: char) -> Seen {
        match c as u32 {
            0xFF00..=0xFFEF => Seen::Fullwidth,
            0x00AA
            | 0x00B2..=0x00BE
            | 0x01C4..=0x01F3
            | 0x02B0..=0x02FF
            | 0x1D2C..=0x1DBF
            | 0x2070..=0x209F
            | 0x2100..=0x218F
            | 0x2460..=0x24FF
            | 0x2776..=0x2793
            | 0x2C7C..=0x2C7D
            | 0xA69C..=0xA69D
            | 0xA770
            | 0xA7F2..=0xA7F9
            | 0xAB5C..=0xAB5F
            | 0xFB00..=0xFB06
            | 0x10780..=0x107BF
            | 0x1CCD6..=0x1CCF9
            | 0x1D400..=0x1D7FF
            | 0x1EE00..=0x1EEFF
            | 0x1FBF0..=0x1FBF9
            | 0x1F100..=0x1F1FF
            | 0x3200..=0x33FF => Seen::Styled,
            _ => Seen::None,
        }
    }

    /// One step of the plain reading of a character, and the disguise that it undoes.
    fn step(&self, c: char) -> (String, Seen) {
        if c.is_ascii() {
            return (c.to_ascii_lowercase().to_string(), Seen::None);
        }
        if let Some(own) = self.own.get(&c).filter(|own| own.place == "always") {
            return (own.reading.clone(), own.seen);
        }
        if let Some(&simplified) = self.simplified.get(&c) {
            return (simplified.to_string(), Seen::None);
        }
        if let Some(text) = Self::enclosed(c) {
            return (text, Seen::Styled);
        }
        match self.characters.category(c) {
            "Zs" => return (" ".to_owned(), Seen::None),
            "Zl" | "Zp" => return ("\n".to_owned(), Seen::None),
            // Digits of scripts hardly used in chat are look-alikes first.
            "Nd" if !matches!(self.script(c), "Common" | "Inherited") && self.is_symbol_letter(c) && self.confusable(c).is_some() => {
                return self.confusable(c).unwrap_or_default();
            }
            "Nd" => return (self.digit(c).to_string(), Self::styled(c)),
            _ if c == '\u{85}' => return ("\n".to_owned(), Seen::None),
            _ => {}
        }
        if self.own.contains_key(&c) && !self.is_letter(c) || matches!(c as u32, 0x3131..=0x318E) {
            return (c.to_string(), Seen::None);
        }
        let compatible: String = c.nfkc().collect();
        if compatible != c.to_string() && !compatible.contains(' ') {
            let bare = if matches!(c as u32, 0x3200..=0x32FF) { compatible.replace(['(', ')'], "") } else { compatible };
            return (bare, Self::styled(c));
        }
        // A capital may look like another letter than its small one.
        if !matches!(self.script(c), "Latin" | "Common")
            && let Some(read) = self.confusable(c)
        {
            return read;
        }
        let lower: String = c.to_lowercase().collect();
        if lower != c.to_string() {
            return (lower, Seen::None);
        }
        match c {
            'ς' => return ("σ".to_owned(), Seen::None),
            'ё' => return ("е".to_owned(), Seen::None),
            'й' => return (c.to_string(), Seen::None),
            _ => {}
        }
        let parts: String = c.nfd().collect();
        if parts != c.to_string() && !matches!(self.script(c), "Cyrillic" | "Hangul") {
            let bare: String = parts.chars().filter(|&m| !self.is_dropped_mark(m)).collect();
            let again: String = bare.nfc().collect();
            if again != c.to_string() {
                let seen = if again.is_ascii() || self.script(c) == "Latin" { Seen::Accent } else { Seen::None };
                return (again, seen);
            }
        }
        self.confusable(c).unwrap_or_else(|| (c.to_string(), Seen::None))
    }

    /// The prototype of UTS 39 where it is ASCII and the character is not a letter of a script in use, nor a symbol drawn as a letter.
    fn confusable(&self, c: char) -> Option<(String, Seen)> {
        let script = self.script(c);
        if LIVING.contains(&script) || UNSPACED.contains(&script) || !self.is_letter(c) && self.is_symbol_letter(c) || is_combining_mark(c)
        {
            return None;
        }
        let prototype = self.confusables.get(&c)?;
        let accented = prototype.chars().any(is_combining_mark);
        let bare = self.ascii_prototype(c)?;
        let punctuation = !bare.bytes().any(|b| b.is_ascii_alphanumeric());
        let seen = match (punctuation, accented && script == "Latin") {
            (true, _) => Seen::None,
            (_, true) => Seen::Accent,
            _ => Seen::Homoglyph,
        };
        Some((bare, seen))
    }

    fn is_symbol_letter(&self, c: char) -> bool {
        self.ascii_prototype(c).is_some_and(|p| p.bytes().any(|b| b.is_ascii_alphanumeric()))
    }

    /// The prototype without its marks, in lower case, if it is ASCII.
    fn ascii_prototype(&self, c: char) -> Option<String> {
        let prototype = self.confusables.get(&c)?;
        let bare: String = prototype.chars().filter(|&m| !is_combining_mark(m)).map(|p| p.to_ascii_lowercase()).collect();
        let bare = match bare.as_str() {
            "rn" => "m".to_owned(),
            "''" => "\"".to_owned(),
            _ => bare,
        };
        (!bare.is_empty() && bare.is_ascii() && !bare.contains(' ')).then_some(bare)
    }

    fn digit(&self, c: char) -> u32 {
        if let Some(ascii) = c.nfkc().next().and_then(|n| n.to_digit(10)) {
            return ascii;
        }
        // Decimal digits stand in runs of ten, zero first.
        let mut back = 0;
        while back < 10
            && char::from_u32(c as u32 - back - 1)
                .is_some_and(|p| self.characters.category(p) == "Nd" && self.characters.script(p) == self.characters.script(c))
        {
            back += 1;
        }
        match c as u32 {
            0x1090..=0x1099 => c as u32 - 0x1090,
            0x19DA => 1,
            0x1A80..=0x1A89 => c as u32 - 0x1A80,
            0x1A90..=0x1A99 => c as u32 - 0x1A90,
            0x6F0..=0x6F9 => c as u32 - 0x6F0,
            0x116D0..=0x116E3 => (c as u32 - 0x116D0) % 10,
            _ => back % 10,
        }
    }

    /// The plain reading, taken until it changes no more.
    fn plain(&self, c: char) -> (String, Seen) {
        let (mut text, mut seen) = self.step(c);
        for _ in 0..6 {
            let mut next = String::new();
            for part in text.chars() {
                if self.invisible(part).is_some() || self.is_dropped_mark(part) {
                    continue;
                }
                let (read, also) = self.step(part);
                next.push_str(&read);
                if seen == Seen::None {
                    seen = also;
                }
            }
            let next: String = if next.is_ascii() { next } else { next.nfc().collect() };
            if next == text {
                break;
            }
            text = next;
        }
        if text == c.to_string() { (text, Seen::None) } else { (text, seen) }
    }

    fn kind(&self, c: char) -> Kind {
        if let Some(kind) = self.invisible(c) {
            return kind;
        }
        if self.is_dropped_mark(c) {
            return Kind::Mark;
        }
        if (0x1F1E6..=0x1F1FF).contains(&(c as u32)) {
            return Kind::Regional;
        }
        let (plain, _) = self.plain(c);
        if plain.is_empty() {
            return Kind::Invisible;
        }
        if plain == " " || plain == "\n" {
            return Kind::Space;
        }
        let first = plain.chars().find(|p| p.is_alphanumeric()).or(plain.chars().next()).unwrap_or(c);
        if first.is_ascii() {
            return match first {
                _ if plain.bytes().all(|b| b.is_ascii_digit()) => Kind::Digit,
                _ if plain.bytes().all(|b| b.is_ascii_alphanumeric()) => Kind::Latin,
                _ => Kind::Other,
            };
        }
        let (script, category) = (self.script(first), self.characters.category(first));
        match self.own.get(&first).map(|own| own.place.as_str()) {
            Some("word") if !self.is_letter(first) => return Kind::Word,
            Some("inner") if !self.is_letter(first) => return Kind::Inner,
            _ => {}
        }
        if self.seconds.contains(&first) || matches!(first, '\u{3099}' | '\u{309A}') {
            return Kind::Second;
        }
        if category.starts_with('L') || category.starts_with('M') || category == "Nl" {
            return if UNSPACED.contains(&script) {
                Kind::Unspaced
            } else if script == "Latin" {
                Kind::Latin
            } else {
                Kind::Letter
            };
        }
        if is_emoji(first as u32) {
            return Kind::Emoji;
        }
        if self.is_symbol_letter(first) { Kind::Word } else { Kind::Other }
    }

    /// The Latin reading of one character by itself: our own row, then UTS 39.
    fn own_look(&self, c: char) -> Option<(String, u8, Seen)> {
        if let Some(own) = self.own.get(&c).filter(|own| own.place != "always") {
            return Some((own.reading.clone(), if own.place == "strong" { 2 } else { 1 }, own.seen));
        }
        let Some(mut bare) = self.ascii_prototype(c) else {
            return c.nfd().next().filter(|&base| base != c).and_then(|base| self.own_look(base));
        };
        if bare == "l" && c.to_lowercase().any(|l| self.ascii_prototype(l).as_deref() == Some("i")) {
            bare = "i".to_owned();
        }
        let readable = bare.bytes().all(|b| b.is_ascii_alphanumeric());
        readable.then_some((bare, 2, Seen::Homoglyph))
    }

    fn look(&self, c: char, plain: &str) -> Option<(String, u8, Seen)> {
        let mut chars = plain.chars();
        let (Some(base), None) = (chars.next(), chars.next()) else { return self.own_look(c) };
        let family: Vec<_> =
            std::iter::once(&base).chain(self.variants.get(&base).into_iter().flatten()).filter_map(|&v| self.own_look(v)).collect();
        let strength = family.iter().map(|(_, strength, _)| *strength).max()?;
        let (look, _, seen) = self.own_look(c).or_else(|| self.own_look(base)).or_else(|| family.first().cloned())?;
        Some((look, strength, seen))
    }

    fn record(&self, c: char) -> Record {
        let kind = self.kind(c);
        let dropped =
            matches!(kind, Kind::Mark | Kind::Invisible | Kind::Joiner | Kind::Variation | Kind::Keycap | Kind::Override | Kind::Pop);
        if dropped {
            return Record { plain: String::new(), look: String::new(), kind, traits: 0, seen: Seen::None, look_seen: Seen::None };
        }
        if kind == Kind::Regional {
            let letter = char::from_u32('a' as u32 + c as u32 - 0x1F1E6).map(String::from).unwrap_or_default();
            return Record { plain: String::new(), look: letter, kind, traits: 0, seen: Seen::None, look_seen: Seen::Styled };
        }
        let (plain, seen) = self.plain(c);
        let readable = matches!(kind, Kind::Letter | Kind::Unspaced | Kind::Word | Kind::Inner | Kind::Second);
        let look = readable.then(|| self.look(c, &plain)).flatten();
        let first = plain.chars().next().unwrap_or(c);
        let mut traits = look.as_ref().map_or(0, |(_, strength, _)| *strength);
        if kind == Kind::Letter {
            match self.script(first) {
                "Cyrillic" => traits |= 4 | 8,
                "Greek" | "Armenian" => traits |= 4,
                "Hangul" => traits = 0,
                _ => {}
            }
        }
        let (look, look_seen) = look.map_or((String::new(), Seen::None), |(look, _, seen)| (look, seen));
        let plain = if plain == c.to_string() { String::new() } else { plain };
        Record { plain, look, kind, traits, seen, look_seen }
    }
}

/// Pictographs, roughly: the blocks that hold them, without enclosed letters and plain geometry.
fn is_emoji(cp: u32) -> bool {
    matches!(cp, 0x1F000..=0x1F0FF | 0x1F18E..=0x1F19A | 0x1F201..=0x1F265 | 0x1F300..=0x1FAFF | 0x2600..=0x27BF | 0x231A | 0x231B | 0x2328
        | 0x23CF | 0x23E9..=0x23F3 | 0x23F8..=0x23FA | 0x25FD | 0x25FE | 0x2B1B | 0x2B1C | 0x2B50 | 0x2B55 | 0x3030 | 0x303D | 0xA9 | 0xAE)
}

fn all_chars() -> impl Iterator<Item = char> {
    (0x80..0x10FFFF).filter_map(char::from_u32)
}

const BLOCK: usize = 64;
/// Planes 0, 1 and 2 up to the compatibility ideographs; what lies above is a private use or an ideograph and stays itself.
const LIMIT: usize = 0x2FA40;

pub fn generate(folder: &Path) -> Result<String, Box<dyn Error>> {
    let (maker, version) = Maker::new(folder)?;
    let mut ids: BTreeMap<Record, usize> = BTreeMap::new();
    let mut records: Vec<Record> = Vec::new();
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<Vec<usize>, usize> = HashMap::new();
    let mut index = Vec::new();
    for start in (0..LIMIT).step_by(BLOCK) {
        let block: Vec<usize> = (start..start + BLOCK)
            .map(|cp| {
                let record = char::from_u32(cp as u32).map_or_else(
                    || Record {
                        plain: String::new(),
                        look: String::new(),
                        kind: Kind::Other,
                        traits: 0,
                        seen: Seen::None,
                        look_seen: Seen::None,
                    },
                    |c| maker.record(c),
                );
                *ids.entry(record.clone()).or_insert_with(|| {
                    records.push(record);
                    records.len() - 1
                })
            })
            .collect();
        let next = blocks.len();
        index.push(*known.entry(block.clone()).or_insert_with(|| {
            blocks.push(block);
            next
        }));
    }
    write_source(&version, &records, &blocks, &index)
}

fn write_source(version: &str, records: &[Record], blocks: &[Vec<usize>], index: &[usize]) -> Result<String, Box<dyn Error>> {
    let mut pool = String::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for text in records.iter().flat_map(|r| [r.plain.as_str(), r.look.as_str()]) {
        if !text.is_empty() && !places.contains_key(text) {
            let at = pool.find(text).unwrap_or_else(|| {
                pool.push_str(text);
                pool.len() - text.len()
            });
            places.insert(text, at);
        }
    }
    let place = |text: &str| places.get(text).copied().unwrap_or(0) * 64 + text.len();
    let mut out = String::new();
    writeln!(
        out,
        "//! @generated by tablegen from Unicode {version} (confusables.txt, Scripts.txt, DerivedCoreProperties.txt), and look_alikes.tsv and simplified.tsv beside it: do not edit."
    )?;
    out.push_str(HEAD);
    writeln!(out, "/// The Unicode version of the tables.\npub const UNICODE_VERSION: &str = {version:?};\n")?;
    writeln!(out, "/// All readings, one after the other, some overlapping.\n#[rustfmt::skip]\npub(super) const POOL: &str = \"\\")?;
    let mut width = 0;
    for c in pool.chars() {
        if width >= 100 && c != ' ' && c != '\n' {
            out.push_str("\\\n");
            width = 0;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '"' | '\\' => write!(out, "\\{c}")?,
            c if c.is_ascii() || c.is_alphanumeric() && c as u32 >= 0x370 && !is_combining_mark(c) && !is_rtl(c) => out.push(c),
            c => write!(out, "\\u{{{:X}}}", c as u32)?,
        }
        width += 1;
    }
    out.push_str("\";\n\n");
    writeln!(
        out,
        "/// Plain reading and look-alike (place in the pool times 64, plus length; 0: itself, none), kind, traits, evidence of each."
    )?;
    writeln!(out, "#[rustfmt::skip]\npub(super) static RECORDS: [Record; {}] = [", records.len())?;
    for row in records.chunks(6) {
        let cells: Vec<String> = row
            .iter()
            .map(|r| {
                format!("r({},{},{},{},{},{})", place(&r.plain), place(&r.look), r.kind as u8, r.traits, r.seen as u8, r.look_seen as u8)
            })
            .collect();
        writeln!(out, "{},", cells.join(","))?;
    }
    writeln!(
        out,
        "];\n\n/// Block of each {BLOCK} code points from 0 on.\n#[rustfmt::skip]\npub(super) static INDEX: [u16; {}] = [",
        index.len()
    )?;
    for row in index.chunks(32) {
        writeln!(out, "{},", row.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))?;
    }
    writeln!(
        out,
        "];\n\n/// Record of each code point, by block.\n#[rustfmt::skip]\npub(super) static BLOCKS: [[u16; {BLOCK}]; {}] = [",
        blocks.len()
    )?;
    for block in blocks {
        writeln!(out, "[{}],", block.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))?;
    }
    out.push_str("];\n");
    Ok(out)
}

fn is_rtl(c: char) -> bool {
    matches!(c as u32, 0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF)
}

const HEAD: &str = "\
//! In: nothing. Out: the reading of every character. Keeps: plain readings are fixed points. Must not know: words.
//!
//! Unicode data: Copyright \u{a9} 1991-2025 Unicode, Inc. Unicode License V3, <https://www.unicode.org/license.txt>.

/// The reading of a character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) plain: u32,
    pub(super) look: u32,
    pub(super) kind: u8,
    pub(super) traits: u8,
    pub(super) seen: u8,
    pub(super) look_seen: u8,
}

const fn r(plain: u32, look: u32, kind: u8, traits: u8, seen: u8, look_seen: u8) -> Record {
    Record { plain, look, kind, traits, seen, look_seen }
}

";
