//! Reads what follows a host: `/joinchat/abc`, ` slash joe underscore four`. In: atoms and the folded text. Out: the path in a buffer, and where it ends. Keeps: a
//! bounded stretch is read. Must not know: what a host is.

use super::atoms::{Atom, Form, Part};
use super::host::Host;
use super::near::around;
use super::{ADDRESS_ATOMS, Addresses};
use crate::matcher::entity::Search;
use crate::matcher::entity::items::{Gap, is_unspaced};

/// Marks at the end of a path that belong to the sentence around it.
const TRAILING: &[char] = &['.', ',', ';', ':', '!', '?', '\'', '*', ']', '}', '#'];

/// Reads what follows a host into `own.path`, as written or spoken; gives the end.
pub(super) fn path(search: &Search<'_>, own: &mut Addresses, host: &Host) -> usize {
    own.path.clear();
    let behind = search.folded.get(host.end..around(search.folded, host.end).end).unwrap_or_default();
    let rest = behind.strip_prefix('\\').unwrap_or(behind);
    let port = rest.starts_with(':') && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if port || rest.starts_with(['/', '?', '#']) {
        own.path.push_str(written(rest));
        return host.end + (behind.len() - rest.len()) + own.path.len();
    }
    spoken(search, own, host)
}

/// The path at the start of a text, without the marks of the sentence behind it.
fn written(rest: &str) -> &str {
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || "<>\"`|".contains(c) || is_unspaced(c) || matches!(c, '，' | '。' | '）' | '；' | '\u{FFFD}')
    };
    let mut text = rest.get(..rest.find(ends).unwrap_or(rest.len())).unwrap_or_default();
    loop {
        let shorter = text.trim_end_matches(TRAILING);
        let count = |bracket: u8| shorter.bytes().filter(|b| *b == bracket).count();
        let shorter = if count(b')') > count(b'(') { shorter.strip_suffix(')').unwrap_or(shorter) } else { shorter };
        if shorter.len() == text.len() {
            return text;
        }
        text = shorter;
    }
}

/// Reads a path that is told in words into `own.path`; gives the end.
fn spoken(search: &Search<'_>, own: &mut Addresses, host: &Host) -> usize {
    let mut end = host.end;
    let mut joined = false;
    let atoms = own.atoms.get(host.next..).unwrap_or_default();
    for atom in atoms.iter().take(ADDRESS_ATOMS).take_while(|a| a.gap != Gap::Line) {
        let path = &mut own.path;
        if let Some(mark) = mark(atom, path, host.hidden, joined) {
            path.push(mark);
            joined = true;
        } else if atom.part == Part::Name && !path.is_empty() && push_name(search, path, atom, joined) {
            end = atom.end;
            joined = false;
        } else {
            break;
        }
    }
    while own.path.ends_with(['-', '_', '.']) {
        own.path.pop();
    }
    end
}

/// The mark of a path that an atom stands for. `hidden`: the host is; `joined`: a mark stands before it.
fn mark(atom: &Atom, path: &str, hidden: bool, joined: bool) -> Option<char> {
    match (atom.part, atom.form) {
        (Part::Slash, Form::Word) => Some('/'),
        (Part::Slash, Form::Mark) if path.is_empty() && hidden => Some('/'),
        _ if path.is_empty() => None,
        (Part::Dot, Form::Word | Form::Bracket) => Some('.'),
        (Part::Dash, Form::Word) => Some('-'),
        (Part::Under, _) => Some('_'),
        (Part::At, Form::Mark) if joined => Some('@'),
        _ => None,
    }
}

/// Adds a name to a path, the name of a digit as that; `false` where it does not belong to it.
fn push_name(search: &Search<'_>, path: &mut String, atom: &Atom, joined: bool) -> bool {
    let item = search.items.get(atom.item);
    let digit = item.and_then(|i| i.word).and_then(|w| u8::try_from(w.value).ok()).filter(|d| *d < 10);
    match digit {
        Some(digit) if item.is_some_and(|i| i.last) => path.push(char::from(b'0' + digit)),
        _ if joined || digit.is_some() => path.push_str(search.folded.get(atom.start..atom.end).unwrap_or_default()),
        _ => return false,
    }
    true
}
