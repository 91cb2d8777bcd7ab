//! What the term index sees and what it must not.

use super::*;
use crate::limits::ScanLimits;
use crate::matcher::entity::Vocabulary;

fn index(terms: &[(&str, u8)]) -> TermIndex {
    let mut builder = TermIndexBuilder::default();
    for (text, fuzzy) in terms {
        builder.add(TermSpec { text, fuzzy: *fuzzy, ..TermSpec::default() });
    }
    let common = "add me on the please text tomorrow what up app is easier for me my do you have in stock sign signed single singles a to";
    builder.build(common.split(' '), &Vocabulary::default())
}

fn find(index: &TermIndex, message: &str) -> Vec<(String, String, String)> {
    let mut text = Text::new();
    text.read(message.as_bytes());
    let mut out = Vec::new();
    let mut budget = Budget::for_message(&ScanLimits::default(), message.len());
    index.find(&text, message.as_bytes(), &|_| true, &mut TermScratch::default(), &mut budget, &mut out);
    out.iter()
        .map(|h| {
            let span = text.source_span(h.start as usize..h.end as usize);
            let slice = String::from_utf8_lossy(&message.as_bytes()[span.start..span.end]).into_owned();
            (index.text(h.term).to_owned(), slice, h.evasion.names().collect::<Vec<_>>().join("+"))
        })
        .collect()
}

#[test]
fn disguises_are_seen_through() {
    let six = [("telegram", 1), ("whatsapp", 1), ("signal", 1), ("fentanyl", 1), ("percocet", 1), ("4-piperidone", 1), ("pill press", 1)];
    let index = index(&six);
    for (message, term, slice, evasion) in [
        ("add me on WhatsApp", "whatsapp", "WhatsApp", ""),
        ("add me on wh4ts@pp", "whatsapp", "wh4ts@pp", "leet"),
        ("w h a t s a p p please", "whatsapp", "w h a t s a p p", "spaced"),
        ("t.e.l.e.g.r.a.m", "telegram", "t.e.l.e.g.r.a.m", "punct"),
        ("my teleegrramm", "telegram", "teleegrramm", "repeat"),
        ("my telgram", "telegram", "telgram", "typo"),
        ("my tlgrm", "telegram", "tlgrm", "vowels"),
        ("my tellygram", "telegram", "tellygram", "phonetic"),
        ("my margelet", "telegram", "margelet", "reversed"),
        ("pe rcocet", "percocet", "pe rcocet", "spaced"),
        ("sign\nal", "signal", "sign\nal", "split"),
        ("4 piperidones", "4-piperidone", "4 piperidones", ""),
        ("a pill-press here", "pill press", "pill-press", ""),
        ("a pillpress here", "pill press", "pillpress", ""),
        ("tablet or pil press", "pill press", "pil press", "typo"),
    ] {
        assert_eq!(find(&index, message), [(term.to_owned(), slice.to_owned(), evasion.to_owned())], "{message}");
    }
}

#[test]
fn a_slip_of_the_pen_in_a_common_word_hides_no_term() {
    let mut builder = TermIndexBuilder::default();
    builder.add(TermSpec { text: "switch to", word: true, ..TermSpec::default() });
    builder.add(TermSpec { text: "lower value", ..TermSpec::default() });
    builder.add(TermSpec { text: "customs", word: true, ..TermSpec::default() });
    builder.add(TermSpec { text: "candles", ..TermSpec::default() });
    builder.add(TermSpec { text: "Invoice", word: true, case: true, ..TermSpec::default() });
    let index = builder.build("switch to lower value customs candles canal invoice witch we can on the".split(' '), &Vocabulary::default());
    let seen = |message: &str| find(&index, message).into_iter().map(|(term, _, evasion)| (term, evasion)).collect::<Vec<_>>();
    let typo = |term: &str| vec![(term.to_owned(), "typo".to_owned())];
    assert_eq!(seen("we can swich to"), typo("switch to"));
    assert_eq!(seen("Swich to"), typo("switch to"), "a capital where the message begins is no name");
    assert_eq!(seen("lower vlaue"), typo("lower value"));
    assert_eq!(seen("on custms"), typo("customs"));
    for message in ["we cundles", "we Custms", "we can witch to", "on canales", "swich-x to", "sw1ch to", "invoce", "kustoms", "loer"] {
        assert_eq!(seen(message), [], "{message}");
    }
}

#[test]
fn a_misspelling_that_looks_like_a_common_word_is_not_taken_for_it() {
    let mut builder = TermIndexBuilder::default();
    builder.add(TermSpec { text: "zelle", fuzzy: 1, ..TermSpec::default() });
    builder.add(TermSpec { text: "courier", fuzzy: 1, ..TermSpec::default() });
    let index = builder.build("pay by die ziele curler the".split(' '), &Vocabulary::default());
    for (message, term) in [("pay by zlele", "zelle"), ("the Curier", "courier")] {
        let found = find(&index, message);
        assert!(matches!(&found[..], [(t, _, e)] if t == term && !e.is_empty()), "{message}: {found:?}");
    }
    for message in ["die Ziele", "DIE ZIELE", "the curler"] {
        assert_eq!(find(&index, message), [], "{message}");
    }
}

