//! Undoes character references and escapes. In: bytes. Out: bytes in which `&#115;`, `&amp;`, `s` and `%73` inside a word are the characters that
//! they stand for, with the place of each byte in the original. Keeps: one pass; a reference inside a reference is undone too. Must not know: letters' looks.

/// Where a decoded byte comes from; the highest bit says that it was written as a reference.
pub(super) const ENCODED: u32 = 1 << 31;

/// The longest reference or escape, in bytes.
const LONGEST: usize = 16;

/// Named references of what people hide letters, spaces and separators with; those of ASCII, Latin-1 and the invisible characters.
/// (HTML standard, section 13.5.)
const NAMED: &[(&str, char)] = &[
    ("AMP", '&'),
    ("Aacute", 'Á'),
    ("Agrave", 'À'),
    ("Aring", 'Å'),
    ("Auml", 'Ä'),
    ("Ccedil", 'Ç'),
    ("Eacute", 'É'),
    ("GT", '>'),
    ("LT", '<'),
    ("NewLine", '\n'),
    ("Ntilde", 'Ñ'),
    ("Ouml", 'Ö'),
    ("QUOT", '"'),
    ("Tab", '\t'),
    ("Uuml", 'Ü'),
    ("ZeroWidthSpace", '\u{200B}'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("aelig", 'æ'),
    ("agrave", 'à'),
    ("amp", '&'),
    ("apos", '\''),
    ("aring", 'å'),
    ("ast", '*'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("bsol", '\\'),
    ("ccedil", 'ç'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dash", '-'),
    ("dollar", '$'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("egrave", 'è'),
    ("emsp", ' '),
    ("ensp", ' '),
    ("equals", '='),
    ("euml", 'ë'),
    ("excl", '!'),
    ("gt", '>'),
    ("hyphen", '-'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("inodot", 'ı'),
    ("iuml", 'ï'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lt", '<'),
    ("mdash", '-'),
    ("nbsp", ' '),
    ("ndash", '-'),
    ("ntilde", 'ñ'),
    ("num", '#'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("period", '.'),
    ("plus", '+'),
    ("quot", '"'),
    ("rpar", ')'),
    ("semi", ';'),
    ("shy", '\u{AD}'),
    ("sol", '/'),
    ("szlig", 'ß'),
    ("thinsp", ' '),
    ("uacute", 'ú'),
    ("ucirc", 'û'),
    ("ugrave", 'ù'),
    ("uuml", 'ü'),
    ("vert", '|'),
    ("zwj", '\u{200D}'),
    ("zwnj", '\u{200C}'),
];

/// Whether a byte that may begin a reference is there at all.
#[inline]
pub(super) fn may_hold(source: &[u8]) -> bool {
    memchr::memchr3(b'&', b'%', b'\\', source).is_some_and(|first| {
        source
            .get(first..)
            .unwrap_or_default()
            .windows(3)
            .any(|w| matches!(w, [b'&', b'#' | b'a'..=b'z' | b'A'..=b'Z', _] | [b'\\', b'u' | b'x' | b'U' | b'X', _] | [b'%', b'2'..=b'7', b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F']))
    })
}

/// The character that the end of `text` spells, and how many bytes that takes. `open` says that the next byte could still belong to it.
fn at_end(text: &[u8], next: Option<u8>) -> Option<(char, usize)> {
    let window = text.get(text.len().saturating_sub(LONGEST)..)?;
    let start = window.iter().rposition(|b| matches!(b, b'&' | b'\\' | b'%'))?;
    let tail = window.get(start..)?;
    let before = start.checked_sub(1).and_then(|i| window.get(i)).copied();
    let c = match tail {
        [b'&', b'#', body @ ..] => numeric(body, next)?,
        [b'&', name @ .., b';'] => named(name)?,
        [b'&', name @ ..] if matches!(name, b"amp" | b"nbsp" | b"lt" | b"gt" | b"quot") && next == Some(b'#') => named(name)?,
        [b'\\', b'u' | b'U', b'{', body @ .., b'}'] => hex(body)?,
        [b'\\', b'u', body @ ..] if body.len() == 4 => hex(body)?,
        [b'\\', b'U', body @ ..] if body.len() == 8 => hex(body)?,
        [b'\\', b'x', body @ ..] if body.len() == 2 => hex(body)?,
        // A percent sign after a digit is a percentage, and one before a word may be.
        [b'%', body @ ..] if body.len() == 2 && before.is_some_and(|b| b.is_ascii_alphabetic()) => {
            hex(body).filter(char::is_ascii_alphabetic)?
        }
        _ => return None,
    };
    Some((c, tail.len()))
}

fn numeric(body: &[u8], next: Option<u8>) -> Option<char> {
    let (body, closed) = body.strip_suffix(b";").map_or((body, false), |b| (b, true));
    match body {
        [b'x' | b'X', digits @ ..] => {
            (closed || !next.is_some_and(|b| b.is_ascii_hexdigit() || b == b';')).then_some(())?;
            hex(digits)
        }
        digits => {
            (closed || !next.is_some_and(|b| b.is_ascii_digit() || b == b';' || matches!(b, b'x' | b'X') && digits.is_empty()))
                .then_some(())?;
            scalar(digits, 10)
        }
    }
}

fn hex(digits: &[u8]) -> Option<char> {
    scalar(digits, 16)
}

fn scalar(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let value = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    char::from_u32(value).filter(|&c| c >= ' ' || c == '\n' || c == '\t')
}

fn named(name: &[u8]) -> Option<char> {
    let name = std::str::from_utf8(name).ok()?;
    NAMED.binary_search_by(|(n, _)| (*n).cmp(name)).ok().and_then(|i| NAMED.get(i)).map(|(_, c)| *c)
}

/// Two escapes in a row before any letter: `%74%65` (the first has nothing before it that says it is no percentage).
fn pair_at_end(text: &[u8]) -> Option<char> {
    let [b'%', a, b, b'%', c, d] = text.get(text.len().checked_sub(6)?..)? else { return None };
    hex(&[*c, *d]).filter(char::is_ascii_alphabetic)?;
    hex(&[*a, *b]).filter(char::is_ascii_alphabetic)
}

/// Writes the decoded message and the origin of each byte (and of the end); false, with nothing written that matters, where there was no reference.
pub(super) fn decode(source: &[u8], origin: impl Fn(usize) -> u32, decoded: &mut Vec<u8>, origins: &mut Vec<u32>) -> bool {
    decoded.clear();
    origins.clear();
    let mut found = false;
    for (i, &b) in source.iter().enumerate() {
        found |= settle(decoded, origins, Some(b));
        decoded.push(b);
        origins.push(origin(i));
    }
    found |= settle(decoded, origins, None);
    origins.push(origin(source.len()));
    found
}

/// Undoes the references that end here, given the byte that comes next.
fn settle(decoded: &mut Vec<u8>, origins: &mut Vec<u32>, next: Option<u8>) -> bool {
    let mut found = false;
    while decoded.last().is_some_and(|&b| b == b';' || b == b'}' || b.is_ascii_alphanumeric()) {
        if let Some(first) = pair_at_end(decoded) {
            let second = decoded.split_off(decoded.len().saturating_sub(3));
            let places = origins.split_off(origins.len().saturating_sub(3));
            replace(decoded, origins, first, 3);
            decoded.extend(second);
            origins.extend(places);
        }
        let Some((c, len)) = at_end(decoded, next) else { break };
        replace(decoded, origins, c, len);
        found = true;
    }
    found
}

fn replace(decoded: &mut Vec<u8>, origins: &mut Vec<u32>, c: char, len: usize) {
    let at = decoded.len().saturating_sub(len);
    let origin = origins.get(at).copied().unwrap_or(0) | ENCODED;
    decoded.truncate(at);
    origins.truncate(at);
    let mut utf8 = [0; 4];
    decoded.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
    origins.resize(decoded.len(), origin);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let (mut out, mut map) = (Vec::new(), Vec::new());
        decode(text.as_bytes(), |i| i as u32, &mut out, &mut map);
        assert_eq!(map.len(), out.len() + 1);
        assert!(map.windows(2).all(|w| w[0] & !ENCODED <= w[1] & !ENCODED), "{map:?}");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_sorted() {
        assert!(NAMED.windows(2).all(|w| w[0].0 < w[1].0));
    }

    #[test]
    fn references_and_escapes_are_undone_and_percentages_are_not() {
        for (text, want) in [
            ("w&#104;a&#x74;s", "whats"),
            ("&#115ignal", "signal"),
            ("&amp;#115;", "s"),
            ("&amp;amp;#x73;", "s"),
            ("rock &amp; roll", "rock & roll"),
            ("a&nbsp;b", "a b"),
            ("b\\u0061nned", "banned"),
            ("te%6Cegram", "telegram"),
            ("%74%65legram", "telegram"),
            ("100%20", "100%20"),
            ("%50 indirim", "%50 indirim"),
            ("https://a.example/?q=a%20b", "https://a.example/?q=a%20b"),
            ("AT&T; R&D", "AT&T; R&D"),
            ("C:\\users", "C:\\users"),
        ] {
            assert_eq!(decoded(text), want, "{text}");
        }
    }
}
