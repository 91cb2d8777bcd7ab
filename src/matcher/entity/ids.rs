//! Identifiers that their own form tells: `wxid_8f3k2lq9ab7c22`, `1-800-GET-KILN`, `SW-1234-5678-9012`, `live:lena.brandt`, `@lena:example.org`, `simplex:/contact#...`.
//! In: items. Out: hits. Keeps: one pass, a bounded look at each place. Must not know: rules.

use super::address::{around, is_distinct, known_host};
use super::items::{Gap, Item, Kind};
use super::tables::{Tld, mean};
use super::{EntityKind, Finding, Search};

/// The fewest characters of a WeChat id after its mark, and of a Skype id.
const WXID: usize = 10;
const LIVE: usize = 5;
/// Most characters of an account.
const ACCOUNT: usize = 64;
/// Work units of a look at one place.
const WORK: u64 = 8;

pub(super) fn find(search: &mut Search<'_>) {
    if !search.budget.charge(search.items.len() as u64 / 8) {
        return;
    }
    for at in 0..search.items.len() {
        let Some(item) = search.items.get(at).copied() else { return };
        let text = match item.kind {
            Kind::Word | Kind::Digits if item.first => item.text(search.folded),
            Kind::Mark if item.mark == b'@' => "@",
            _ => continue,
        };
        let finder: fn(&mut Search<'_>, usize, &Item) -> Option<()> = match text {
            "wxid" => wechat,
            "sw" => console,
            "live" => live,
            "simplex" => simplex,
            "1" | "1800" | "1300" | "0800" => lettered,
            "@" => matrix,
            _ => continue,
        };
        if !search.budget.charge(WORK) {
            return;
        }
        let _ = finder(search, at, &item);
    }
}

/// What stands right behind a place as long as its characters pass, at most `ACCOUNT` of them.
fn run(folded: &str, at: usize, passes: impl Fn(u8) -> bool) -> &str {
    let rest = folded.get(at..around(folded, at).end).unwrap_or_default();
    let length = rest.bytes().take(ACCOUNT).take_while(|b| passes(*b)).count();
    rest.get(..length).unwrap_or_default().trim_end_matches(['.', '-', '_'])
}

fn give(search: &mut Search<'_>, kind: EntityKind, range: std::ops::Range<usize>, confidence: u8, app: &str, account: &str) -> Option<()> {
    let value = search.out.value_of(&[app, ":", account]);
    let evasion = search.text.evidence(range.clone());
    search.out.push(Finding { kind, start: range.start, end: range.end, confidence, evasion }, value);
    Some(())
}

fn wechat(search: &mut Search<'_>, _: usize, item: &Item) -> Option<()> {
    let rest = search.folded.get(item.end..)?.strip_prefix('_')?;
    let from = search.folded.len() - rest.len();
    let account = run(search.folded, from, |b| b.is_ascii_alphanumeric());
    let end = from + account.len();
    let name = search.folded.get(item.start..end).filter(|_| account.len() >= WXID)?;
    give(search, EntityKind::Handle, item.start..end, 88, "wechat", name)
}

/// `SW-1234-5678-9012`: a console's friend code.
fn console(search: &mut Search<'_>, at: usize, item: &Item) -> Option<()> {
    let items = search.items;
    let group = |n: usize| {
        let dash = items.get(at + 2 * n - 1).is_some_and(|m| m.is_mark(b"-"));
        items.get(at + 2 * n).filter(|d| dash && d.kind == Kind::Digits && d.end - d.start == 4)
    };
    let (first, second, last) = (group(1)?, group(2)?, group(3)?);
    if items.get(at + 7).is_some_and(|n| n.glued() && (n.is_wordy() || n.is_mark(b"-"))) {
        return None;
    }
    let range = item.start..last.end;
    let [first, second, last] = [first, second, last].map(|g| g.text(search.folded));
    let value = search.out.value_of(&["nintendo:sw-", first, "-", second, "-", last]);
    let evasion = search.text.evidence(range.clone());
    search.out.push(Finding { kind: EntityKind::Handle, start: range.start, end: range.end, confidence: 84, evasion }, value);
    Some(())
}

