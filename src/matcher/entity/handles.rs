//! Accounts on messengers and social networks, and cash tags. In: items. Out: hits. Keeps: each name is read a bounded number of times.
//! Must not know: rules. A name is taken for an account when an app's name stands beside it and it is put like one (`ig: x`, `my tg is x_y`), or is `@x`.

use super::items::{Gap, Item, Kind, cyrillic_letter, is_unspaced, leet_letter};
use super::tables::{App, NAME_WORDS, Strength, mean};
use super::{EntityKind, Finding, Search};
use crate::evasion::Evasion;

/// Reused buffers.
#[derive(Debug, Clone, Default)]
pub(super) struct Handles {
    name: String,
    compact: String,
}

/// Apps whose accounts are telephone numbers: a number beside them is a phone, not a handle.
const BY_PHONE: &[&str] = &[
    "whatsapp",
    "viber",
    "signal",
    "zalo",
    "imo",
    "botim",
    "imessage",
    "telegram",
    "line",
    "kakaotalk",
    "totok",
    "textnow",
    "google_chat",
    "max_ru",
    "wechat",
];
/// Apps whose accounts are named by people themselves, and put right behind the app's name.
const BY_NAME: &[&str] = &["instagram", "telegram", "tiktok", "snapchat", "wechat", "kik", "discord", "twitter"];
/// Apps whose accounts and rooms are told by a code.
const BY_CODE: &[&str] = &["discord", "steam", "xbox", "psn"];
/// Most characters of an account's name.
const NAME_BYTES: usize = 40;

/// A name as read from items.
#[derive(Debug, Clone, Copy)]
struct Name {
    start: usize,
    end: usize,
    /// Item after it.
    next: usize,
    /// Some of it was spelled or spaced.
    spelled: bool,
    /// It is one word of the tables, or an everyday word.
    common: bool,
}

pub(super) fn find(search: &mut Search<'_>, own: &mut Handles) {
    if search.means_anywhere(mean::APP_START) {
        search.app = search.app_in_message(&mut own.compact);
    }
    let mut at = 0;
    while at < search.items.len() {
        if !search.budget.charge(1) {
            return;
        }
        let Some(item) = search.items.get(at).copied() else { break };
        let apart = item.first
            || unspaced(&item, search.folded)
            || at.checked_sub(1).and_then(|b| search.items.get(b)).is_some_and(|b| unspaced(b, search.folded));
        let under = |i: Option<usize>| i.and_then(|i| search.items.get(i)).is_some_and(|m| m.is_mark(b"_"));
        let apart = apart && !(item.glued() && under(at.checked_sub(1)));
        if item.has(mean::APP_START)
            && apart
            && let Some((app, next)) = app_at(search, own, at)
        {
            at = beside(search, own, at, next, app).max(at + 1);
            continue;
        }
        if item.has(mean::ID) && own_id(search, own, at) {
            at += 1;
            continue;
        }
        if item.is_mark(b"#") {
            tag(search, own, at);
        } else if item.is_mark(b"_") {
            unnamed(search, own, at);
        }
        if item.is_mark(b"@") {
            if let Some((app, next)) = with_at_sign(search, own, at) {
                at = beside(search, own, at - 1, next, app).max(at + 1);
                continue;
            }
            if !told_apart(search, own, at) {
                mention(search, own, at);
            }
        } else if item.is_mark(b"$") && search.folded.as_bytes().get(item.start) == Some(&b'$') {
            cash_tag(search, own, at);
        }
        at += 1;
    }
}

