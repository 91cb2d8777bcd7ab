//! Mailboxes that are told without an `@`: `lena.brandt (gmail)`, `lena_b77 over at yahoo`, `hotmail, lena.brandt`, `g-mail has me under: lena.b77`.
//! In: items. Out: hits. Keeps: a bounded look on both sides of each mail service that is named. Must not know: rules. What holds an `@`, or stands right
//! beside the service's name, is `address`'s.

use super::address::{clause_ends, known_host};
use super::items::{Gap, Item, Kind, is_unspaced};
use super::tables::{NAME_WORDS, Strength, Tld, mean};
use super::{EntityKind, Finding, Search};
use crate::evasion::Evasion;

/// Reused buffers.
#[derive(Debug, Clone, Default)]
pub(super) struct Mailboxes {
    compact: String,
    local: String,
}

/// The most letters of a service's name that stand apart.
const SPELLED: usize = 8;
/// Work units of a look around one service.
const WORK: u64 = 40;
/// Most items between a mailbox and a service before it.
const AFTER: usize = 10;
/// Most items of a mailbox.
const LOCAL_ITEMS: usize = 12;
/// Most bytes of a mailbox, and fewest.
const LOCAL: std::ops::RangeInclusive<usize> = 5..=40;

/// Services whose names are everyday words: a mailbox of theirs is tied to them by a word.
pub(super) const EVERYDAY: &[&str] = &["orange.fr", "terra.com.br", "bol.com.br", "libero.it", "proton.me", "laposte.net", "icloud.com"];
/// Services whose mailboxes are mostly numbers.
const NUMBERED: &[&str] = &["qq.com", "163.com", "126.com"];
/// Endings of file names.
const FILES: &[&str] = &[
    "pdf", "jpg", "jpeg", "png", "gif", "heic", "webp", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "rar", "mp3", "mp4", "mov",
    "avi", "wav", "txt", "csv", "rtf", "html", "htm", "php", "exe", "apk", "dmg", "iso", "psd", "svg", "json", "yaml", "toml", "java",
    "swift",
];

/// How much a name looks like a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// An underscore, a spelled sign, or dots and digits.
    Sure,
    /// Names with dots between, not all of them everyday words.
    Dotted,
    /// Names and everyday words with dots between.
    Plain,
    /// A name with digits behind it.
    Numbered,
}

/// What ties a mailbox to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    Direct,
    Mark,
    Bracket,
    Word,
}

pub(super) fn find(search: &mut Search<'_>, own: &mut Mailboxes) {
    if !search.means_anywhere(mean::PROVIDER_START) {
        return;
    }
    let mut at = 0;
    while let Some(item) = search.items.get(at).copied() {
        let before = at.checked_sub(1).and_then(|b| search.items.get(b));
        let starts = item.has(mean::PROVIDER_START) && (item.first || before.is_some_and(|b| unspaced(b, search.folded)));
        let addressed = item.glued() && before.is_some_and(|b| b.is_mark(b"._"))
            || before.is_some_and(|b| b.is_mark(b"@")) && !matches!(item.text(search.folded), "the" | "google");
        // Articles begin a few names, and most sentences.
        let article = starts && item.text(search.folded) == "the";
        let article = article && !search.items.get(at + 1).is_some_and(|n| matches!(n.text(search.folded), "g" | "google"));
        if !starts || addressed || article {
            at += 1;
            continue;
        }
        if !search.budget.charge(WORK) {
            return;
        }
        at = match provider(search, own, at) {
            Some((host, next)) if !(own.compact.is_ascii() && NUMBERED.contains(&host)) => {
                let _ = told_before(search, own, at, next, host).or_else(|| told_after(search, own, at, next, host));
                next
            }
            _ => at + 1,
        };
    }
}

fn unspaced(item: &Item, folded: &str) -> bool {
    item.text(folded).chars().next().is_some_and(is_unspaced)
}

