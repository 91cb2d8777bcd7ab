//! The word tables of the finders. In: the TSV files of `data/`, embedded. Out: lookups by folded word. Keeps: every word is folded by the text stage
//! itself, so that a table never disagrees with a message; built once, on first use. Must not know: how the words are used.

use crate::text::Text;
use crate::text::keys::packed;
use once_cell::sync::Lazy;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What a word can mean to a finder, as bits.
pub(super) mod mean {
    pub const AT: u32 = 1;
    pub const DOT: u32 = 1 << 1;
    pub const DASH: u32 = 1 << 2;
    pub const UNDERSCORE: u32 = 1 << 3;
    pub const SLASH: u32 = 1 << 4;
    pub const PLUS: u32 = 1 << 5;
    pub const CUE: u32 = 1 << 6;
    pub const AGAINST: u32 = 1 << 7;
    pub const UNIT: u32 = 1 << 8;
    pub const CURRENCY: u32 = 1 << 9;
    pub const CONNECT: u32 = 1 << 10;
    pub const IS: u32 = 1 << 11;
    pub const INVITE: u32 = 1 << 12;
    pub const ON: u32 = 1 << 13;
    pub const REVERSE: u32 = 1 << 14;
    pub const MAIL: u32 = 1 << 15;
    pub const COIN: u32 = 1 << 16;
    pub const CARD: u32 = 1 << 17;
    pub const BANK: u32 = 1 << 18;
    pub const PAY: u32 = 1 << 19;
    pub const CAS: u32 = 1 << 20;
    pub const EXTENSION: u32 = 1 << 21;
    pub const NUMBER: u32 = 1 << 22;
    pub const ORDINAL: u32 = 1 << 23;
    pub const TIMES: u32 = 1 << 24;
    pub const STRONG: u32 = 1 << 25;
    pub const STOP: u32 = 1 << 26;
    pub const APP_START: u32 = 1 << 27;
    pub const PROVIDER_START: u32 = 1 << 28;
    pub const UPI: u32 = 1 << 29;
    pub const ID: u32 = 1 << 30;
    pub const GATE: u32 = 1 << 31;
}

/// What is known of one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Bits of [`mean`].
    pub means: u32,
    /// The number that it names, or -1.
    pub value: i16,
    /// Index of its language in [`LANGUAGES`], or 255.
    pub lang: u8,
    /// How it stands for its number.
    pub form: Form,
}

/// How a word stands for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// It names it.
    Name,
    /// It names a digit that comes as often as is said before: `three fives`.
    Several,
    /// It stands between how often a digit comes and the digit: `trois fois cinq`.
    Fold,
}

impl Word {
    const EMPTY: Self = Self { means: 0, value: -1, lang: 255, form: Form::Name };

    pub(super) const fn has(&self, meaning: u32) -> bool {
        self.means & meaning != 0
    }

    /// Whether this word, so written, may be one of those for digits that are written together.
    pub(super) fn is_digit(&self, text: &str) -> bool {
        let heard = (0..10).contains(&self.value) && (text.len() > 2 || self.lang == 0 && (text.len() > 1 || text == "o"));
        self.value >= 0 && self.has(mean::STRONG) || self.has(mean::TIMES) || heard
    }
}

/// Languages whose words hint at a country.
pub(super) const LANGUAGES: &[&str] =
    &["en", "es", "pt", "fr", "de", "ru", "zh", "hi", "ar", "id", "tr", "th", "vi", "it", "ja", "ko", "und"];

/// How surely a name is that of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// An everyday word too.
    Weak,
    /// A short or nickname.
    Named,
    /// Nothing else is called so.
    Strong,
}

/// A name of an app.
#[derive(Debug, Clone, Copy)]
pub(super) struct App {
    /// Its canonical id.
    pub id: &'static str,
    /// How surely.
    pub strength: Strength,
}

/// How a top-level domain reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tld {
    /// No word of chat.
    Plain,
    /// No word of chat, and rare enough that a bare host with an everyday name says little.
    Quiet,
    /// Rare enough that a bare host says little.
    Path,
    /// An everyday word, a unit or a file extension too.
    Word,
}