/// The longest app name that begins at an item, and the item after it.
fn app_at(search: &Search<'_>, own: &mut Handles, at: usize) -> Option<(App, usize)> {
    own.compact.clear();
    let mut found = None;
    let mut words = 0;
    let mut i = at;
    let letter = |i: usize| search.items.get(i).is_some_and(|n| n.kind == Kind::Word && n.end - n.start == 1 && n.first && n.last);
    while words < NAME_WORDS {
        let Some(item) = search.items.get(i) else { break };
        if i > at && item.gap == Gap::Line {
            break;
        }
        if item.is_wordy() || item.kind == Kind::Emoji {
            if own.compact.len() + (item.end - item.start) > NAME_BYTES {
                break;
            }
            let leet = item.kind == Kind::Word;
            let latin = item.text(search.folded).is_ascii();
            let read = |c: char| match c {
                '0'..='9' if leet && latin => char::from(leet_letter(c as u8)),
                '0'..='9' if leet => cyrillic_letter(c),
                other => other,
            };
            own.compact.extend(item.text(search.folded).chars().filter(|c| *c != '\u{fe0f}').map(read));
            words += 1;
            i += 1;
            if words == 1 && leet && item.text(search.folded).contains('1') {
                own.name.clear();
                own.name.extend(item.text(search.folded).chars().map(|c| if c == '1' { 'l' } else { read(c) }));
                found = search.tables.app(&own.name).map(|app| (app, i));
            }
            if !search.tables.may_begin_name(&own.compact) {
                break;
            }
            let whole = item.last || unspaced(item, search.folded);
            let spelled_on =
                words == 2 && letter(at) && letter(i - 1) && letter(i) && search.items.get(i).is_some_and(|n| n.gap == Gap::Space);
            let patched = words == 2 && own.compact.len() <= 3 && letter(at) != letter(i - 1) && own.compact.is_ascii();
            if spelled_on || patched {
                continue;
            }
            if let Some(app) = search
                .tables
                .app(&own.compact)
                .filter(|_| whole || search.items.get(i).is_none_or(|n| n.kind != Kind::Word || unspaced(n, search.folded)))
            {
                found = Some((app, i));
            }
        } else if item.is_mark(b"-'.") && i > at {
            i += 1;
        } else {
            break;
        }
    }
    // The letter of a word in pieces (`v e n d o`) names no app.
    found.filter(|&(_, next)| next > at + 1 || !(at..at + 3).all(letter))
}

/// An app whose name has `@` for its a: `sn@p`, `inst@gr@m`; and the item after it.
fn with_at_sign(search: &Search<'_>, own: &mut Handles, at: usize) -> Option<(App, usize)> {
    let items = search.items;
    let from = at.checked_sub(1).filter(|b| items.get(at).is_some_and(Item::glued) && items.get(*b).is_some_and(Item::is_wordy))?;
    own.compact.clear();
    let mut next = from;
    while let Some(item) = items.get(next).filter(|i| next - from < 6 && (next == from || i.glued())) {
        match item.is_mark(b"@") {
            true => own.compact.push('a'),
            false if item.is_wordy() && own.compact.len() + (item.end - item.start) <= NAME_BYTES => {
                own.compact.push_str(item.text(search.folded));
            }
            false => break,
        }
        next += 1;
    }
    let app = search.tables.app(&own.compact).filter(|a| a.strength != Strength::Weak && own.compact.len() >= 4)?;
    Some((app, next))
}

fn unspaced(item: &Item, folded: &str) -> bool {
    item.text(folded).chars().next().is_some_and(is_unspaced)
}

/// Reads a name at an item into `own.name`.
fn read_name(search: &Search<'_>, own: &mut Handles, at: usize, spell: bool) -> Option<Name> {
    own.name.clear();
    let items = search.items;
    let first = items.get(at)?;
    if !(first.is_wordy() || first.is_mark(b"_")) || unspaced(first, search.folded) {
        return None;
    }
    let mut i = at;
    let mut end = first.end;
    let mut spelled = false;
    while let Some(item) = items.get(i) {
        if i > at && !item.glued() || own.name.len() > NAME_BYTES {
            break;
        }
        let next = items.get(i + 1);
        let inner = next.is_some_and(|n| n.glued() && (n.is_wordy() && !unspaced(n, search.folded) || n.is_mark(b"_.-")));
        if item.is_wordy() && !unspaced(item, search.folded) && item.text(search.folded).is_ascii() {
            own.name.push_str(item.text(search.folded));
        } else if item.is_mark(b"_") || item.is_mark(b".-") && inner && i > at {
            own.name.push(char::from(item.mark));
        } else {
            break;
        }
        end = item.end;
        i += 1;
    }
    if own.name.is_empty() {
        return None;
    }
    let common = i == at + 1 && first.word.is_some() && first.kind == Kind::Word
        || own.name.bytes().all(|b| b.is_ascii_alphabetic()) && first.has(mean::STOP);
    let lone = i == at + 1 && first.end - first.start == 1;
    if lone && first.kind == Kind::Word {
        while let Some(item) = items.get(i).filter(|n| {
            own.name.len() <= NAME_BYTES
                && n.gap == Gap::Space
                && n.end - n.start == 1
                && (n.is_wordy() && n.text(search.folded).is_ascii() || n.is_mark(b"_."))
        }) {
            own.name.push_str(item.text(search.folded));
            end = item.end;
            spelled = true;
            i += 1;
        }
        if own.name.len() < 4 {
            return None;
        }
    } else if spell {
        (i, end, spelled) = spoken_rest(search, own, i, end);
        let tail = items.get(i).filter(|n| n.kind == Kind::Digits && n.gap == Gap::Space && n.end - n.start <= 4 && n.last);
        if let Some(tail) = tail
            && !spelled
            && first.word.is_none()
            && own.name.bytes().all(|b| b.is_ascii_alphabetic())
            && own.name.len() >= 4
            && items.get(i + 1).is_none_or(|n| n.gap == Gap::Line || n.kind == Kind::Mark && n.mark != b'%')
            && !(items.get(i + 1).is_some_and(Item::glued) && items.get(i + 2).is_some_and(|n| n.glued() && n.kind == Kind::Digits))
        {
            own.name.push_str(tail.text(search.folded));
            end = tail.end;
            i += 1;
        }
    }
    while own.name.ends_with(['.', '-']) {
        own.name.pop();
    }
    Some(Name { start: first.start, end, next: i, spelled, common: common && !spelled })
}

