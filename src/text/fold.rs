//! Folds characters to what they look or read like. In: bytes. Out: folded text, source map and evidence, written into [`Text`].
//! Keeps: one folded character per visible original one at most where the text is ASCII (then the map is the identity). Must not know: words.

use super::Text;

pub(super) fn fold(source: &[u8], text: &mut Text) {
    text.folded.clear();
    text.starts.clear();
    text.evidence.clear();
    match std::str::from_utf8(source) {
        Ok(s) if s.is_ascii() => {
            text.folded.push_str(s);
            text.folded.make_ascii_lowercase();
        }
        _ => {
            let lossy = String::from_utf8_lossy(source);
            text.facts.rewritten = true;
            for (at, c) in lossy.char_indices() {
                for low in c.to_lowercase() {
                    let before = text.folded.len();
                    text.folded.push(low);
                    for _ in before..text.folded.len() {
                        text.starts.push(u32::try_from(at).unwrap_or(u32::MAX));
                        text.evidence.push(crate::evasion::Evasion::NONE);
                    }
                }
            }
            text.starts.push(u32::try_from(source.len()).unwrap_or(u32::MAX));
        }
    }
}