/// `live:lena.brandt`, `live:.cid.8a7f3c2b91de04f5`: an account of Skype or Teams.
fn live(search: &mut Search<'_>, _: usize, item: &Item) -> Option<()> {
    let rest = search.folded.get(item.end..)?.strip_prefix(':')?;
    let from = search.folded.len() - rest.len();
    let account = run(search.folded, from, |b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    let name = account.strip_prefix(".cid.").unwrap_or(account);
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    let like_id = name.bytes().any(|b| b.is_ascii_digit() || b == b'_' || b == b'.');
    let told =
        name.len() < account.len() && name.len() >= 8 || letters >= LIVE && like_id && name.starts_with(|c: char| c.is_ascii_alphabetic());
    let host = known_host(search, name).is_some();
    (told && !host).then_some(())?;
    give(search, EntityKind::Handle, item.start..from + account.len(), 80, "skype", account)
}

/// `simplex:/contact#/?v=2...`, `simplex:/invitation...`: the app's own scheme, which has one slash. The keys in it stay in the letter case that was sent.
fn simplex(search: &mut Search<'_>, _: usize, item: &Item) -> Option<()> {
    let rest = search.folded.get(item.end..around(search.folded, item.end).end)?.strip_prefix(":/")?;
    if !(rest.starts_with("contact") || rest.starts_with("invitation")) {
        return None;
    }
    let link = rest.get(..rest.find(|c: char| c.is_whitespace() || c.is_control()).unwrap_or(rest.len()))?;
    let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '\'']);
    let end = item.end + 2 + link.len();
    let link = search.folded.get(item.end + 1..end)?;
    let cased = search.cased(item.end + 1..end);
    let link = if cased.eq_ignore_ascii_case(link) { cased } else { link };
    give(search, EntityKind::AppLink, item.start..end, 93, "simplex", link)
}

/// `@lena:example.org`: an account and its server.
fn matrix(search: &mut Search<'_>, _: usize, item: &Item) -> Option<()> {
    let name = run(search.folded, item.end, |b| b.is_ascii_alphanumeric() || b"._=-".contains(&b));
    let from = item.end + name.len();
    let rest = search.folded.get(from..)?.strip_prefix(':').filter(|_| name.len() >= 2)?;
    let from = search.folded.len() - rest.len();
    let host = run(search.folded, from, |b| b.is_ascii_alphanumeric() || b".-".contains(&b));
    let tld = known_host(search, host)?;
    if tld != Tld::Plain && !is_distinct(search, host.split('.').next().unwrap_or_default()) {
        return None;
    }
    let end = from + host.len();
    let account = search.folded.get(item.start..end)?;
    search.out.hits.retain(|h| h.kind != EntityKind::Link || (h.start as usize) < item.start || h.end as usize > end);
    give(search, EntityKind::Handle, item.start..end, 88, "matrix", account)
}

/// The digit whose key holds a letter.
fn key(letter: u8) -> u8 {
    match letter {
        b'a'..=b'c' => b'2',
        b'd'..=b'f' => b'3',
        b'g'..=b'i' => b'4',
        b'j'..=b'l' => b'5',
        b'm'..=b'o' => b'6',
        b'p'..=b's' => b'7',
        b't'..=b'v' => b'8',
        b'w'..=b'z' => b'9',
        other => other,
    }
}

/// `1-800-GET-KILN`, `1300-CLAY-NOW`: a free number of business told in letters of the keypad. With a space for the dash it is dialled only where something
/// says so.
fn lettered(search: &mut Search<'_>, at: usize, item: &Item) -> Option<()> {
    const FREE: &[&str] = &["800", "833", "844", "855", "866", "877", "888"];
    let dash = |i: usize| search.items.get(i).is_some_and(|m| m.is_mark(b"-") && m.glued());
    let cue = search.word_before(at, 4, mean::CUE);
    // The item behind the mark or the space after an item.
    let apart = |i: usize| {
        let spaced = cue && search.items.get(i + 1).is_some_and(|n| n.gap == Gap::Space && n.is_wordy());
        if dash(i + 1) { Some(i + 2) } else { spaced.then_some(i + 1) }
    };
    let american = item.end - item.start == 1;
    let last = if american { apart(at)? } else { at };
    let area = search.items.get(last)?;
    if american && !FREE.contains(&area.text(search.folded)) {
        return None;
    }
    let from = search.items.get(apart(last)?)?.start;
    let name = run(search.folded, from, |b| b.is_ascii_alphanumeric() || b == b'-');
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    let total = name.bytes().filter(u8::is_ascii_alphanumeric).count();
    let fits = if american { (7..=10).contains(&total) } else { (6..=8).contains(&total) };
    // `1800-threads` is a size: where nothing says that it is dialled only the American form is sure.
    let told = american || cue;
    if letters < 3 || !fits || !told || !name.starts_with(|c: char| c.is_ascii_alphabetic()) && letters < 4 {
        return None;
    }
    let range = item.start..from + name.len();
    let mut number = [0u8; 8];
    let dialled = if american { 7 } else { total };
    for (to, letter) in number.iter_mut().zip(name.bytes().filter(u8::is_ascii_alphanumeric).take(dialled)) {
        *to = key(letter);
    }
    let number = number.get(..dialled.min(8)).and_then(|n| std::str::from_utf8(n).ok())?;
    let value = search.out.value_of(&[if american { "+1" } else { "" }, area.text(search.folded), number]);
    let evasion = search.text.evidence(range.clone());
    let finding = Finding { kind: EntityKind::Phone, start: range.start, end: range.end, confidence: 70, evasion };
    search.out.push(finding, value);
    Some(())
}