/// "demo underscore trader", "jane dot doe seven seven": what follows a name in words.
fn spoken_rest(search: &Search<'_>, own: &mut Handles, mut i: usize, mut end: usize) -> (usize, usize, bool) {
    let items = search.items;
    let mut spelled = false;
    for _ in 0..12 {
        let mut j = i;
        while items.get(j).is_some_and(|m| m.is_mark(b"()[]{}")) {
            j += 1;
        }
        let Some(item) = items.get(j) else { break };
        let mark = if item.has(mean::UNDERSCORE) {
            '_'
        } else if item.has(mean::DOT) && item.kind == Kind::Word {
            '.'
        } else if item.has(mean::DASH) && item.kind == Kind::Word && !item.glued() {
            '-'
        } else if spelled && item.kind == Kind::Word && item.word.is_some_and(|w| (0..10).contains(&w.value) && w.has(mean::STRONG)) {
            own.name.push(char::from(b'0' + item.word.map_or(0, |w| w.value) as u8));
            end = item.end;
            i = j + 1;
            continue;
        } else {
            break;
        };
        let mut k = j + 1;
        while items.get(k).is_some_and(|m| m.is_mark(b"()[]{}")) {
            k += 1;
        }
        let Some(next) =
            items.get(k).filter(|n| n.is_wordy() && n.text(search.folded).is_ascii() && n.gap != Gap::Line && own.name.len() < NAME_BYTES)
        else {
            break;
        };
        own.name.push(mark);
        match next.word.filter(|w| (0..10).contains(&w.value) && w.has(mean::STRONG)) {
            Some(digit) => own.name.push(char::from(b'0' + digit.value as u8)),
            None => own.name.push_str(next.text(search.folded)),
        }
        end = next.end;
        i = k + 1;
        while let Some(more) = items.get(i).filter(|m| m.glued() && m.is_wordy()) {
            own.name.push_str(more.text(search.folded));
            end = more.end;
            i += 1;
        }
        spelled = true;
    }
    (i, end, spelled)
}

fn like_id(name: &str) -> bool {
    let letter = name.bytes().any(|b| b.is_ascii_alphabetic()) && !(name.starts_with('_') && name.ends_with('_'));
    letter && (name.bytes().any(|b| b.is_ascii_digit() || b == b'_') || name.trim_matches('.').contains('.'))
}