/// The longest name of a mail service that begins at an item, with its ending, and the item after it. The name is left in `own.compact`.
fn provider(search: &Search<'_>, own: &mut Mailboxes, at: usize) -> Option<(&'static str, usize)> {
    own.compact.clear();
    let mut found = None;
    let mut i = at;
    let mut words = 0;
    while let Some(item) = search.items.get(i).filter(|i| words < NAME_WORDS || words < SPELLED && i.end - i.start == 1) {
        if item.is_wordy() {
            own.compact.push_str(item.text(search.folded));
            if !search.tables.may_begin_name(&own.compact) {
                break;
            }
            words += 1;
            if let Some(host) = search.tables.provider(&own.compact) {
                found = Some((host, i + 1, own.compact.len()));
            }
        } else if !(item.is_mark(b"-") && item.glued()) {
            break;
        }
        i += 1;
    }
    let (host, mut next, named) = found?;
    own.compact.truncate(named);
    let ending =
        |i: usize| search.items.get(i).is_some_and(|n| matches!(n.text(search.folded), "com" | "comm" | "net" | "ru" | "de" | "fr" | "me"));
    let dot = search.items.get(next).is_some_and(|d| d.glued() && d.is_mark(b".") || d.has(mean::DOT));
    if dot && ending(next + 1) {
        next += 2;
    } else if ending(next) {
        next += 1;
    }
    Some((host, next))
}

/// `lena.brandt77 over at yahoo`, `lena_b (gmail)`.
fn told_before(search: &mut Search<'_>, own: &mut Mailboxes, at: usize, next: usize, host: &'static str) -> Option<()> {
    let items = search.items;
    let mut tie = Tie::Direct;
    let mut last = at.checked_sub(1)?;
    for _ in 0..5 {
        let item = items.get(last)?;
        let text = item.text(search.folded);
        if item.is_mark(b"@") {
            tie = Tie::Word;
        } else if item.is_mark(b"([{") {
            tie = Tie::Bracket;
        } else if item.is_mark(b"-,:/|=") {
            tie = if tie == Tie::Direct { Tie::Mark } else { tie };
        } else if item.kind == Kind::Word
            && text != "in"
            && (item.has(mean::ON | mean::AT)
                || text == "ha" && !search.cased(item.start..item.end).is_ascii()
                || matches!(text, "chez" | "en" | "by" | "under" | "bei" | "do" | "de" | "del" | "du" | "von" | "vom"))
        {
            tie = Tie::Word;
        } else if !matches!(
            text,
            "the" | "my" | "over" | "mi" | "mon" | "el" | "o" | "da" | "usual" | "old" | "good" | "big" | "that" | "is" | "its"
        ) {
            break;
        }
        last = last.checked_sub(1)?;
    }
    let from = local_before(search, own, last)?;
    let form = form(search, &own.local)?;
    let end = items.get(next.checked_sub(1)?)?.end;
    let ends = clause_ends(search, end);
    if items.get(at)?.gap == Gap::Line && !ends {
        return None;
    }
    let told = match (form, tie) {
        (Form::Sure, Tie::Word | Tie::Bracket) => true,
        (_, Tie::Direct | Tie::Mark) if EVERYDAY.contains(&host) => false,
        (Form::Plain, _) if EVERYDAY.contains(&host) && own.local.contains('_') => false,
        (Form::Plain, _) if host == "outlook.com" && !search.means_anywhere(mean::MAIL | mean::INVITE) => false,
        (Form::Sure, _) | (Form::Dotted, Tie::Word | Tie::Bracket) => true,
        (Form::Dotted, _) | (Form::Plain | Form::Numbered, Tie::Bracket) => ends,
        (Form::Plain | Form::Numbered, Tie::Word) => ends || search.means_anywhere(mean::MAIL | mean::INVITE),
        (Form::Plain | Form::Numbered, _) => ends && at - from <= 8 && search.wordy <= 8,
    };
    let start = items.get(from)?.start;
    let sentence =
        search.cased(start..items.get(last)?.end).split('.').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_uppercase()));
    let sentence = sentence && !search.cased(start..end).starts_with(|c: char| c.is_ascii_uppercase());
    if !told || sentence {
        return None;
    }
    give(search, own, start..end, host, if form == Form::Sure || tie == Tie::Word { 68 } else { 62 });
    Some(())
}

