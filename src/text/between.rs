//! Emoji between one word and the next (`write 👏 me 👏 on 👏`), of which none stands for anything. In: the tokens of a text. Out: whether it is written so. Keeps: emoji
//! that set off the parts of a list are not meant. Must not know: what an emoji means.

use super::{Token, TokenFlags};

/// Emoji stand between words where they do so this often, with at most so many words from one to the next.
const GAPS: usize = 3;
const STRIDE: usize = 2;

/// Whether emoji stand between one word and the next all through a stretch of a text. Linear.
pub(super) fn has_emoji_between(tokens: &[Token]) -> bool {
    let (mut gaps, mut words) = (0, 0);
    for pair in tokens.windows(2) {
        let [token, next] = pair else { return false };
        let [emoji, goes_on] =
            [token.flags.has(TokenFlags::EMOJI), !next.flags.has(TokenFlags::EMOJI) && !next.flags.intersects(TokenFlags::BREAK)];
        if token.flags.intersects(TokenFlags::BREAK) {
            (gaps, words) = (0, 0);
        }
        words += usize::from(!emoji);
        // Behind the first word only: what a text begins with stands between none.
        if emoji && goes_on && (gaps > 0 || words > 0) {
            gaps = if words <= STRIDE { gaps + 1 } else { 1 };
            words = 0;
        }
        if gaps == GAPS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::text::Text;

    #[test]
    fn emoji_of_lists_are_not_between_words() {
        let between = |words: &str| {
            let mut text = Text::default();
            text.read(words.as_bytes());
            text.has_emoji_between_words()
        };
        assert!(between("write👏me👏on👏signal") && between("so please 🔥🔥 write me 🔥 on 🔥 signal"));
        assert!(!between("as new 🔥 boxed and sealed 🔥 sent today 🔥"));
        assert!(!between("✅ boxed\n✅ sealed\n✅ new\n✅ cheap") && !between("🔥🔥🔥🔥 sale"));
    }
}