/// The account named after an app, or before it; gives the item after what was read.
fn beside(search: &mut Search<'_>, own: &mut Handles, at: usize, next: usize, app: App) -> usize {
    let items = search.items;
    let mut i = next;
    let mut colon = false;
    let mut is = false;
    let mut at_sign = false;
    let mut id =
        items.get(next.wrapping_sub(1)).is_some_and(|n| n.text(search.folded).ends_with(['号', '號']) || n.text(search.folded) == "id");
    let mut me = false;
    let mut place = false;
    let mut invited = items.get(next.wrapping_sub(1)).is_some_and(|n| n.text(search.folded) == "server");
    for _ in 0..6 {
        let Some(item) = items.get(i) else { break };
        if item.gap == Gap::Line && i > next {
            break;
        }
        if item.kind == Kind::Mark {
            match item.mark {
                b':' if items.get(i + 1).is_some_and(|n| n.glued() && n.is_mark(b":=")) => break,
                b':' => colon = true,
                b'=' if app.strength != Strength::Weak && items.get(i + 1).is_some_and(|n| !n.is_mark(b">")) => colon = true,
                b'@' if item.glued()
                    && i > next
                    && items.get(i - 1).is_some_and(Item::is_wordy)
                    && items.get(i + 1).is_some_and(Item::glued) =>
                {
                    break;
                }
                b'@' => at_sign = true,
                b'-' | b'=' | b'>' | b'+' | b'(' | b'[' | b'"' | b'\'' | b'*' | b'/' | b'#' | b'~' | b')' | b']' | 0 => {}
                _ => break,
            }
        } else if item.text(search.folded) == "u" && app.id == "reddit" && items.get(i + 1).is_some_and(|n| n.is_mark(b"/")) {
            at_sign = true;
        } else if matches!(item.text(search.folded), "i" | "c") && items.get(i + 1).is_some_and(|n| n.glued() && n.is_mark(b"'")) {
            is = true;
            me = true;
            i += 1;
        } else if me && item.text(search.folded) == "m" && item.glued() {
        } else if item.text(search.folded) == "in" && app.id == "linkedin" && items.get(i + 1).is_some_and(|n| n.glued() && n.is_mark(b"/"))
        {
            at_sign = true;
            i += 1;
        } else if item.text(search.folded) == "live" && app.id == "skype" {
            is = true;
        } else if BY_CODE.contains(&app.id) && matches!(item.text(search.folded), "invite" | "friend" | "server") {
            invited = true;
        } else if invited && matches!(item.text(search.folded), "code" | "link") {
            id = true;
        } else if item.kind == Kind::Emoji {
            is |= item.has(mean::IS);
        } else if item.has(mean::AT) && items.get(i + 1).is_some_and(|n| n.is_mark(b")]}") || n.gap == Gap::Space) {
            at_sign |= i > next && items.get(i - 1).is_some_and(|b| b.is_mark(b"([{"));
            let named = items.get(at).is_some_and(|a| a.end - a.start > 1) && app.strength != Strength::Weak;
            if !(at_sign || named && items.get(i + 1).is_some_and(Item::is_wordy)) {
                break;
            }
            place = true;
        } else if item.has(mean::ID) && (unspaced(item, search.folded) || item.first && item.last) {
            id = true;
        } else if item.has(mean::IS | mean::INVITE) && (me || unspaced(item, search.folded) || item.first && item.last) {
            is = true;
        } else {
            break;
        }
        i += 1;
    }
    let dash = i == next + 1 && items.get(next).is_some_and(|m| m.is_mark(b"->")) && items.get(i).is_some_and(|n| !n.glued());
    let link = Link { colon, is: is || id || place, at_sign, id, me, place, dash, direct: i == next };
    let torn = i > next && items.get(next..=i).is_some_and(|between| between.iter().all(Item::glued)) && !colon && !at_sign && !is;
    let torn = torn
        || i == next
            && items
                .get(i)
                .is_some_and(|n| n.glued() && (n.is_mark(b"_") || !n.text(search.folded).starts_with(|c: char| c.is_ascii_alphabetic())));
    let long = items.get(i).is_some_and(|n| n.end - n.start >= 5) && i == next + 1 && items.get(next).is_some_and(|m| m.is_mark(b"-/"));
    if torn && !long && search.items.get(at).is_none_or(|a| a.kind != Kind::Emoji) && !matches!(app.id, "qq" | "icq") {
        return next;
    }
    if let Some(name) = read_name(search, own, i, true)
        && let Some(confidence) = account(search, own, &name, app, &link, at)
    {
        give(search, own, app.id, &name, confidence);
        return name.next;
    }
    if let Some(name) = name_before(search, own, at) {
        let signed = name.start > 0 && search.folded.as_bytes().get(name.start - 1) == Some(&b'@');
        let placed = search.word_before(at, 1, mean::ON) && search.word_before(at, 6, mean::INVITE);
        let confidence = if app.strength != Strength::Weak {
            74
        } else if signed || name.spelled || placed && like_id(&own.name) {
            if placed && signed { 84 } else { 66 }
        } else {
            45
        };
        give(search, own, app.id, &name, confidence);
    }
    next
}

/// How a name is tied to an app.
#[derive(Debug, Clone, Copy)]
struct Link {
    colon: bool,
    is: bool,
    at_sign: bool,
    id: bool,
    /// "I'm" stands between.
    me: bool,
    /// "at" stands between.
    place: bool,
    /// A dash or an arrow, and a space.
    dash: bool,
    direct: bool,
}