/// Reads a mailbox that ends with an item into `own.local`; gives the item where it begins.
fn local_before(search: &Search<'_>, own: &mut Mailboxes, last: usize) -> Option<usize> {
    let items = search.items;
    let wordy = |i: usize| items.get(i).is_some_and(|n| n.is_wordy() && !unspaced(n, search.folded));
    let joins = |i: usize| wordy(i) || items.get(i).is_some_and(|n| n.is_mark(b"._-"));
    if !joins(last) {
        return None;
    }
    let mut from = last;
    while from > 0 && last - from < LOCAL_ITEMS && items.get(from).is_some_and(Item::glued) && joins(from - 1) {
        from -= 1;
    }
    while let Some(sign) = from.checked_sub(1).filter(|s| last - s < LOCAL_ITEMS && sign(search, *s).is_some()) {
        let Some(name) = sign.checked_sub(1).filter(|n| wordy(*n)) else { break };
        from = name;
        while from > 0 && last - from < LOCAL_ITEMS && items.get(from).is_some_and(Item::glued) && wordy(from - 1) {
            from -= 1;
        }
    }
    let before = from.checked_sub(1).and_then(|b| items.get(b));
    if before.is_some_and(|b| {
        b.is_mark(b"@") || items.get(from).is_some_and(Item::glued) && !b.is_mark(b"(\"'*:,[<-=") && !unspaced(b, search.folded)
    }) {
        return None;
    }
    own.local.clear();
    for i in from..=last {
        push(search, own, i)?;
    }
    Some(from)
}

/// The sign that a word between two others spells.
fn sign(search: &Search<'_>, at: usize) -> Option<char> {
    let item = search.items.get(at).filter(|i| i.kind == Kind::Word && !i.glued())?;
    let dot = item.has(mean::DOT) && !matches!(item.text(search.folded), "point" | "period" | "dat");
    match (dot, item.has(mean::UNDERSCORE)) {
        (true, _) => Some('.'),
        (_, true) => Some('_'),
        _ => None,
    }
}

fn push(search: &Search<'_>, own: &mut Mailboxes, at: usize) -> Option<()> {
    let item = search.items.get(at)?;
    match sign(search, at) {
        // A spelled sign is marked by a capital, which no folded text holds.
        Some(sign) => own.local.push_str(if sign == '.' { "D" } else { "_" }),
        None if item.text(search.folded).is_ascii() => own.local.push_str(item.text(search.folded)),
        None => return None,
    }
    Some(())
}

/// `hotmail, lena.brandt`, `my gmail is the same, lena.brandt77`.
fn told_after(search: &mut Search<'_>, own: &mut Mailboxes, at: usize, next: usize, host: &'static str) -> Option<()> {
    let items = search.items;
    let mut told = false;
    let mut words = 0;
    for i in next..next + AFTER {
        let item = items.get(i)?;
        if item.kind == Kind::Mark {
            if item.is_mark(b".!?@/#$") || item.gap == Gap::Line {
                return None;
            }
            told |= item.is_mark(b":,=");
            continue;
        }
        if i > next && item.gap == Gap::Line || words > 6 || words > 0 && named_app(search, item) {
            return None;
        }
        told |= i == next;
        if let Some(end) = local_after(search, own, i) {
            let form = form(search, &own.local)?;
            let follows = items.get(end + 1).is_some_and(|n| n.is_mark(b"@") || n.has(mean::AT) && n.kind == Kind::Word);
            let start = item.start;
            let stop = items.get(end)?.end;
            let near = words <= 3;
            let fits = match form {
                Form::Sure => told && (i > next || clause_ends(search, stop)),
                Form::Dotted => told && (near || clause_ends(search, stop)),
                Form::Numbered | Form::Plain => told && near && clause_ends(search, stop),
            };
            let sentence = search.cased(start..stop).split('.').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_uppercase()));
            if !fits || follows || sentence || EVERYDAY.contains(&host) && !search.means_anywhere(mean::MAIL) {
                return None;
            }
            give(search, own, items.get(at)?.start..stop, host, if form == Form::Sure { 66 } else { 60 });
            return Some(());
        }
        told |= item.has(mean::IS | mean::MAIL | mean::INVITE | mean::ID)
            || matches!(item.text(search.folded), "under" | "as" | "to" | "unter" | "als");
        words += 1;
    }
    None
}

/// Whether an item names an app surely: a name behind it is an account there.
fn named_app(search: &Search<'_>, item: &Item) -> bool {
    item.has(mean::APP_START) && search.tables.app(item.text(search.folded)).is_some_and(|a| a.strength != Strength::Weak)
}