#[derive(Default, Clone)]
pub(super) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(16) {
            let part = packed(part);
            for word in [part as u64, (part >> 64) as u64] {
                self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
            }
        }
    }
    /// The end of a text, which tells nothing.
    fn write_u8(&mut self, _: u8) {}
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// Sorted, one word a line, comments first.
const COMMON: &[u8] = include_bytes!("../data/common_words.txt");

type Map<V> = HashMap<Box<str>, V, BuildHasherDefault<WordHasher>>;

/// All tables.
pub(super) struct Tables {
    words: Map<Word>,
    apps: Map<App>,
    providers: Map<&'static str>,
    app_hosts: Map<&'static str>,
    pay_hosts: Map<&'static str>,
    app_schemes: Map<(&'static str, &'static str)>,
    tlds: Map<Tld>,
    spoken_tlds: Map<()>,
    not_hosts: Map<()>,
    sites: Map<()>,
    upi_hosts: Map<()>,
    /// For each letter those that stand behind it where a word begins that [names a digit](Word::is_digit), as bits.
    digit_starts: [u32; 26],
    /// A bit for each beginning of the name of an app or a mail service.
    name_starts: Vec<u64>,
}

/// The longest table word of an unspaced script, in characters.
pub(super) const UNSPACED_WORD: usize = 6;
/// The most words of an app's or provider's name.
pub(super) const NAME_WORDS: usize = 5;

pub(super) fn tables() -> &'static Tables {
    static TABLES: Lazy<Tables> = Lazy::new(Tables::read);
    &TABLES
}

fn rows(tsv: &'static str) -> impl Iterator<Item = [&'static str; 4]> {
    tsv.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut cells = line.split('\t');
        [(); 4].map(|()| cells.next().unwrap_or_default())
    })
}

fn folded(text: &mut Text, word: &str) -> Box<str> {
    text.read(word.as_bytes());
    text.folded().into()
}

/// How a short word of another script is folded when Latin words stand beside it (`тг lily_77`).
fn beside_latin(text: &mut Text, word: &str) -> Option<Box<str>> {
    if word.is_ascii() || word.chars().count() > 4 {
        return None;
    }
    text.read(format!("{word} lily_name77").as_bytes());
    text.folded().strip_suffix(" lily_name77").map(Into::into)
}

fn compact(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric() || !c.is_ascii()).filter(|c| !c.is_whitespace() && *c != '\u{fe0f}').collect()
}

fn first_part(word: &str) -> &str {
    let mut chars = word.char_indices();
    let Some((_, first)) = chars.next() else { return word };
    let class = |c: char| (c.is_ascii_alphabetic(), c.is_ascii_digit(), c.is_ascii());
    let end = chars.find(|(_, c)| class(*c) != class(first) || !c.is_alphanumeric()).map_or(word.len(), |(at, _)| at);
    word.get(..end).unwrap_or(word)
}

fn meaning(class: &str) -> u32 {
    match class {
        "at" => mean::AT,
        "dot" => mean::DOT,
        "dash" => mean::DASH,
        "underscore" => mean::UNDERSCORE,
        "slash" => mean::SLASH,
        "plus" => mean::PLUS,
        "cue" => mean::CUE,
        "against" => mean::AGAINST,
        "unit" => mean::UNIT,
        "currency" => mean::CURRENCY,
        "connect" => mean::CONNECT,
        "is" => mean::IS,
        "id" => mean::ID | mean::IS,
        "invite" => mean::INVITE,
        "on" => mean::ON,
        "reverse" => mean::REVERSE,
        "mailcue" => mean::MAIL,
        "coin" => mean::COIN,
        "card" => mean::CARD,
        "bank" => mean::BANK,
        "pay" => mean::PAY,
        "cas" => mean::CAS,
        "reset" => mean::EXTENSION,
        "number" => mean::NUMBER,
        "ordinal" => mean::ORDINAL,
        "times" => mean::TIMES,
        "upi" => mean::UPI,
        "gate" => mean::GATE,
        _ => 0,
    }
}