/// How sure it is that a name beside an app is an account of it.
fn account(search: &Search<'_>, own: &Handles, name: &Name, app: App, link: &Link, at: usize) -> Option<u8> {
    let text = own.name.as_str();
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let named = search.items.get(at).is_some_and(|i| i.has(mean::IS | mean::INVITE));
    let mine = link.me || search.word_before(at, 3, mean::IS | mean::INVITE) || search.prefix_plus(at);
    if digits {
        let numbered = matches!(app.id, "qq" | "icq") && (5..=11).contains(&text.len()) && !text.starts_with('0');
        if numbered {
            return Some(if app.strength == Strength::Weak && !(link.colon || link.id || mine) { 40 } else { 84 });
        }
        if link.id
            && (6..=12).contains(&text.len())
            && matches!(app.id, "zoom" | "steam" | "xiaohongshu" | "tiktok" | "bilibili" | "kuaishou")
        {
            return Some(70);
        }
        if matches!(app.id, "wechat" | "batchat" | "zangi" | "letstalk" | "potato")
            && (6..=12).contains(&text.len())
            && !(BY_PHONE.contains(&app.id) && text.len() >= 7)
        {
            return Some(60);
        }
        return None;
    }
    if matches!(app.id, "qq" | "icq") || text.len() < 3 || app.id == "biolink" && !link.colon {
        return None;
    }
    let tied = link.colon || link.at_sign || link.id;
    let dotted = !text.bytes().any(|b| b.is_ascii_digit() || b == b'_');
    // `discord is down.again`, `tiktok video.also`: a sentence that ends without a space after its dot.
    let talk = |w: &str| search.tables.word(w).is_some_and(|w| w.has(mean::STOP));
    let read = if link.is { 1 } else { usize::MAX };
    if dotted && !tied && text.contains('.') && text.split('.').take(read).any(talk) {
        return None;
    }
    if like_id(text) || name.spelled {
        let unit = text.bytes().next().is_some_and(|b| b.is_ascii_digit()) && text.len() < 6;
        if unit && !tied {
            return None;
        }
        if text.contains('.')
            && !text.contains('_')
            && search.tables.tld(text.rsplit('.').next().unwrap_or_default()).is_some()
            && !tied
            && !link.is
        {
            // The account's dot may look like a host's: `insta lenaquilts.studio`.
            let first = text.split('.').next().unwrap_or_default();
            let plain = text.ends_with(".com") || text.ends_with(".net") || text.ends_with(".org") || text.matches('.').count() > 1;
            let own = first.len() >= 5 && !search.tables.is_known(first) && link.direct && !plain;
            return (own && app.strength != Strength::Weak).then_some(60);
        }
        return match app.strength {
            Strength::Strong => Some(84),
            Strength::Named => Some(if tied || link.is || link.direct { 76 } else { 60 }),
            Strength::Weak => {
                let placed = link.is && search.word_before(at, 2, mean::ON);
                let wide =
                    placed || search.prefix_plus(at) || search.items.get(at.wrapping_sub(1)).is_some_and(|b| b.text(search.folded) == "加");
                let spelled = name.spelled && link.direct;
                ((tied || wide || spelled || mine && link.is && !link.direct) && !dotted).then_some(if tied { 66 } else { 56 })
            }
        };
    }
    if name.common || text.len() < 4 {
        return None;
    }
    let known = search.items.get(name.next.saturating_sub(1)).is_some_and(|i| i.word.is_some());
    if known {
        return None;
    }
    let distinct = text.len() >= 5 && !search.tables.is_common(text) && text.bytes().all(|b| b.is_ascii_alphabetic());
    match app.strength {
        Strength::Weak if link.colon && distinct && whole_line(search, at, name.next) => Some(54),
        Strength::Weak => (link.at_sign || link.id && link.colon).then_some(60),
        _ if link.at_sign => Some(80),
        _ if link.colon && link.id => Some(72),
        _ if link.colon => Some(if app.strength == Strength::Strong { 60 } else { 56 }),
        _ if link.id && link.is => Some(52),
        _ if distinct && link.dash && text.len() >= 8 && BY_NAME.contains(&app.id) && whole_line(search, at, name.next) => Some(52),
        _ if distinct && link.is && (mine || named) => Some(60),
        _ if distinct && link.place && text.len() >= 8 && BY_NAME.contains(&app.id) => Some(54),
        _ if distinct && link.is => Some(46),
        _ if distinct && mine && link.direct => Some(54),
        _ if distinct && link.direct && text.len() >= 8 && BY_NAME.contains(&app.id) && whole_line(search, at, name.next) => Some(52),
        _ => None,
    }
}

/// Whether nothing else stands on the line of these items.
fn whole_line(search: &Search<'_>, first: usize, next: usize) -> bool {
    let ends = |at: usize| search.items.get(at).is_none_or(|i| i.gap == Gap::Line);
    let stop = search.items.get(next).is_some_and(|m| m.is_mark(b".!"));
    (first == 0 || search.items.get(first).is_some_and(|i| i.gap == Gap::Line)) && (ends(next) || stop && ends(next + 1))
}

