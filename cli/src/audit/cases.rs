//! Tables of cases. In: tab-separated files that docs/AUDIT.md names, known by their head or name. Out: for each class of cases, how many came out right.

use super::demands::{Demands, Identifier};
use super::sheet::{Cell, Sheet};
use super::tally::Share;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::fold::fold;
use serde::Serialize;
use sidestep::scan::Scanner;
use sidestep::text::Text;
use sidestep::verdict::{Action, Finding, Verdict};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

/// What a table tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `kind text expected canonical`: identifiers in clear; kind `none` holds none.
    Contacts,
    /// `way message canonical`: hidden identifiers.
    Obfuscated,
    /// `class message`: numbers that are no contacts.
    Numbers,
    /// `transform term message`: a term behind a disguise.
    Matrix,
    /// `input expected peer`: what folding should make alike.
    Normalizer,
}

/// Separates messages that were sent one after another.
const NEXT_MESSAGE: char = '\u{1E}';

/// Categories in which a number or name that is no identifier would be flagged by mistake.
const IDENTIFIER_CATEGORIES: [&str; 2] = ["contact", "payment"];

impl Kind {
    /// By the head line, or for tables without one by the file's name.
    fn of(path: &Path, first: &str) -> Option<Self> {
        let starts = |head: &[&str]| first.split('\t').map(str::trim).take(head.len()).eq(head.iter().copied());
        let named = |name: &str| path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with(name));
        if starts(&["kind", "text", "expected", "canonical"]) {
            Some(Self::Contacts)
        } else if starts(&["way", "message", "canonical"]) {
            Some(Self::Obfuscated)
        } else if starts(&["class", "message"]) && !starts(&["class", "message", "source"]) {
            Some(Self::Numbers)
        } else if starts(&["transform", "term", "message"]) || named("evasion_matrix") {
            Some(Self::Matrix)
        } else if starts(&["input", "expected", "peer"]) || named("normalizer_cases") {
            Some(Self::Normalizer)
        } else {
            None
        }
    }

    /// Whether the table's first line is a head.
    fn has_head(first: &str) -> bool {
        ["kind\t", "way\t", "class\t", "transform\t", "input\t"].iter().any(|h| first.starts_with(h))
    }

    /// What the columns of the result say.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => &["right", "right value"],
            Self::Obfuscated => &["right value", "flagged as contact"],
            Self::Numbers => &["left alone"],
            Self::Matrix => &["seen"],
            Self::Normalizer => &["alike"],
        }
    }
}

/// One case and how it came out.
#[derive(Debug, Serialize)]
pub struct Case {
    pub class: String,
    pub text: String,
    pub expected: String,
    pub got: String,
    /// One for each column; the first is the one that counts.
    #[serde(skip)]
    outcomes: Vec<bool>,
}

impl Case {
    /// Whether the case failed.
    pub fn is_missed(&self) -> bool {
        self.outcomes.first() == Some(&false)
    }
}

/// A table, judged.
#[derive(Debug, Serialize)]
pub struct Table {
    columns: &'static [&'static str],
    total: Vec<Share>,
    classes: BTreeMap<String, Vec<Share>>,
    #[serde(skip)]
    pub cases: Vec<Case>,
}

/// Judges a file if it is a table of cases.
pub fn run(path: &Path, engine: &Engine) -> Result<Option<Table>, Failure> {
    if path.extension().is_none_or(|e| e != "tsv") {
        return Ok(None);
    }
    let content = std::fs::read_to_string(path).map_err(|e| Failure::file(path, &e))?;
    let first = content.lines().next().unwrap_or_default();
    let kind = Kind::of(path, first)
        .ok_or_else(|| Failure::Other(format!("{}: not a table that the audit knows (docs/AUDIT.md names them)", path.display())))?;
    let mut scanners: BTreeMap<Demands, Scanner> = BTreeMap::new();
    let note = first.split('\t').position(|column| column.trim() == "note");
    let mut table =
        Table { columns: kind.columns(), total: vec![Share::default(); kind.columns().len()], classes: BTreeMap::new(), cases: Vec::new() };
    for line in content.split('\n').skip(usize::from(Kind::has_head(first))).filter(|l| !l.is_empty()) {
        let fields: Vec<String> = line.trim_end_matches('\r').split('\t').map(unescape).collect();
        let demands = note.and_then(|n| fields.get(n)).map(|note| Demands::read(note)).unwrap_or_default();
        let scanner = match scanners.entry(demands) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let filter = new.key().filter(engine);
                new.insert(filter.scanner())
            }
        };
        let case = judge(kind, scanner, &fields, note.and_then(|n| fields.get(n)).map_or("", String::as_str));
        let class = table.classes.entry(case.class.clone()).or_insert_with(|| vec![Share::default(); kind.columns().len()]);
        for (i, &outcome) in case.outcomes.iter().enumerate() {
            class[i].count(outcome);
            table.total[i].count(outcome);
        }
        table.cases.push(case);
    }
    Ok(Some(table))
}

