//! Digits, symbols and groups of ASCII characters that are read as a letter. In: folded text. Out: the letters that may stand at a place.
//! Keeps: a reading is a lower-case ASCII letter and its glyph lies wholly inside the text. Must not know: which reading makes a word.

/// Glyph, and the letters that it is read as, likeliest first. Sorted by the first byte, then longest first: [`FIRST`] relies on it.
///
/// Case is folded before, so `|V|` stands here as `|v|`. Singles of one stroke (`|`, `/`, `\`) also answer for letters that begin with that
/// stroke and lost the rest of it, as happens where a site strips or escapes part of `|=` or `|\|`.
const GLYPHS: &[(&str, &str)] = &[
    ("!-!", "h"),
    ("!_!", "u"),
    ("!3", "b"),
    ("!", "il"),
    ("\"|\"", "t"),
    ("\"/", "y"),
    ("\"", "t"),
    ("#", "h"),
    ("$", "s"),
    ("%", "xo"),
    ("&", "ae"),
    ("']['", "t"),
    ("'-'", "a"),
    ("'//", "w"),
    ("'v'", "m"),
    ("'|'", "t"),
    ("'/", "y"),
    ("'v", "v"),
    ("(/\\)", "w"),
    ("(\\/)", "m"),
    ("(_,)", "q"),
    ("(-)", "h"),
    ("(\\)", "n"),
    ("(_)", "u"),
    ("(_+", "g"),
    ("(_,", "q"),
    ("(_-", "g"),
    ("(v)", "m"),
    ("()", "o"),
    ("(-", "g"),
    ("(/", "j"),
    ("(3", "b"),
    ("(<", "k"),
    ("(", "co"),
    (")-(", "h"),
    (")(", "x"),
    (")3", "b"),
    (")|", "k"),
    (")", "od"),
    ("*", "aeioup"),
    ("+", "t"),
    (",", "i"),
    ("-/_", "z"),
    ("-|-", "t"),
    ("-/", "y"),
    ("/--\\", "a"),
    ("/\\/\\", "m"),
    ("/|\\|", "w"),
    ("/-/", "h"),
    ("/-\\", "a"),
    ("/=\\", "a"),
    ("/\\/", "n"),
    ("/^\\", "m"),
    ("/_/", "u"),
    ("/_\\", "a"),
    ("/v\\", "m"),
    ("/|/", "n"),
    ("/|\\", "m"),
    ("/~\\", "a"),
    ("/2", "r"),
    ("/3", "b"),
    ("/<", "k"),
    ("/\\", "a"),
    ("/_", "l"),
    ("/", "ial"),
    ("0,", "q"),
    ("0_", "q"),
    ("0", "o"),
    ("1\\/1", "m"),
    ("1-1", "h"),
    ("1^1", "m"),
    ("1_1", "u"),
    ("1)", "d"),
    ("12", "r"),
    ("13", "b"),
    ("1<", "k"),
    ("1_", "l"),
    ("1", "il"),
    ("2", "zr"),
    ("3", "e"),
    ("4", "ah"),
    ("5", "s"),
    ("6", "bg"),
    ("7_", "z"),
    ("7", "tly"),
    ("8", "b"),
    ("9", "gqp"),
    (":-:", "h"),
    (":", "i"),
    (";", "i"),
    ("<\\>", "n"),
    ("</", "j"),
    ("<>", "o"),
    ("<|", "q"),
    ("<", "ck"),
    ("=", "ef"),
    ("><", "x"),
    (">_", "z"),
    (">", "d"),
    ("?", "r"),
    ("@", "ao"),
    ("[-]", "h"),
    ("[\\]", "n"),
    ("[_]", "u"),
    ("[v]", "m"),
    ("[)", "d"),
    ("[-", "e"),
    ("[3", "b"),
    ("[<", "k"),
    ("[>", "p"),
    ("[]", "o"),
    ("[_", "l"),
    ("[", "c"),
    ("\\\\//\\\\//", "w"),
    ("\\_|_/", "w"),
    ("\\/\\/", "w"),
    ("\\\\//", "v"),
    ("\\+/", "w"),
    ("\\-/", "h"),
    ("\\^/", "w"),
    ("\\_/", "u"),
    ("\\_\\", "u"),
    ("\\v/", "w"),
    ("\\x/", "w"),
    ("\\|/", "w"),
    ("\\/", "v"),
    ("\\|", "n"),
    ("\\", "nlm"),
    ("]-[", "h"),
    ("]_[", "u"),
    ("][", "i"),
    ("]", "ij"),
    ("^/", "n"),
    ("^^", "m"),
    ("^", "a"),
    ("_/", "j"),
    ("_]", "j"),
    ("_|", "j"),
    ("_", "l"),
    ("`/", "y"),
    ("`|", "t"),
    ("`", "i"),
    ("cl", "d"),
    ("i\\/i", "m"),
    ("i-i", "h"),
    ("i\\i", "n"),
    ("i_i", "u"),
    ("i)", "d"),
    ("i2", "r"),
    ("i3", "b"),
    ("i<", "k"),
    ("i_", "l"),
    ("ii", "un"),
    ("j3", "b"),
    ("l\\/l", "m"),
    ("l-l", "h"),
    ("l\\l", "n"),
    ("l_l", "u"),
    ("l)", "d"),
    ("l2", "r"),
    ("l3", "b"),
    ("l<", "k"),
    ("l_", "l"),
    ("nn", "m"),
    ("o,", "q"),
    ("o_", "q"),
    ("rn", "m"),
    ("uu", "w"),
    ("vv", "w"),
    ("{-}", "h"),
    ("{\\}", "n"),
    ("{_}", "u"),
    ("{v}", "m"),
    ("{3", "b"),
    ("{}", "o"),
    ("{", "c"),
    ("|'v'|", "m"),
    ("|/\\/|", "w"),
    ("|--|", "h"),
    ("|/\\|", "w"),
    ("|/|/", "w"),
    ("|\\/|", "m"),
    ("|\\|\\", "m"),
    ("|^^|", "m"),
    ("|__|", "u"),
    ("|#|", "h"),
    ("|-|", "h"),
    ("|/|", "n"),
    ("|=-", "e"),
    ("|=|", "h"),
    ("|\\|", "n"),
    ("|^\\", "r"),
    ("|^|", "m"),
    ("|__", "l"),
    ("|_|", "u"),
    ("|v|", "m"),
    ("|~|", "h"),
    ("|\"", "f"),
    ("|'", "p"),
    ("|(", "k"),
    ("|)", "d"),
    ("|*", "p"),
    ("|/", "v"),
    ("|2", "r"),
    ("|3", "b"),
    ("|7", "p"),
    ("|8", "b"),
    ("|:", "b"),
    ("|<", "k"),
    ("|=", "f"),
    ("|>", "pd"),
    ("|?", "r"),
    ("|\\", "n"),
    ("|]", "d"),
    ("|^", "p"),
    ("|_", "l"),
    ("|o", "p"),
    ("|v", "n"),
    ("|{", "k"),
    ("||", "hnmu"),
    ("|~", "r"),
    ("|", "ilfptnhrdmbk"),
    ("}-{", "h"),
    ("}_{", "u"),
    ("}{", "hx"),
    ("}", "j"),
    ("~/_", "z"),
    ("~|~", "t"),
    ("~", "n"),
];