/// `x_y on telegram`, `@x (insta)`: an account named before the app.
fn name_before(search: &Search<'_>, own: &mut Handles, at: usize) -> Option<Name> {
    let items = search.items;
    let mut i = at.checked_sub(1)?;
    let mut tied = items.get(i)?.is_mark(b"(") || items.get(at)?.has(mean::ON);
    for _ in 0..6 {
        let item = items.get(i)?;
        let skipped = matches!(item.text(search.folded), "the" | "my" | "mi" | "meu" | "that" | "thats" | "s" | "is" | "its");
        if item.has(mean::ON) {
            tied = true;
        } else if !(item.is_mark(b"(-'") || skipped) {
            break;
        }
        tied |= item.is_mark(b"(");
        i = i.checked_sub(1)?;
    }
    let last = items.get(i)?;
    if !(last.is_wordy() || last.is_mark(b"_")) || items.get(i + 1)?.glued() && !items.get(i + 1)?.is_mark(b"(") {
        return None;
    }
    let mut from = i;
    let letter = |n: usize| items.get(n).is_some_and(|l| l.end - l.start == 1 && (l.is_wordy() || l.is_mark(b"_.")));
    while from > 0 && i - from < NAME_BYTES && letter(from) && items.get(from)?.gap == Gap::Space && letter(from - 1) {
        from -= 1;
    }
    let spelled = i - from >= 4;
    while from > 0
        && i - from < 12
        && items.get(from)?.glued()
        && items.get(from - 1).is_some_and(|b| b.is_wordy() && !unspaced(b, search.folded) || b.is_mark(b"_.-"))
    {
        from -= 1;
    }
    let at_sign = from > 0 && items.get(from)?.glued() && items.get(from - 1).is_some_and(|m| m.is_mark(b"@"));
    let name = read_name(search, own, from, false)?;
    let told = tied
        && search.word_before(from, 2, mean::INVITE | mean::ID | mean::IS)
        && own.name.len() >= 5
        && own.name.bytes().all(|b| b.is_ascii_alphabetic())
        && !search.tables.is_common(&own.name);
    let sure = at_sign
        || told
        || tied && spelled && name.spelled
        || tied && like_id(&own.name) && own.name.len() >= 5 && !own.name.starts_with(|c: char| c.is_ascii_digit());
    (sure && own.name.len() >= 3 && (at_sign || !name.common)).then_some(name)
}

fn give(search: &mut Search<'_>, own: &Handles, app: &str, name: &Name, confidence: u8) {
    let mut evasion = search.text.evidence(name.start..name.end);
    if name.spelled {
        evasion |= Evasion::SPACED;
    }
    let value = search.out.value_of(&[app, ":", own.name.trim_matches(['.', '-'])]);
    search.out.push(Finding { kind: EntityKind::Handle, start: name.start, end: name.end, confidence, evasion }, value);
}

/// "my id is x_y", "username: x_y": an account whose app is named elsewhere or not at all.
fn own_id(search: &mut Search<'_>, own: &mut Handles, at: usize) -> bool {
    let items = search.items;
    if items.get(at).is_none_or(|i| !(i.first && i.last || unspaced(i, search.folded))) {
        return false;
    }
    let mut i = at + 1;
    while i < at + 4 && items.get(i).is_some_and(|n| n.gap != Gap::Line && (n.is_mark(b":=@") || n.has(mean::IS) && n.last)) {
        i += 1;
    }
    let colon = items.get(at + 1..i).unwrap_or_default().iter().any(|n| n.is_mark(b":@"));
    let mine = search.word_before(at, 2, mean::IS | mean::INVITE);
    let direct = i == at + 1 && search.app.is_some();
    if i == at + 1 && !direct || !(colon || mine || direct) {
        return false;
    }
    let Some(name) = read_name(search, own, i, true) else { return false };
    if direct && !own.name.contains('_') {
        return false;
    }
    let Some(app) = search.app.or_else(|| (colon || mine).then_some("")) else { return false };
    let digit_first = own.name.starts_with(|c: char| c.is_ascii_digit());
    if !like_id(&own.name) || own.name.len() < 4 || digit_first || name.common {
        return false;
    }
    if app.is_empty() {
        let value = search.out.value_of(&["@", &own.name]);
        search.out.push(
            Finding {
                kind: EntityKind::Handle,
                start: name.start,
                end: name.end,
                confidence: 42,
                evasion: search.text.evidence(name.start..name.end),
            },
            value,
        );
    } else {
        give(search, own, app, &name, 62);
    }
    true
}

/// Words for what is the sender's own.
const MINE: &[&str] = &["my", "our", "mi", "meu", "mon", "mein", "мой"];

/// `my @ is l i l y d o e`: a name told letter by letter.
fn told_apart(search: &mut Search<'_>, own: &mut Handles, at: usize) -> bool {
    let items = search.items;
    let mine = at.checked_sub(1).and_then(|b| items.get(b)).is_some_and(|b| MINE.contains(&b.text(search.folded)));
    let is = items.get(at + 1).is_some_and(|i| i.has(mean::IS) || i.is_mark(b":="));
    let Some(name) = (mine && is).then(|| read_name(search, own, at + 2, false)).flatten().filter(|n| n.spelled) else { return false };
    if own.name.len() < 5 {
        return false;
    }
    let value = search.out.value_of(&["@", &own.name]);
    let evasion = search.text.evidence(name.start..name.end) | Evasion::SPACED;
    search.out.push(Finding { kind: EntityKind::Handle, start: name.start, end: name.end, confidence: 62, evasion }, value);
    true
}

