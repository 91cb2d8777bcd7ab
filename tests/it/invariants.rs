//! The promises of `promises.rs` over generated messages and packs.

use crate::promises::{self, Extent};
use proptest::prelude::*;
use sidestep::text::Text;
use sidestep::{Filter, Scanner};
use std::cell::RefCell;
use std::sync::LazyLock;

static BUILTIN: LazyLock<Filter> = LazyLock::new(|| Filter::builtin().unwrap_or_else(|e| panic!("{e}")));

/// The messages that the shipped packs' rules must fire on, and those that they must not.
static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let examples = BUILTIN.rules().flat_map(|r| r.matches.iter().chain(&r.no_matches).map(|e| e.text.clone()));
    examples.collect()
});

thread_local! {
    static SMALL: RefCell<Scanner> = RefCell::new(promises::small_filter().scanner());
    static SHIPPED: RefCell<Scanner> = RefCell::new(BUILTIN.scanner());
    static TEXT: RefCell<Text> = RefCell::new(Text::new());
}

/// Words that the small pack's rules turn on, in clear and in disguise, and pieces of identifiers.
const WORDS: &[&str] = &[
    "telegram",
    "t3l3gram",
    "tele",
    "gram",
    "t e l e g r a m",
    "teleggram",
    "whatsapp",
    "wh4ts@pp",
    "whats-app",
    "signal",
    "$ignal",
    "wickr me",
    "w i c k r",
    "me",
    "微信",
    "薇信",
    "加我",
    "телега",
    "tеlegram",
    "tg",
    "add me",
    "text me",
    "never",
    "don't",
    "telegraph",
    "sticker",
    "snow",
    "sn0w",
    "fire bird",
    "🍄",
    "🍄🍄",
    "pill",
    "press",
    "p!ll",
    "each",
    "per gram",
    "price",
    "12 g",
    "3oz",
    "plug",
    "here",
    "now",
    "no plug",
    "no",
    "lily@example.com",
    "lily (at) example dot com",
    "t.me/lily",
    "example.com/a",
    "+1 202 555 0143",
    "five five five 0199",
    "@lily_trader",
    "$lilypays",
    "50-00-0",
    "4111 1111 1111 1111",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "GB82 WEST 1234 5698 7654 32",
];

const GLUE: &[&str] = &[
    " ", "  ", ".", ",", "! ", "\n", "-", "_", "/", "\u{200B}", "\u{AD}", "\u{301}", "'", "&#", "&#115;", "%41", "@", "$", "|", "*", "(",
    ")", "",
];

fn message() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        6 => prop::sample::select(WORDS).prop_map(str::to_owned),
        2 => "[a-z0-9]{1,8}",
        1 => "\\PC{0,6}",
    ];
    let piece = (word, prop::sample::select(GLUE)).prop_map(|(w, g)| w + g);
    prop_oneof![
        8 => prop::collection::vec(piece, 0..12).prop_map(|p| p.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..120),
        1 => (prop::sample::select(WORDS), prop::collection::vec(any::<u8>(), 0..8), 0..64usize).prop_map(|(w, junk, at)| {
            let mut bytes = w.as_bytes().to_vec();
            let at = at % (bytes.len() + 1);
            bytes.splice(at..at, junk);
            bytes
        }),
    ]
}

fn example() -> impl Strategy<Value = String> {
    any::<prop::sample::Index>().prop_map(|i| i.get(&EXAMPLES[..]).clone())
}

/// A shipped example with some bytes changed: near to what rules look for, and broken.
fn damaged_example() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..3));
    (example(), prop::collection::vec(change, 0..4)).prop_map(|(text, changes)| {
        let mut bytes = text.into_bytes();
        for (at, with) in changes {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..(at + 1).min(bytes.len()), with);
        }
        bytes
    })
}

/// Lines as packs have them, whole, wrong and torn.
fn pack_line() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "[pack]",
        "id = \"p\"",
        "version = \"1\"",
        "engine = \">=0.1\"",
        "[[rule]]",
        "id = \"a.b\"",
        "id = \"a.c\"",
        "category = \"drugs\"",
        "weight = 2.0",
        "weight = 1e9",
        "disguise = -1",
        "terms = [\"snow\", \"tele gram | fuzzy=1 word\"]",
        "terms = [\" | \"]",
        "terms = 'x'",
        "terms_file = \"x.terms\"",
        "=== x.terms",
        "[lang=es fuzzy=2]",
        "nieve | word",
        "needs = [\"a.c\"]",
        "needs = [\"a.*\"]",
        "unless = [\"a.b\"]",
        "all = [\"a.b\", \"a.c\"]",
        "within = \"3 words\"",
        "within = \"99999999999 words\"",
        "regex = '(a|b)*c'",
        "regex = '(?<=x)(\\w+)\\1'",
        "gate = [\"x\"]",
        "entity = \"phone\"",
        "entity = \"phon\"",
        "match = [\"snow\"]",
        "no_match = \"\"",
        "status = \"retired\"",
        "\u{FEFF}",
        "[actions.drugs]",
        "warn = 3",
        "review = 2",
        "[notice.drugs]",
        "en = '''",
        "x = [[[[[[[[[[",
        "\"",
        "# \u{202E}",
        "at_least = { count = 2, of = [\"a.*\"] }",
    ];
    prop_oneof![8 => prop::sample::select(LINES).prop_map(str::to_owned), 1 => "\\PC{0,20}", 1 => "[a-z_]{1,9} = .{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    #[test]
    fn text_keeps_its_promises(source in message()) {
        TEXT.with_borrow_mut(|text| promises::text(text, &source));
    }

    #[test]
    fn scanning_with_a_small_pack_keeps_its_promises(source in message()) {
        SMALL.with_borrow_mut(|scanner| { promises::scan(scanner, &source, Extent::All); });
    }

    #[test]
    fn scanning_with_the_shipped_packs_keeps_its_promises(source in prop_oneof![message(), damaged_example()]) {
        SHIPPED.with_borrow_mut(|scanner| { promises::scan(scanner, &source, Extent::All); });
    }

    #[test]
    fn invisible_characters_and_capitals_hide_no_term_of_a_small_pack(source in message(), at in any::<usize>()) {
        SMALL.with_borrow_mut(|scanner| promises::hiding_does_not_help(scanner, &String::from_utf8_lossy(&source), at));
    }

    #[test]
    fn invisible_characters_and_capitals_hide_no_shipped_term(source in example(), at in any::<usize>()) {
        SHIPPED.with_borrow_mut(|scanner| promises::hiding_does_not_help(scanner, &source, at));
    }

    #[test]
    fn any_pack_gives_a_program_or_faults_with_places(lines in prop::collection::vec(pack_line(), 0..16), whole in any::<bool>(), source in message()) {
        let head = if whole { "[pack]\nid = \"p\"\nversion = \"1\"\nengine = \">=0.1\"\n" } else { "" };
        promises::load(format!("{head}{}", lines.join("\n")).as_bytes(), &source, Extent::All);
    }

    #[test]
    fn any_bytes_are_no_pack_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        promises::load(&bytes, b"snow", Extent::All);
    }
}