/// The most bytes that one glyph takes.
pub const LONGEST: usize = 8;

/// For each ASCII byte, where its glyphs begin in [`GLYPHS`]; the next entry is where they end.
const FIRST: [u8; 129] = first_table();

#[allow(clippy::indexing_slicing, reason = "runs when compiled")]
const fn first_table() -> [u8; 129] {
    let mut table = [0; 129];
    let mut byte = 0;
    let mut at = 0;
    while byte < 128 {
        table[byte] = at as u8;
        while at < GLYPHS.len() && GLYPHS[at].0.as_bytes()[0] as usize == byte {
            assert!(GLYPHS[at].0.len() <= LONGEST);
            at += 1;
        }
        byte += 1;
    }
    assert!(at == GLYPHS.len() && at <= u8::MAX as usize, "glyphs are not sorted by their first byte");
    table[128] = at as u8;
    table
}

/// The letters that the digits and symbols at `at` may stand for, each with the number of bytes it takes: longer glyphs first, likelier letters
/// first. Nothing where `at` is outside the text or no glyph begins there. A plain letter is not listed as itself.
///
/// Cost: at most a few dozen short comparisons, whatever the text.
///
/// ```
/// use sidestep::text::glyphs::glyphs_at;
/// assert_eq!(glyphs_at(b"p|-|one", 1).next(), Some((b'h', 3)));
/// assert!(glyphs_at(b"w1", 1).eq([(b'i', 1), (b'l', 1)]));
/// assert_eq!(glyphs_at(b"whats", 0).next(), None);
/// ```
pub fn glyphs_at(folded: &[u8], at: usize) -> impl Iterator<Item = (u8, usize)> {
    let rest = folded.get(at..).unwrap_or_default();
    let first = rest.first().map_or(128, |&b| usize::from(b.min(128)));
    let bound = |i: usize| FIRST.get(i).map_or(0, |&at| usize::from(at));
    let group = if first < 128 { bound(first)..bound(first + 1) } else { 0..0 };
    GLYPHS
        .get(group)
        .unwrap_or_default()
        .iter()
        .filter(move |(glyph, _)| rest.starts_with(glyph.as_bytes()))
        .flat_map(|(glyph, letters)| letters.bytes().map(|letter| (letter, glyph.len())))
}

