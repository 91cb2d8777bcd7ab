//! Identifiers by data: `tests/data/entities.tsv` holds kind, text and value.

use sidestep::limits::{Budget, ScanLimits};
use sidestep::matcher::entity::{EntityHits, EntityKind, EntityOptions, Heard, Vocabulary, find, vocabulary};
use sidestep::text::Text;

/// What the default rules ask for.
const SURE: u8 = 50;

struct Finder {
    text: Text,
    hits: EntityHits,
    words: Vocabulary,
}

impl Finder {
    fn new() -> Self {
        Self { text: Text::new(), hits: EntityHits::default(), words: vocabulary() }
    }

    fn find(&mut self, message: &[u8]) -> Budget {
        self.find_with(message, &EntityOptions::default())
    }

    fn find_with(&mut self, message: &[u8], options: &EntityOptions) -> Budget {
        self.text.read(message);
        let known = Heard::listen(&self.text, &self.words);
        let mut budget = Budget::for_message(&ScanLimits::default(), message.len());
        find(&self.text, message, known, options, &mut budget, &mut self.hits);
        budget
    }

    fn sure(&self) -> Vec<(String, String)> {
        self.hits.hits().iter().filter(|h| h.confidence >= SURE).map(|h| (name(h.kind), self.hits.value(h).to_string())).collect()
    }
}

fn name(kind: EntityKind) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_string()
}

fn unescape(text: &str) -> String {
    let mut out = text.replace("\\n", "\n");
    while let Some(at) = out.find("\\u{") {
        let end = at + out[at..].find('}').unwrap();
        let c = char::from_u32(u32::from_str_radix(&out[at + 3..end], 16).unwrap()).unwrap();
        out.replace_range(at..=end, c.encode_utf8(&mut [0; 4]));
    }
    out
}

#[test]
fn each_row_is_found_with_its_kind_and_value() {
    let mut finder = Finder::new();
    let mut wrong = Vec::new();
    for row in include_str!("../data/entities.tsv").lines().filter(|l| !l.starts_with('#')) {
        let mut cells = row.split('\t');
        let (kind, text, value) = (cells.next().unwrap(), unescape(cells.next().unwrap()), cells.next());
        finder.find(text.as_bytes());
        let sure = finder.sure();
        let right = match value {
            None => sure.is_empty(),
            Some(value) => sure.iter().any(|(k, v)| {
                k == kind && (v == value || !cfg!(feature = "phone-metadata") && kind == "phone" && v.ends_with(&value[value.len() - 7..]))
            }),
        };
        if !right {
            wrong.push(format!("{row} -> {sure:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// Identifiers that only show in the second reading: looked for by all stages together.
#[test]
fn each_rewritten_row_is_found_with_its_kind_and_value() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let filter = sidestep::Filter::from_paths(&[folder.join("all-identifiers.toml")]).unwrap();
    let mut scanner = filter.scanner();
    let mut wrong = Vec::new();
    for row in include_str!("../data/entities-rewritten.tsv").lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<String> = row.split('\t').map(unescape).collect();
        let found = scanner.scan(&cells[1]).findings;
        let found: Vec<[String; 3]> = found.into_iter().map(|f| [f.matched, f.value.unwrap_or_default(), f.text]).collect();
        let right = match &cells[..] {
            [kind, _, value, slice] => found.iter().any(|f| f[..] == [kind.clone(), value.clone(), slice.clone()]),
            _ => found.is_empty(),
        };
        if !right {
            wrong.push(format!("{row} -> {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// With the plans of all countries; without them only lengths are known.
#[test]
#[cfg(feature = "phone-metadata")]
fn numbers_are_read_and_grouped_as_the_named_countries_write_them() {
    let mut finder = Finder::new();
    let mut wrong = Vec::new();
    for row in include_str!("../data/phones_by_country.tsv").lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [countries, text, value, sure, grouping] = cells[..] else { panic!("{row}") };
        let options = EntityOptions { countries: countries.split(',').map(str::to_owned).collect(), groupings: true };
        finder.find_with(text.as_bytes(), &options);
        let got = finder.hits.hits().iter().find(|h| h.kind == EntityKind::Phone).map(|h| {
            let grouping = serde_json::to_value(h.grouping).unwrap().as_str().unwrap().to_string();
            (finder.hits.value(h).to_string(), h.confidence, grouping)
        });
        let right = got.as_ref().is_some_and(|(v, c, g)| v == value && (*c >= SURE) == (sure == "sure") && g == grouping);
        if !right {
            wrong.push(format!("{row} -> {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn hits_point_at_the_identifier() {
    let mut finder = Finder::new();
    for (message, expected) in [
        ("mail me: Lily.Doe77@Gmail.com, thanks", "Lily.Doe77@Gmail.com"),
        ("call (202) 555-0143 now", "(202) 555-0143"),
        ("É t.me/lily_trader", "t.me/lily_trader"),
        (r"t.me\/lily_trader now", r"t.me\/lily_trader"),
    ] {
        finder.find(message.as_bytes());
        let hit = finder.hits.hits().iter().max_by_key(|h| h.confidence).unwrap();
        let span = finder.text.source_span(hit.start as usize..hit.end as usize);
        assert_eq!(&message[span.start..span.end], expected);
    }
}

#[test]
fn hostile_text_stays_within_the_budget_and_ranges() {
    let mut finder = Finder::new();
    let seeds = [
        "1 ",
        "1-2.3/",
        "five ",
        "a@",
        "@a.",
        "t.me/",
        "[.]",
        "$a ",
        "微信1",
        "0x1",
        "double ",
        "one hundred ",
        "x dot ",
        "ig: ",
        "((((",
        "+1+2",
        "i ii v ",
        "a b ",
        "%2f",
        "四5",
        "gmail ",
        "the gmail, lily.b77 ",
        "lily_b on the ",
        "www shop com ",
        "kilnandclay . co . uk ",
        "kilnandclay com ",
        "wxid_a",
        "sw-1234-",
        "live:a.",
        "@a:b.c",
        "simplex:/contact",
        "discord server code ",
        "3 then ",
        "1️⃣",
    ];
    for seed in seeds {
        for length in [1usize, 7, 64, 4096, 20_000] {
            let message: String = seed.chars().cycle().take(length).collect();
            finder.find(message.as_bytes());
            for hit in finder.hits.hits() {
                assert!(hit.start < hit.end && finder.text.folded().get(hit.start as usize..hit.end as usize).is_some(), "{seed}");
            }
        }
    }
}

#[test]
fn a_message_without_signs_of_identifiers_costs_nothing() {
    let mut finder = Finder::new();
    assert_eq!(finder.find(b"hello there, how are you doing today?").spent(), 0);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,120}", glue in "[0-9@./:$ a-z一二三-]{0,60}") {
        let mut finder = Finder::new();
        finder.find(format!("{text}{glue}{text}").as_bytes());
    }
}