/// `@x` with no app beside it.
fn mention(search: &mut Search<'_>, own: &mut Handles, at: usize) {
    let items = search.items;
    let Some(sign) = items.get(at).copied() else { return };
    if sign.glued() && at.checked_sub(1).and_then(|b| items.get(b)).is_some_and(|b| b.is_wordy() && !unspaced(b, search.folded)) {
        return;
    }
    let spaced = items.get(at + 1).is_some_and(|n| n.gap == Gap::Space);
    if items.get(at + 1).is_none_or(|n| n.gap == Gap::Line) {
        return;
    }
    let Some(name) = read_name(search, own, at + 1, false) else { return };
    let like_account = own.name.starts_with(|c: char| c.is_ascii_alphabetic()) && own.name.len() >= 5 && own.name.contains('_');
    let beside = if spaced && like_account { app_right_before(search, own, at) } else { None };
    let Some(name) = (if spaced { beside.and_then(|_| read_name(search, own, at + 1, false)) } else { Some(name) }) else { return };
    let letters = own.name.bytes().any(|b| b.is_ascii_alphabetic());
    if !(3..=32).contains(&own.name.len()) || !letters || items.get(name.next).is_some_and(|n| n.glued() && n.is_mark(b"@:/")) {
        return;
    }
    let cue = search.word_before(at, 5, mean::INVITE | mean::CUE);
    let before = items.get(at.saturating_sub(4)..at).unwrap_or_default();
    let mine = search.word_before(at, 1, mean::IS) && before.iter().any(|i| MINE.contains(&i.text(search.folded)));
    let quoted = sign.glued()
        && items.get(at.wrapping_sub(1)).is_some_and(|b| b.is_mark(b"<"))
        && items.get(name.next).is_some_and(|n| n.is_mark(b">"));
    if quoted {
        return;
    }
    let app = search.app.or(beside);
    if own.name.contains('-') {
        return;
    }
    let host = own.name.rsplit_once('.').is_some_and(|(_, last)| search.tables.tld(last).is_some());
    let mut confidence: u8 = match like_id(&own.name) && own.name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true if !host => 54,
        _ => 40,
    };
    if search.is_alone(at, name.next.saturating_sub(1)) && !host {
        confidence = 55;
    }
    if cue {
        confidence += 22;
    } else if mine {
        confidence += 14;
    }
    if app.is_some() {
        confidence += 30;
    }
    let mut evasion = search.text.evidence(sign.start..name.end);
    if name.spelled {
        evasion |= Evasion::SPACED;
    }
    let value = match app {
        Some(app) => search.out.value_of(&[app, ":", &own.name]),
        None => search.out.value_of(&["@", &own.name]),
    };
    search.out.push(Finding { kind: EntityKind::Handle, start: sign.start, end: name.end, confidence: confidence.min(90), evasion }, value);
}