impl Tables {
    fn read() -> Self {
        let mut text = Text::new();
        let mut tables = Self {
            words: Map::default(),
            apps: Map::default(),
            providers: Map::default(),
            app_hosts: Map::default(),
            pay_hosts: Map::default(),
            app_schemes: Map::default(),
            tlds: Map::default(),
            spoken_tlds: Map::default(),
            not_hosts: Map::default(),
            sites: Map::default(),
            upi_hosts: Map::default(),
            digit_starts: [0; 26],
            name_starts: Vec::new(),
        };
        tables.read_words(&mut text);
        tables.read_names(&mut text);
        for [host, app, ..] in rows(include_str!("data/app_hosts.tsv")) {
            tables.app_hosts.insert(host.into(), app);
        }
        for [scheme, app, marks, ..] in rows(include_str!("data/app_schemes.tsv")) {
            tables.app_schemes.insert(scheme.into(), (app, marks));
        }
        for [host, service, ..] in rows(include_str!("data/pay_hosts.tsv")) {
            tables.pay_hosts.insert(host.into(), service);
        }
        for [class, domains, ..] in rows(include_str!("data/tlds.tsv")) {
            for domain in domains.split(' ') {
                match class {
                    "plain" => tables.tlds.insert(domain.into(), Tld::Plain),
                    "path" => tables.tlds.insert(domain.into(), Tld::Path),
                    "quiet" => tables.tlds.insert(domain.into(), Tld::Quiet),
                    "word" => tables.tlds.insert(domain.into(), Tld::Word),
                    _ => tables.spoken_tlds.insert(domain.into(), ()).map(|()| Tld::Word),
                };
            }
        }
        for [name, ..] in rows(include_str!("data/not_hosts.tsv")) {
            tables.not_hosts.insert(name.into(), ());
        }
        for [hosts, ..] in rows(include_str!("data/upi.tsv")) {
            tables.upi_hosts.extend(hosts.split(' ').map(|host| (host.into(), ())));
        }
        tables
    }

    fn read_words(&mut self, text: &mut Text) {
        for [word, value, langs, strength] in rows(include_str!("data/number_words.tsv")) {
            let entry = self.words.entry(folded(text, word)).or_insert(Word::EMPTY);
            entry.value = value.parse().unwrap_or(-1);
            entry.lang = language(langs.split(',').next().unwrap_or_default());
            match strength {
                "strong" => entry.means |= mean::STRONG,
                "several" => (entry.means, entry.form) = (entry.means | mean::STRONG, Form::Several),
                "fold" => entry.form = Form::Fold,
                _ => {}
            }
        }
        for [class, lang, words, ..] in rows(include_str!("data/context.tsv")) {
            for word in words.split(' ') {
                let word = folded(text, word);
                if class == "site" {
                    self.sites.insert(word.clone(), ());
                    if word.is_ascii() {
                        continue;
                    }
                }
                let entry = self.words.entry(word).or_insert(Word::EMPTY);
                entry.means |= meaning(class);
                if entry.lang == 255 && matches!(class, "cue" | "connect") {
                    entry.lang = language(lang);
                }
            }
        }
        for [words, ..] in rows(include_str!("data/handle_stop.tsv")) {
            for word in words.split(' ') {
                self.words.entry(folded(text, word)).or_insert(Word::EMPTY).means |= mean::STOP;
            }
        }
        for (word, _) in self.words.iter().filter(|(text, word)| word.is_digit(text)) {
            if let [first, rest @ ..] = word.as_bytes()
                && let Some(second) = self.digit_starts.get_mut(usize::from(first.wrapping_sub(b'a')))
            {
                *second |= rest.first().map_or(u32::MAX, |b| 1 << (b & 31));
            }
        }
    }

