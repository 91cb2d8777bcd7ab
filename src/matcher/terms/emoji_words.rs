//! Emoji in the place of words (`no 🪪 no 📄 asked`, `der 🛃 guckt nicht rein`), and between one word and the next (`write 👏 me 👏 on 👏`). In: a text with such
//! emoji. Out: hits of the same text with the words of its language for the first, and without the second. Keeps: an emoji that stands for goods is found as
//! itself, before; here it is one word of a phrase. Who writes so may hide nothing: emoji are no disguise on purpose. Must not know: which rule a term belongs to.

use super::reread::Rewritten;
use super::spelled::is_english;
use super::{Run, TermIndex};
use crate::evasion::Evasion;
use crate::text::{Text, Token, TokenFlags};
use once_cell::sync::Lazy;

/// Most words of a message that is read so, and work units of a word.
const LONGEST: usize = 120;
const WORD_WORK: u64 = 8;

/// Words that tell the languages of the table apart, in its order; English has words of its own (see [`is_english`]) and is taken where nothing tells.
const TELLING: [&[&str]; 5] = [
    &["auf", "bei", "das", "dein", "dem", "der", "die", "ein", "es", "fur", "ich", "im", "ist", "mit", "nicht", "nur", "und", "wir", "zum"],
    &["avec", "c'est", "dans", "des", "du", "est", "et", "je", "les", "moi", "pas", "pour", "sans", "sur", "ta", "un", "une", "vous"],
    &["con", "de", "el", "en", "es", "la", "las", "los", "para", "por", "que", "sin", "te", "tu", "un", "una", "y"],
    &["com", "da", "de", "do", "e", "em", "eu", "na", "nao", "o", "os", "para", "por", "pra", "que", "sem", "um", "uma"],
    &["без", "в", "для", "и", "мне", "на", "не", "по", "с", "у", "что", "я"],
];
const ENGLISH: usize = 0;
const CHINESE: usize = TELLING.len() + 1;

/// An emoji, and its word in each language.
static WORDS: Lazy<Vec<(&'static str, [String; CHINESE + 1])>> = Lazy::new(|| {
    let lines = include_str!("../data/emoji_words.txt").lines().filter(|l| !l.starts_with('#'));
    let row = |line: &'static str| {
        let mut fields = line.split(' ');
        let emoji = fields.next()?;
        Some((emoji, std::array::from_fn(|_| fields.next().unwrap_or_default().replace('_', " "))))
    };
    let mut words: Vec<_> = lines.filter_map(row).collect();
    words.sort_unstable();
    words.shrink_to_fit();
    words
});

/// Makes now the table that the first such message of a process would wait for.
pub(super) fn prepare() {
    Lazy::force(&WORDS);
}

impl TermIndex {
    /// Finds what shows when emoji are read as the words that they stand for, and those between words are left out.
    pub(super) fn read_emoji_words(&self, run: &mut Run<'_>) {
        let tokens = run.text.tokens();
        if !run.text.facts().rewritten || tokens.len() > LONGEST {
            return;
        }
        let has_word = |t: &Token| t.flags.has(TokenFlags::EMOJI) && words_of(run.text, t).is_some();
        let between = run.text.has_emoji_between_words();
        if !between && !tokens.iter().any(has_word) || !run.budget.charge(tokens.len() as u64 * WORD_WORK) {
            return;
        }
        self.find_rewritten(run, super::align::cost::GLYPH, |run, whole| {
            put_words(run.text, between, &mut whole.rewritten);
            true
        });
    }
}

fn words_of(text: &Text, token: &Token) -> Option<&'static [String; CHINESE + 1]> {
    let emoji = text.folded().get(token.range())?;
    let at = WORDS.binary_search_by(|row| row.0.cmp(emoji)).ok()?;
    WORDS.get(at).map(|row| &row.1)
}

/// Writes a text with the words of its emoji; `between`: and without the others.
fn put_words(text: &Text, between: bool, out: &mut Rewritten) {
    out.clear();
    let language = language_of(text);
    let (folded, tokens) = (text.folded(), text.tokens());
    let mut done = 0;
    for (i, token) in tokens.iter().enumerate().filter(|(_, t)| t.flags.has(TokenFlags::EMOJI)) {
        let (start, end) = (token.start as usize, token.end as usize);
        let Some(word) = words_of(text, token).and_then(|words| words.get(language)) else {
            // A person that is a part of the next emoji (👨‍⚕️).
            if tokens.get(i + 1).is_some_and(|next| next.start == token.end && words_of(text, next).is_some()) {
                out.copy(folded, done..start);
                done = end;
            } else if between {
                out.copy(folded, done..start);
                out.put(" ", start..end, Evasion::EMOJI);
                done = end;
            }
            continue;
        };
        out.copy(folded, done..start);
        out.put(word, start..end, Evasion::EMOJI);
        // Emoji stand beside words without spaces.
        if language != CHINESE && folded.as_bytes().get(end).is_some_and(|b| !b.is_ascii_whitespace()) {
            out.put(" ", end..end, Evasion::NONE);
        }
        done = end;
    }
    out.copy(folded, done..folded.len());
}

/// The language whose telling words a text has most of, as a column of the table.
fn language_of(text: &Text) -> usize {
    if text.facts().unspaced {
        return CHINESE;
    }
    if is_english(text) {
        return ENGLISH;
    }
    let count = |telling: &[&str]| {
        let words = text.tokens().iter().filter_map(|t| text.folded().get(t.range()));
        words.filter(|word| telling.contains(word)).count()
    };
    let told = TELLING.iter().map(|telling| count(telling)).zip(1..).max_by_key(|&(count, column)| (count, std::cmp::Reverse(column)));
    told.filter(|&(count, _)| count > 0).map_or(ENGLISH, |(_, column)| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> String {
        let mut text = Text::default();
        text.read(words.as_bytes());
        let mut out = Rewritten::default();
        put_words(&text, text.has_emoji_between_words(), &mut out);
        out.letters
    }

    #[test]
    fn emoji_are_read_in_the_language_about_them() {
        assert_eq!(read("no 🪪 no 📄 asked"), "no id no papers asked");
        assert_eq!(read("no 👨‍⚕️ needed"), "no doctor needed");
        assert_eq!(read("der 🛃 guckt nicht rein"), "der zoll guckt nicht rein");
        assert_eq!(read("без 📄 и 🪪"), "без документы и паспорт");
        assert_eq!(read("免🛃检查"), "免海关检查");
    }

    #[test]
    fn emoji_between_words_are_left_out() {
        assert_eq!(read("write👏me👏on👏signal"), "write me on signal");
        assert_eq!(read("as new 🔥 boxed and sealed 🔥 sent today"), "as new 🔥 boxed and sealed 🔥 sent today");
        assert_eq!(read("✅ boxed\n✅ sealed\n✅ new"), "✅ boxed\n✅ sealed\n✅ new");
    }

    #[test]
    fn every_emoji_has_a_word_in_each_language() {
        assert!(WORDS.iter().all(|row| row.1.iter().all(|word| !word.is_empty())));
    }
}