impl Table {
    pub fn sheet(&self, name: &str) -> Sheet {
        let mut head = vec!["class"];
        head.extend(self.columns);
        let mut sheet = Sheet::new(format!("{name}: {} cases", self.cases.len()), &head);
        let cells = |shares: &[Share]| shares.iter().map(|s| Cell::Good(*s)).collect();
        sheet.rows.push(("all".to_owned(), cells(&self.total)));
        sheet.rows.extend(self.classes.iter().map(|(class, shares)| (class.clone(), cells(shares))));
        sheet
    }
}

fn judge(kind: Kind, scanner: &mut Scanner, fields: &[String], note: &str) -> Case {
    let field = |i: usize| fields.get(i).map_or("", String::as_str);
    match kind {
        Kind::Contacts => contact(scanner, field(0), field(1), &Expected::read(field(0), field(2), field(3), note)),
        Kind::Obfuscated => {
            let verdicts: Vec<Verdict> = field(1).split(NEXT_MESSAGE).map(|m| scanner.scan(m)).collect();
            let found: Vec<Finding> = verdicts.iter().flat_map(|v| v.findings.iter().cloned()).collect();
            let right = has_value(scanner, &found, field(2));
            let flagged = verdicts.iter().any(|v| v.categories.get("contact").is_some_and(|c| c.action > Action::Allow));
            case(field(0), field(1), field(2), describe(&found), vec![right, flagged])
        }
        Kind::Numbers => {
            let verdict = scanner.scan(field(1));
            case(field(0), field(1), "nothing", describe(&verdict.findings), vec![!flags_identifier(&verdict)])
        }
        Kind::Matrix => {
            let verdict = scanner.scan(field(2));
            let seen = verdict.findings.iter().any(|f| f.matched == field(1));
            case(field(0), field(2), field(1), describe(&verdict.findings), vec![seen])
        }
        Kind::Normalizer => {
            let mut text = Text::new();
            let (input, expected) = (fold(&mut text, field(0).as_bytes()), fold(&mut text, field(1).as_bytes()));
            let alike = input.folded.trim() == expected.folded.trim() || (!expected.key.is_empty() && input.key == expected.key);
            case(field(2), field(0), field(1), format!("{} / {}", input.folded, input.key), vec![alike])
        }
    }
}

fn case(class: &str, text: &str, expected: &str, got: String, outcomes: Vec<bool>) -> Case {
    Case { class: class.to_owned(), text: text.to_owned(), expected: expected.to_owned(), got, outcomes }
}

/// What a case in clear wants.
struct Expected<'c> {
    /// The kind of identifier that the case is about where it wants none; `None`: any kind.
    identifier: Option<Identifier>,
    /// What should be found, apart by `|`; empty: nothing.
    texts: &'c str,
    canonical: &'c str,
}

impl<'c> Expected<'c> {
    /// What the columns say, unless the note says that by the data of today nothing is found where the column expects something, or the other way round.
    fn read(kind: &str, texts: &'c str, canonical: &'c str, note: &'c str) -> Self {
        let about = Identifier::of(note);
        match super::demands::now_expected(note) {
            Some("") => Self { identifier: about.or(Identifier::named(kind)), texts: "", canonical: "" },
            Some(now) if texts.is_empty() => Self { identifier: about, texts: now, canonical: "" },
            _ => Self { identifier: about, texts, canonical },
        }
    }
}

