//! Keys of words as they stand. In: tokens of a text. Out: their key classes and hashes. Keeps: a token's key is the key of the term that is written so. Must not
//! know: what has that key.

use super::variants;
use crate::text::keys::KeyHasher;
use crate::text::{Text, Token, TokenFlags};

/// A token with one of these is more than a word of ASCII letters inside a line.
pub(super) const ODD: TokenFlags = TokenFlags::DIGIT.or(TokenFlags::WIDE).or(TokenFlags::LINE);

/// Whether a token's key is the classes of its bytes.
const fn is_plain_token(token: &Token) -> bool {
    !token.flags.has(TokenFlags::APOSTROPHE) && !token.flags.has(TokenFlags::EMOJI)
}

/// The key of one word.
#[inline(always)]
pub(super) fn token_key(text: &Text, token: &Token) -> KeyHasher {
    let range = token.range();
    if let Some(&classes) = text.class().get(range.start..).and_then(<[u8]>::first_chunk)
        && range.len() < 16
        && is_plain_token(token)
    {
        return KeyHasher::of_word(classes, range.len());
    }
    let mut key = KeyHasher::new();
    push_token(&mut key, text, token);
    key
}

#[inline(always)]
pub(super) fn push_token(key: &mut KeyHasher, text: &Text, token: &Token) {
    if is_plain_token(token) {
        key.push_at(text.class(), token.start as usize, token.range().len());
    } else {
        push_odd_token(key, text, token);
    }
}

/// Apart, so that the usual way is short.
#[inline(never)]
fn push_odd_token(key: &mut KeyHasher, text: &Text, token: &Token) {
    for class in key_classes(text, token) {
        key.push(&[class]);
    }
}

/// The classes of a token's key: those of its characters without apostrophes; an emoji is its own key.
pub(super) fn key_classes<'t>(text: &'t Text, token: &Token) -> impl Iterator<Item = u8> + 't {
    let emoji = token.flags.has(TokenFlags::EMOJI);
    let from = if emoji { text.folded().as_bytes() } else { text.class() };
    from.get(token.range()).unwrap_or_default().iter().copied().filter(|&c| c != 0)
}

/// Whether a word is one letter of a script with spaces.
pub(super) fn is_single(text: &Text, token: &Token) -> bool {
    let first = text.folded().as_bytes().get(token.start as usize).map_or(0, |&b| variants::char_len(b));
    let not_letter = token.flags.has(TokenFlags::UNSPACED) || token.flags.has(TokenFlags::EMOJI) || !token.flags.has(TokenFlags::LETTER);
    token.range().len() == first && !not_letter
}

pub(super) fn ends_sentence(token: &Token) -> bool {
    token.flags.has(TokenFlags::SENTENCE) && !token.flags.has(TokenFlags::LINE)
}