#[test]
fn the_second_reading_finds_what_is_hidden_twice() {
    let mut builder = TermIndexBuilder::default();
    let fuzzy = [
        "telegram",
        "pill press",
        "western union",
        "friends and family",
        "vyvanse",
        "customs",
        "ketamine",
        "ватсап",
        "без рецепта",
        "处方药",
    ];
    for text in fuzzy {
        builder.add(TermSpec { text, fuzzy: 1, ..TermSpec::default() });
    }
    builder.add(TermSpec { text: "zelle", word: true, ..TermSpec::default() });
    let common = "now please and pill press union family friends mine ket tele";
    let index = builder.build(common.split(' '), &Vocabulary::default());
    let mut wrong = Vec::new();
    for line in include_str!("../../../tests/data/second-reading.tsv").lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<String> = line.split('\t').map(|field| field.replace("\\n", "\n")).collect();
        let [message, term, slice, evasion] = &fields[..] else { panic!("{line}") };
        let found = find(&index, message);
        if found != [(term.clone(), slice.clone(), evasion.clone())] {
            wrong.push(format!("{message:?}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for message in ["z.e.l.l.y", "a b c d e f", "i a m a t 5", "now\nplease", "zell e", "p i l l", "union and family", "me:zelleplease"] {
        assert_eq!(find(&index, message), [], "{message}");
    }
}

#[test]
fn innocent_words_are_left_alone() {
    let index = index(&[("telegram", 1), ("whatsapp", 1), ("signal", 1), ("tg", 0)]);
    for message in ["what's appealing", "what is up, app", "signed single singles", "the tag", "sign a l"] {
        assert_eq!(find(&index, message), [], "{message}");
    }
}

#[test]
fn a_letter_of_a_word_in_pieces_is_no_word() {
    let index = index(&[("k", 0)]);
    assert_eq!(find(&index, "this is a  w o r k i n g  radio"), []);
    assert_eq!(find(&index, "any k for me").len() + find(&index, "k e t").len(), 2);
}

#[test]
fn the_common_words_are_sorted_unique_and_folded() {
    let words: Vec<&str> = include_str!("../data/common_words.txt").lines().filter(|l| !l.starts_with('#')).collect();
    assert!(words.len() > 20_000, "{}", words.len());
    for pair in words.windows(2) {
        assert!(pair[0] < pair[1], "{pair:?}");
    }
    for word in words {
        let one_script = word.bytes().all(|b| b.is_ascii_lowercase()) || word.chars().all(|c| matches!(c, 'а'..='я' | 'ё'));
        assert!(one_script && !word.is_empty(), "{word:?}");
    }
}

#[test]
fn a_message_that_is_misspelled_throughout_is_read_as_it_was_meant() {
    let mut builder = TermIndexBuilder::default();
    for text in ["gift card", "customs label", "keep it off the site", "declared value", "outside the platform", "they read", "any balance"]
    {
        builder.add(TermSpec { text, word: true, ..TermSpec::default() });
    }
    let common = "snd as the it on off we me so and to can write gift card keep site toys value dey reed any want";
    let index = builder.build(common.split(' '), &Vocabulary::default());
    for (message, term, slice) in [
        ("snd me th gft crd plz, thn w cn tlk", "gift card", "gft crd"),
        ("cud yoo rite sum uther fing on the kustums laybul", "customs label", "kustums laybul"),
        ("kep it off the siet plesae", "keep it off the site", "kep it off the siet"),
        ("lwr th dclrd vl on th frm", "declared value", "dclrd vl"),
        // Both vowels at the beginning are gone.
        ("hppy t sll t y tsd th pltfrm, sm itm", "outside the platform", "tsd th pltfrm"),
        // Words that are words themselves.
        ("lets kontinyoo dis tumoro, dey reed evry werd in heer", "they read", "dey reed"),
        // A vowel at the end.
        ("bnk stmnts edtd, any blnce u want", "any balance", "any blnce"),
    ] {
        assert!(
            find(&index, message).contains(&(term.to_owned(), slice.to_owned(), "typo".to_owned())),
            "{message}: {:?}",
            find(&index, message)
        );
    }
    // One word of many is a slip at most.
    assert!(find(&index, "so I can write it as tyz on the card for you and me, ok").is_empty());
}

#[test]
fn a_message_that_is_misspelled_throughout_is_read_in_its_language() {
    let mut builder = TermIndexBuilder::default();
    for text in
        ["tarjeta de regalo", "etiqueta de aduana", "fora da plataforma", "hors du site", "unter dem preis", "ниже цены", "мимо площадки"]
    {
        builder.add(TermSpec { text, word: true, ..TermSpec::default() });
    }
    let index = builder.build(["chat"], &Vocabulary::default());
    for (message, term, slice) in [
        ("hla, pdms pgr cn trjt de rgl si qrs", "tarjeta de regalo", "trjt de rgl"),
        ("ola, kiero una etiketa d aduana ke no diga nada", "etiqueta de aduana", "etiketa d aduana"),
        ("naum kero paga pelo saite, faz fora da platafoma q e melhor", "fora da plataforma", "fora da platafoma"),
        ("jpeu pa, on fé koi or du site ?", "hors du site", "or du site"),
        ("scheribst du bitte utner dem pries aufs Pakte", "unter dem preis", "utner dem pries"),
        ("укажити пажалуста ниже цины, очинь нада", "ниже цены", "ниже цины"),
        ("двйт мм плщдк, тк бстр", "мимо площадки", "мм плщдк"),
    ] {
        let found = find(&index, message);
        let wanted = (term.to_owned(), slice.to_owned(), "typo".to_owned());
        assert!(found.contains(&wanted), "{message}: {found:?}");
    }
}