/// Reads a mailbox that begins with an item into `own.local`, where it holds a sign or a digit; gives its last item.
fn local_after(search: &Search<'_>, own: &mut Mailboxes, at: usize) -> Option<usize> {
    let items = search.items;
    let wordy = |i: usize| items.get(i).is_some_and(|n| n.is_wordy() && !unspaced(n, search.folded));
    items.get(at).filter(|i| i.first && wordy(at) && i.kind != Kind::Digits)?;
    let mut last = at;
    while last - at < LOCAL_ITEMS {
        let glued = |i: usize| items.get(i).is_some_and(Item::glued);
        let mark = items.get(last + 1).is_some_and(|n| n.is_mark(b"._-")) && glued(last + 1);
        if mark && glued(last + 2) && wordy(last + 2) {
            last += 2;
        } else if glued(last + 1) && wordy(last + 1) {
            last += 1;
        } else if sign(search, last + 1).is_some() && wordy(last + 2) && !glued(last + 2) {
            last += 2;
        } else {
            break;
        }
    }
    if last == at {
        return None;
    }
    own.local.clear();
    for i in at..=last {
        push(search, own, i)?;
    }
    Some(last)
}

/// What a name is as a mailbox; `None` where it is none. Spelled dots become dots.
pub(super) fn form(search: &Search<'_>, local: &str) -> Option<Form> {
    let letters = local.bytes().filter(u8::is_ascii_lowercase).count();
    let edge = |c: char| c.is_ascii_alphanumeric();
    if !LOCAL.contains(&local.len()) || letters < 4 || !local.starts_with(edge) || !local.ends_with(edge) {
        return None;
    }
    let spelled = local.contains('D');
    let under = local.contains('_');
    let digits = local.bytes().any(|b| b.is_ascii_digit());
    let tables = search.tables;
    let names = || local.split(['.', 'D', '_', '-']);
    let talk = mean::STOP | mean::INVITE | mean::MAIL | mean::APP_START | mean::CUE | mean::AGAINST | mean::UNIT | mean::CURRENCY;
    let function = names().any(|n| tables.word(n).is_some_and(|w| w.has(talk) && n.len() > 1)) || names().any(str::is_empty);
    let last = names().next_back().unwrap_or_default();
    if function || FILES.contains(&last) {
        return None;
    }
    let host = if local.contains('.') { known_host(search, local) } else { None };
    let first = names().next().unwrap_or_default();
    if matches!(host, Some(Tld::Plain | Tld::Quiet))
        || host == Some(Tld::Path) && tables.is_known(first)
        || spelled && tables.is_spoken_tld(last)
    {
        return None;
    }
    let dotted = local.contains('.');
    let talk = |n: &str| tables.is_known(n);
    if under && !digits && names().all(talk) {
        return Some(Form::Plain);
    }
    let worded = names().filter(|n| n.trim_end_matches(|c: char| c.is_ascii_digit()).len() >= 3).count();
    if dotted && digits && worded < 2 && names().all(|n| tables.is_known(n) || n.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    if under || spelled || dotted && digits && worded > 0 {
        return Some(Form::Sure);
    }
    if dotted && !digits {
        let strange = names().any(|n| n.len() >= 3 && !tables.is_common(n));
        let short = names().any(|n| n.len() < 2);
        return match (strange, short) {
            (true, false) => Some(Form::Dotted),
            (false, true) => None,
            _ => Some(Form::Plain),
        };
    }
    let base = local.trim_end_matches(|c: char| c.is_ascii_digit());
    let named = digits && base.len() >= 5 && base.len() + 4 >= local.len() && base.bytes().all(|b| b.is_ascii_alphabetic());
    (named && !tables.is_known(base)).then_some(Form::Numbered)
}

fn give(search: &mut Search<'_>, own: &mut Mailboxes, range: std::ops::Range<usize>, host: &str, confidence: u8) {
    let local = own.local.replace('D', ".");
    let value = search.out.value_of(&[&local, "@", host]);
    let evasion = search.text.evidence(range.clone()) | Evasion::CODED;
    search.out.push(Finding { kind: EntityKind::Email, start: range.start, end: range.end, confidence, evasion }, value);
}