    fn read_names(&mut self, text: &mut Text) {
        for [name, app, strength, ..] in rows(include_str!("data/apps.tsv")) {
            let beside = beside_latin(text, name);
            let name = folded(text, name);
            let key = compact(&name);
            let strength = match strength {
                "strong" => Strength::Strong,
                "named" => Strength::Named,
                _ => Strength::Weak,
            };
            if key.is_empty() {
                continue;
            }
            self.start(&key, &name, mean::APP_START);
            let app = App { id: app, strength };
            if let Some(beside) = beside.filter(|b| **b != *name) {
                let strength = strength.min(Strength::Named);
                self.start(&compact(&beside), &beside, mean::APP_START);
                self.apps.entry(compact(&beside).into()).or_insert(App { id: app.id, strength });
            }
            let known = self.apps.entry(key.into()).or_insert(app);
            if known.strength < strength {
                *known = app;
            }
        }
        for [name, host, ..] in rows(include_str!("data/providers.tsv")) {
            let name = folded(text, name);
            let key = compact(&name);
            self.start(&key, &name, mean::PROVIDER_START);
            self.providers.insert(key.into(), host);
        }
        self.name_starts.resize(Self::NAME_STARTS / 64, 0);
        for name in self.apps.keys().chain(self.providers.keys()) {
            for end in name.char_indices().map(|(at, c)| at + c.len_utf8()) {
                let place = Self::place_of(name.get(..end).unwrap_or_default());
                if let Some(bits) = self.name_starts.get_mut(place / 64) {
                    *bits |= 1 << (place % 64);
                }
            }
        }
    }

    const NAME_STARTS: usize = 1 << 17;

    /// Where the bit of a beginning of a name stands.
    fn place_of(start: &str) -> usize {
        let mut hasher = WordHasher::default();
        hasher.write(start.as_bytes());
        hasher.finish() as usize % Self::NAME_STARTS
    }

    /// Marks the words with which a name may begin: its first word as written, and the whole name.
    fn start(&mut self, key: &str, name: &str, meaning: u32) {
        for word in [first_part(name), key] {
            if !word.is_empty() {
                self.words.entry(word.into()).or_insert(Word::EMPTY).means |= meaning;
            }
        }
    }

    pub(super) fn word(&'static self, folded: &str) -> Option<&'static Word> {
        self.words.get(folded)
    }

    /// Whether a run of letters begins as words for digits do.
    pub(super) fn begins_like_digit(&self, run: &str) -> bool {
        let [first, second, ..] = run.as_bytes() else { return false };
        self.digit_starts.get(usize::from(first.wrapping_sub(b'a'))).is_some_and(|starts| starts >> (second & 31) & 1 == 1)
    }

    /// The app that a name without spaces and marks stands for.
    pub(super) fn app(&self, compact: &str) -> Option<App> {
        self.apps.get(compact).copied()
    }

    /// Whether the name of an app or a mail service may begin so: where none does, it hardly ever says so.
    pub(super) fn may_begin_name(&self, compact: &str) -> bool {
        let place = Self::place_of(compact);
        self.name_starts.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
    }

    /// The host of the mail service that a name without spaces and marks stands for.
    pub(super) fn provider(&self, compact: &str) -> Option<&'static str> {
        self.providers.get(compact).copied()
    }