/// For each ASCII byte, the letters (bit 0 for `a`) of which it is a stroke: a mark in one of their glyphs of several characters.
const STROKES: [u32; 128] = stroke_table();

#[allow(clippy::indexing_slicing, reason = "runs when compiled")]
const fn stroke_table() -> [u32; 128] {
    let mut table = [0; 128];
    let mut i = 0;
    while i < GLYPHS.len() {
        let (glyph, letters) = (GLYPHS[i].0.as_bytes(), GLYPHS[i].1.as_bytes());
        let mut at = 0;
        while glyph.len() > 1 && at < glyph.len() {
            let mut l = 0;
            while !glyph[at].is_ascii_alphanumeric() && l < letters.len() {
                table[glyph[at] as usize] |= 1 << (letters[l] - b'a');
                l += 1;
            }
            at += 1;
        }
        i += 1;
    }
    table
}

/// The letters (bit 0 for `a`) of which a mark may be what is left after a site stripped the rest of the glyph. Zero for letters and digits.
#[must_use]
#[allow(clippy::indexing_slicing, reason = "compared just before")]
pub const fn strokes(mark: u8) -> u32 {
    if mark < 128 { STROKES[mark as usize] } else { 0 }
}

/// Whether a mark may be what is left of a letter.
///
/// ```
/// use sidestep::text::glyphs::is_stroke;
/// assert!(is_stroke(b'-', b'h') && !is_stroke(b'-', b's'));
/// ```
#[must_use]
pub const fn is_stroke(mark: u8, letter: u8) -> bool {
    letter.is_ascii_lowercase() && strokes(mark) >> (letter - b'a') & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_is_found_where_it_stands_and_reads_as_letters() {
        for (glyph, letters) in GLYPHS {
            assert!(letters.bytes().all(|b| b.is_ascii_lowercase()), "{glyph}");
            assert_eq!(*glyph, glyph.to_ascii_lowercase());
            let text = format!("x{glyph}");
            assert!(glyphs_at(text.as_bytes(), 1).any(|(letter, len)| letters.as_bytes()[0] == letter && len == glyph.len()), "{glyph}");
        }
    }

    #[test]
    fn glyphs_stand_once_each() {
        for pair in GLYPHS.windows(2) {
            assert!(pair[0].0.as_bytes()[0] < pair[1].0.as_bytes()[0] || pair[0].0.len() >= pair[1].0.len(), "{pair:?}");
            assert_ne!(pair[0].0, pair[1].0);
        }
    }

    #[test]
    fn places_outside_and_non_ascii_bytes_have_no_reading() {
        assert_eq!(glyphs_at(b"ab", 2).count(), 0);
        assert_eq!(glyphs_at(b"", 0).count(), 0);
        assert_eq!(glyphs_at("é".as_bytes(), 0).count(), 0);
    }
}