/// The app whose name ends right before an item, marks aside: `paper plane, @ lily_77`.
fn app_right_before(search: &Search<'_>, own: &mut Handles, at: usize) -> Option<&'static str> {
    (at.saturating_sub(NAME_WORDS + 2)..at).find_map(|from| {
        let starts = search.items.get(from).is_some_and(|i| i.has(mean::APP_START) && i.first);
        let (app, next) = starts.then(|| app_at(search, own, from)).flatten()?;
        search.items.get(next..at)?.iter().all(|i| i.kind == Kind::Mark).then_some(app.id)
    })
}

/// `in the network of photos i am tati.croche_zn`: a name with an underscore and a dot or a number that is said to be somebody's, on whatever app.
fn unnamed(search: &mut Search<'_>, own: &mut Handles, at: usize) {
    let items = search.items;
    let part = |i: usize| items.get(i).is_some_and(|b| b.is_wordy() && !unspaced(b, search.folded) || b.is_mark(b"_.-"));
    let mut from = at;
    while from > 0 && at - from < 12 && items.get(from).is_some_and(Item::glued) && part(from - 1) {
        from -= 1;
    }
    // Once a name: at its first underscore.
    if items.get(from..at).unwrap_or_default().iter().any(|i| i.is_mark(b"_"))
        || items.get(from).is_none_or(|i| i.kind != Kind::Word || !i.first)
    {
        return;
    }
    let Some(name) = read_name(search, own, from, false) else { return };
    let parts = || own.name.split(['.', '_']);
    let words = || parts().filter(|p| p.len() >= 3 && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let numbered = parts().next_back().is_some_and(|p| (2..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
    let said = items.get(from.saturating_sub(2)..from).unwrap_or_default().iter().any(|i| i.is_mark(b"@"));
    let form = said || numbered || own.name.contains('.') && parts().count() <= 3;
    if !form || own.name.contains('-') || words().count() < 2 || words().all(|p| search.tables.is_known(p)) {
        return;
    }
    let before = from.checked_sub(1).and_then(|b| items.get(b));
    let told = before.is_some_and(|b| b.is_mark(b":") || b.has(mean::IS) && b.kind == Kind::Word);
    let addressed = items.get(name.next).is_some_and(|n| n.glued() && n.is_mark(b":"));
    if told && !addressed && (said || super::address::clause_ends(search, name.end)) {
        let value = search.out.value_of(&["@", &own.name]);
        let evasion = search.text.evidence(name.start..name.end);
        search.out.push(Finding { kind: EntityKind::Handle, start: name.start, end: name.end, confidence: 52, evasion }, value);
    }
}

/// `name#1234`, an account's older form on Discord.
fn tag(search: &mut Search<'_>, own: &mut Handles, at: usize) {
    let items = search.items;
    let digits = items.get(at + 1).filter(|d| d.kind == Kind::Digits && d.glued() && matches!(d.end - d.start, 4 | 5) && d.last);
    let (Some(digits), Some(last)) = (digits, at.checked_sub(1).and_then(|b| items.get(b))) else { return };
    if !items.get(at).is_some_and(Item::glued) || !last.is_wordy() || unspaced(last, search.folded) {
        return;
    }
    let mut from = at - 1;
    while from > 0
        && at - from < 8
        && items.get(from).is_some_and(Item::glued)
        && items.get(from - 1).is_some_and(|b| b.is_wordy() && !unspaced(b, search.folded) || b.is_mark(b"_."))
    {
        from -= 1;
    }
    let Some(name) = read_name(search, own, from, false) else { return };
    // Five digits are a number of work as often (`ticket#11845`): two capitals, or a game that is named, tell an account.
    let capitals = search.cased(name.start..name.end).bytes().filter(u8::is_ascii_uppercase).count();
    let mixed = capitals > 1 && capitals * 2 < own.name.len();
    if name.common
        || digits.end - digits.start == 5 && !(mixed || search.means_anywhere(mean::APP_START))
        || own.name.len() < 3
        || last.has(mean::AGAINST | mean::NUMBER | mean::CUE)
        || search.tables.is_common(&own.name) && !search.means_anywhere(mean::APP_START)
    {
        return;
    }
    let value = search.out.value_of(&["discord:", &own.name, "#", digits.text(search.folded)]);
    search.out.push(
        Finding {
            kind: EntityKind::Handle,
            start: name.start,
            end: digits.end,
            confidence: 86,
            evasion: search.text.evidence(name.start..digits.end),
        },
        value,
    );
}

/// `$name`, next to a word of payment.
fn cash_tag(search: &mut Search<'_>, own: &mut Handles, at: usize) {
    let items = search.items;
    let Some(sign) = items.get(at).copied() else { return };
    let Some(first) = items.get(at + 1).filter(|n| n.glued() && n.kind == Kind::Word) else { return };
    if sign.glued() && at.checked_sub(1).and_then(|b| items.get(b)).is_some_and(Item::is_wordy) || unspaced(first, search.folded) {
        return;
    }
    let Some(name) = read_name(search, own, at + 1, false) else { return };
    if !(2..=20).contains(&own.name.len()) || own.name.contains('.') {
        return;
    }
    let near = search.means_near(at, name.next.saturating_sub(1));
    let confidence = if near & mean::PAY != 0 { 82 } else { 35 };
    let value = search.out.value_of(&["$", &own.name]);
    search.out.push(
        Finding {
            kind: EntityKind::Cashtag,
            start: sign.start,
            end: name.end,
            confidence,
            evasion: search.text.evidence(sign.start..name.end),
        },
        value,
    );
}

impl Search<'_> {
    /// The first app named surely in the message.
    fn app_in_message(&self, compact: &mut String) -> Option<&'static str> {
        self.items.iter().find_map(|item| {
            if !item.has(mean::APP_START) {
                return None;
            }
            compact.clear();
            compact.push_str(item.text(self.folded));
            self.tables.app(compact).filter(|a| a.strength != Strength::Weak || item.kind == Kind::Emoji).map(|a| a.id)
        })
    }

    /// A plus or `加` right before an app (`+v`).
    fn prefix_plus(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|i| self.items.get(i)).is_some_and(|b| b.is_mark(b"+"))
    }
}