    /// The app that a host, or the host that it is a part of, belongs to.
    pub(super) fn app_host(&self, host: &str) -> Option<&'static str> {
        parents(host).find_map(|h| self.app_hosts.get(h).copied())
    }

    /// The app that a scheme opens, and what stands before the account in its links.
    pub(super) fn app_scheme(&self, scheme: &str) -> Option<&(&'static str, &'static str)> {
        self.app_schemes.get(scheme)
    }

    /// The payment service of `host` or `host/path`.
    pub(super) fn pay_host(&self, host: &str) -> Option<&'static str> {
        parents(host).find_map(|h| self.pay_hosts.get(h).copied())
    }

    /// Whether a folded word is one of the language's common words.
    pub(super) fn is_common(&self, word: &str) -> bool {
        let (mut low, mut high) = (0, COMMON.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = COMMON.get(..middle).and_then(|b| memchr::memrchr(b'\n', b)).map_or(0, |at| at + 1);
            let end = COMMON.get(middle..).and_then(|b| memchr::memchr(b'\n', b)).map_or(COMMON.len(), |at| middle + at);
            let line = COMMON.get(start..end).unwrap_or_default();
            let order = if line.starts_with(b"#") || line.is_empty() { std::cmp::Ordering::Less } else { line.cmp(word.as_bytes()) };
            match order {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => low = end + 1,
                std::cmp::Ordering::Greater => high = start,
            }
        }
        false
    }

    pub(super) fn tld(&self, domain: &str) -> Option<Tld> {
        self.tlds.get(domain).copied()
    }

    /// Whether a domain may follow a dot that is a word.
    pub(super) fn is_spoken_tld(&self, domain: &str) -> bool {
        self.spoken_tlds.contains_key(domain)
    }

    pub(super) fn is_no_host(&self, name: &str) -> bool {
        self.not_hosts.contains_key(name)
    }

    /// Whether a word tells that a web address follows.
    pub(super) fn is_site_word(&self, word: &str) -> bool {
        self.sites.contains_key(word)
    }

    /// Whether a word is an everyday one, or one that the finders know.
    pub(super) fn is_known(&'static self, word: &str) -> bool {
        self.word(word).is_some() || self.is_common(word)
    }

    /// Whether a name behind an `@` is that of an Indian payment service.
    pub(super) fn is_upi(&self, host: &str) -> bool {
        self.upi_hosts.contains_key(host)
    }

    /// The words that name digits and numbers.
    pub(super) fn number_words(&'static self) -> impl Iterator<Item = &'static str> {
        let names_number = |word: &str, w: &Word| w.value >= 0 && w.has(mean::STRONG) && !word.bytes().all(|b| b.is_ascii_digit());
        self.words.iter().filter(move |(word, w)| names_number(word, w)).map(|(word, _)| &**word)
    }

    /// The words that open the gates: those that hardly stand in a message for another reason.
    pub(super) fn vocabulary(&'static self) -> impl Iterator<Item = &'static str> {
        self.words.iter().filter(|(word, w)| opens_gate(word, w)).map(|(word, _)| &**word)
    }
}

fn opens_gate(word: &str, w: &Word) -> bool {
    const EVERYDAY: &[&str] = &[
        "one", "two", "to", "for", "a", "at", "o", "i", "x", "v", "w", "q", "s", "g", "m", "my", "the", "on", "add", "in", "me", "el",
        "la", "en", "un", "una", "point", "period", "line", "signal", "app", "google", "face", "live", "we", "das", "die", "status",
        "wire", "session", "text", "blue", "green", "red", "little", "via", "no", "por", "al", "b", "t", "d", "k", "f", "c", "mail", "e",
        "p", "n", "tele", "open", "dm", "call", "phone", "number", "six", "uno", "main", "of", "what", "just", "ok", "out", "only", "y",
        "ya", "r", "second", "first", "ka", "group", "key", "l", "da", "direct", "safe", "hot", "lets", "apple", "chat", "pin", "mi",
        "mon", "max", "camera", "paper", "bay", "delta", "chinese", "three", "ring", "orange", "yellow", "pink", "plane", "dust", "potato",
        "sky", "bird", "element", "slack",
    ];
    if EVERYDAY.contains(&word) || word.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    w.has(mean::GATE | mean::UPI | mean::APP_START | mean::PROVIDER_START | mean::DOT | mean::SLASH | mean::UNDERSCORE)
        || (w.has(mean::AT) && word != "at")
}

fn language(name: &str) -> u8 {
    LANGUAGES.iter().position(|l| *l == name).and_then(|i| u8::try_from(i).ok()).unwrap_or(255)
}

/// A host, then each host above it.
fn parents(host: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(host);
    std::iter::from_fn(move || {
        let now = rest?;
        rest = now.split_once('.').map(|(_, up)| up).filter(|up| up.contains('.'));
        Some(now)
    })
}