/// A case in clear: right where every expected identifier is found where it stands; where none is expected, if none of the kind in question is flagged.
fn contact(scanner: &mut Scanner, class: &str, text: &str, expected: &Expected<'_>) -> Case {
    let verdict = scanner.scan(text);
    let got = describe(&verdict.findings);
    if expected.texts.is_empty() {
        let right = match &expected.identifier {
            Some(identifier) => !verdict.findings.iter().any(|f| is_counted(&verdict, f) && identifier.is_kind(&f.matched)),
            None => !flags_identifier(&verdict),
        };
        return case(class, text, "nothing", got, vec![right, right]);
    }
    let overlaps =
        |wanted: &str| text.match_indices(wanted).any(|(at, _)| verdict.findings.iter().any(|f| f.start < at + wanted.len() && at < f.end));
    let wanted = if expected.canonical.is_empty() { expected.texts } else { expected.canonical };
    let values = wanted.split('|').all(|value| has_value(scanner, &verdict.findings, value));
    let right = expected.texts.split('|').all(overlaps);
    case(class, text, expected.texts, got, vec![right || values, values])
}

fn flags_identifier(verdict: &Verdict) -> bool {
    IDENTIFIER_CATEGORIES.iter().any(|c| verdict.categories.get(*c).is_some_and(|c| c.action > Action::Allow))
}

/// Whether a finding is of a category of identifiers that is found.
fn is_counted(verdict: &Verdict, finding: &Finding) -> bool {
    IDENTIFIER_CATEGORIES.contains(&finding.category.as_str())
        && verdict.categories.get(&finding.category).is_some_and(|c| c.action > Action::Allow)
}

/// Whether one of the findings has the value expected, or the value that the same packs give to the expected one when it stands alone: `t.me/lily_77` is
/// the account `telegram:lily_77`.
fn has_value(scanner: &mut Scanner, findings: &[Finding], expected: &str) -> bool {
    if findings.iter().any(|f| same_value(f, expected)) {
        return true;
    }
    let alone = scanner.scan(expected);
    let values = alone.findings.iter().filter(|f| f.start == 0 && f.end == expected.len()).filter_map(|f| f.value.as_deref());
    values.into_iter().any(|value| findings.iter().any(|f| same_value(f, value)))
}

/// Whether a finding's value is the one expected, leaving aside the app's name, the scheme, a leading `@` or `www.`, a last `/`, spaces and letter case.
fn same_value(finding: &Finding, expected: &str) -> bool {
    fn bare(value: &str) -> String {
        let value = value.to_lowercase().replace(' ', "");
        let value = value.split_once("://").map_or(value.as_str(), |(_, rest)| rest);
        let value = value.strip_prefix("www.").unwrap_or(value);
        value.trim_start_matches('@').trim_end_matches('/').to_owned()
    }
    let expected = bare(expected);
    finding.value.as_deref().is_some_and(|value| {
        let value = bare(value);
        value == expected || value.split_once(':').is_some_and(|(_, rest)| rest.trim_start_matches('@') == expected)
    })
}

fn describe<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
    let shown: Vec<String> = findings.into_iter().map(|f| format!("{} {}", f.rule, f.value.as_deref().unwrap_or(&f.text))).collect();
    if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
}

/// Undoes `\t \n \r \\ \| \u{X}`; any other backslash stays.
fn unescape(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    let mut rest = field;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (c, used) = match after.chars().next() {
            Some('t') => ('\t', 1),
            Some('n') => ('\n', 1),
            Some('r') => ('\r', 1),
            Some('|') => ('|', 1),
            Some('u') => code_point(after).unwrap_or(('\\', 0)),
            Some('\\') => ('\\', 1),
            _ => ('\\', 0),
        };
        out.push(c);
        rest = &after[used..];
    }
    out + rest
}

/// The character of `u{X}` and the length of that.
fn code_point(text: &str) -> Option<(char, usize)> {
    let hex = text.strip_prefix("u{")?.split_once('}')?.0;
    Some((char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, hex.len() + 3))
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_undone_once() {
        for (from, to) in [
            (r"a\tb\n\r", "a\tb\n\r"),
            (r"\\t \| \u{1F600}", "\\t | 😀"),
            (r"\u{110000} \u{zz} \x \", r"\u{110000} \u{zz} \x \"),
            ("ä", "ä"),
        ] {
            assert_eq!(unescape(from), to);
        }
    }
}
