//! Folds characters to what they look or read like. In: bytes. Out: folded text, source map and evidence, written into [`Text`].
//! Keeps: an ASCII message without character references maps to itself, byte for byte, in lower case; marks and invisible characters belong to the
//! character before them; folding again changes nothing. Must not know: terms.
//!
//! Most characters have one reading. Letters of scripts in use have two, their own and the Latin letter that they look like, and the word
//! decides: it is emitted as it stands, counted, and emitted again where the count says that it is disguised. So each character is read at most
//! twice, and the whole message once more where its only foreign-looking words are look-alikes throughout.

use super::chars::{Kind, cyrillic_for, record, turned};
use super::escape::{self, ENCODED};
use super::tables::Record;
use super::{Scratch, Text};
use crate::evasion::Evasion;
use unicode_normalization::char::compose;

/// How often a folded text is folded again at most until it changes no more; then what begins a reference is taken away.
const ROUNDS: usize = 3;

pub(super) fn fold(source: &[u8], text: &mut Text) {
    text.folded.clear();
    text.starts.clear();
    text.evidence.clear();
    let referring = escape::may_hold(source);
    if !referring && source.is_ascii() {
        return fold_ascii(source, text);
    }
    let Text { folded, starts, evidence, scratch, .. } = text;
    let reread;
    if referring && escape::decode(source, offset, &mut scratch.decoded, &mut scratch.origins) {
        reread = read(&scratch.decoded, folded, starts, evidence);
        to_origins(starts, evidence, &scratch.origins, &[], &[]);
    } else {
        // Plain ASCII too: lower case may make a reference of what was none (`\U0061`).
        reread = read(source, folded, starts, evidence);
    }
    text.facts.rewritten = true;
    settle(folded, starts, evidence, scratch, reread);
}

fn fold_ascii(source: &[u8], text: &mut Text) {
    if let Ok(ascii) = std::str::from_utf8(source) {
        text.folded.push_str(ascii);
        text.folded.make_ascii_lowercase();
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).map_or(ENCODED - 1, |at| at.min(ENCODED - 1))
}

/// Folds until it changes nothing: folding may bring a reference about (`＆#115;`), and a word read as Latin may change how the one beside it reads.
fn settle(folded: &mut String, starts: &mut Vec<u32>, evidence: &mut Vec<Evasion>, scratch: &mut Scratch, mut reread: bool) {
    for round in 0..=ROUNDS {
        let referring =
            escape::may_hold(folded.as_bytes()) && escape::decode(folded.as_bytes(), offset, &mut scratch.decoded, &mut scratch.origins);
        let endless = referring && round == ROUNDS;
        if endless {
            *folded = folded.chars().map(|c| if matches!(c, '&' | '%' | '\\') { ' ' } else { c }).collect();
        }
        if !referring || endless {
            if !endless && (!reread || folded.is_ascii()) {
                return;
            }
            scratch.decoded.clear();
            scratch.decoded.extend_from_slice(folded.as_bytes());
            scratch.origins.clear();
            scratch.origins.extend((0..=folded.len()).map(offset));
        }
        std::mem::swap(starts, &mut scratch.starts);
        std::mem::swap(evidence, &mut scratch.evidence);
        reread = read(&scratch.decoded, folded, starts, evidence);
        to_origins(starts, evidence, &scratch.origins, &scratch.starts, &scratch.evidence);
        // Once more would find the same, and nothing new.
        if !referring && folded.as_bytes() == scratch.decoded {
            return;
        }
    }
}

/// Turns places in a decoded text into places in what it was decoded from, and notes what was written as a reference.
fn to_origins(starts: &mut [u32], evidence: &mut [Evasion], origins: &[u32], old_starts: &[u32], old_evidence: &[Evasion]) {
    let origin = |at: u32| origins.get(at as usize).or(origins.last()).copied().unwrap_or(0);
    for (i, start) in starts.iter_mut().enumerate() {
        let at = origin(*start);
        let place = at & !ENCODED;
        if let Some(seen) = evidence.get_mut(i) {
            if at & ENCODED != 0 {
                *seen |= Evasion::ENCODED;
            }
            *seen |= old_evidence.get(place as usize).copied().unwrap_or(Evasion::NONE);
        }
        *start = old_starts.get(place as usize).copied().unwrap_or(place);
    }
}

/// Folds any bytes into the three buffers, which are cleared before. Whether some word was read otherwise than it stands.
fn read(source: &[u8], folded: &mut String, starts: &mut Vec<u32>, evidence: &mut Vec<Evasion>) -> bool {
    let mut summary = Folder::new(folded, starts, evidence, Among::Unknown).read(source);
    if summary.lone_words > 0 && summary.latin_letters > 0 && summary.foreign_words == 0 {
        summary = Folder::new(folded, starts, evidence, Among::Latin).read(source);
    } else if summary.twin_words > 0 && summary.cyrillic_words > 0 {
        summary = Folder::new(folded, starts, evidence, Among::Cyrillic).read(source);
    }
    // What a word of look-alikes stands beside is known for certain only once all of it is folded.
    summary.rewrote || summary.lone_words > 0
}

/// Writes to `out` the text with every look-alike read as Latin, whatever its word.
pub(super) fn skeleton(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
            continue;
        }
        let record = record(c);
        match record.kind() {
            Kind::Mark | Kind::Invisible | Kind::Joiner | Kind::Variation | Kind::Keycap | Kind::Override | Kind::Pop => {}
            _ => match record.look().or_else(|| record.plain()) {
                Some(reading) => out.push_str(reading),
                None => out.push(c),
            },
        }
    }
}

/// Writes to `out` what a text folds to if that can be told of each of its characters by itself: printable ASCII without references, Latin letters with
/// accents, and either Cyrillic words that are no Latin ones in disguise or scripts without spaces, then `Some(true)`. `None`: not so.
pub(super) fn simply(text: &str, out: &mut String) -> Option<bool> {
    out.clear();
    let (mut word, mut words) = (SimpleWord::default(), SimpleWords::default());
    let mut unspaced = false;
    for c in text.chars() {
        if c.is_ascii() {
            match c {
                'a'..='z' | 'A'..='Z' => word.latin = true,
                '0'..='9' => word.digit = true,
                '&' | '%' | '\\' | '\0'..='\x1F' | '\x7F' => return None,
                _ => words.end(std::mem::take(&mut word))?,
            }
            out.push(c.to_ascii_lowercase());
            continue;
        }
        let record = record(c);
        let reading = match record.plain() {
            Some(reading) => single(reading).filter(|_| !stands_otherwise(record, reading))?,
            None => c,
        };
        match record.kind() {
            Kind::Latin if reading.is_ascii() && (record.seen() == Evasion::ACCENT || record.seen() == Evasion::NONE) => word.latin = true,
            Kind::Letter if record.is_cyrillic() => {
                word.cyrillic = true;
                word.own |= !record.has_look() || !record.is_strong();
            }
            Kind::Unspaced if !record.has_look() => {
                words.end(std::mem::take(&mut word))?;
                unspaced = true;
            }
            _ => return None,
        }
        out.push(reading);
    }
    words.end(word)?;
    let lone = words.lone && words.latin && !words.foreign;
    (!lone && !(unspaced && (words.lone || words.foreign))).then_some(unspaced)
}

/// What [`simply`] needs to know of a word.
#[derive(Debug, Clone, Copy, Default)]
struct SimpleWord {
    latin: bool,
    cyrillic: bool,
    digit: bool,
    /// Some Cyrillic letter of it does not look Latin.
    own: bool,
}

/// Words so far: whether there were Latin ones, Cyrillic ones, and such of which every letter looks Latin.
#[derive(Debug, Clone, Copy, Default)]
struct SimpleWords {
    latin: bool,
    foreign: bool,
    lone: bool,
}

impl SimpleWords {
    /// `None` for a word whose letters it takes more to tell.
    fn end(&mut self, word: SimpleWord) -> Option<()> {
        self.latin |= word.latin;
        self.foreign |= word.cyrillic && word.own;
        self.lone |= word.cyrillic && !word.own;
        (!word.cyrillic || !word.latin && (word.own || !word.digit)).then_some(())
    }
}

/// What is known of the word that is being read.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    open: bool,
    /// Where it begins in the piece of source that is read, and in the folded text.
    source: usize,
    folded: usize,
    latin: u32,
    /// Letters that it has when all are read as Latin.
    letters: u32,
    /// Letters of scripts in use, by how much they look Latin: not at all, somewhat, very.
    none: u32,
    weak: u32,
    strong: u32,
    cyrillic: u32,
    /// Every such letter is of a script whose whole words may be Latin.
    outside_alphabets: bool,
    /// Some Latin letter has no Cyrillic twin.
    one_way: bool,
    unspaced: u32,
    symbols: u32,
    flipped: u32,
    /// How often letters change between Latin and another script.
    switches: u32,
    in_latin: bool,
    after_letter: bool,
    digit_after_letter: bool,
    digit_inside: bool,
    /// Stands right behind a letter of a script without spaces.
    behind_unspaced: bool,
    /// Letters with odd marks before the word.
    odd: u32,
}

/// How the letters of a word are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Mode {
    latin: bool,
    unspaced: bool,
    cyrillic: bool,
    flip: bool,
    /// Marks are heaped on letters for nothing: they make no other letters.
    bare: bool,
}

/// What the other words of the message say of one that may be of either script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Among {
    Unknown,
    /// Words of look-alikes throughout are Latin.
    Latin,
    /// Words that mix letters which look alike in both scripts are Cyrillic.
    Cyrillic,
}

#[derive(Debug, Clone, Copy, Default)]
struct Summary {
    /// Words of look-alikes throughout, with no Latin letter.
    lone_words: u32,
    /// Words of Latin and Cyrillic letters that may be wholly Cyrillic, and words that are for certain.
    twin_words: u32,
    cyrillic_words: u32,
    latin_letters: u32,
    foreign_words: u32,
    /// Some word was emitted again.
    rewrote: bool,
}

struct Folder<'t> {
    folded: &'t mut String,
    starts: &'t mut Vec<u32>,
    evidence: &'t mut Vec<Evasion>,
    among: Among,
    summary: Summary,
    word: Word,
    /// Where the current valid piece begins in the source.
    base: usize,
    /// Noted on every character between a right-to-left override and its end.
    overridden: Evasion,
    /// The last visible character: as it was, its kind, where it begins in the folded text.
    last: Option<char>,
    last_kind: Kind,
    last_at: usize,
    marks: u32,
    /// Letters that carry marks which no orthography puts there.
    odd: u32,
    invisible: bool,
    emoji_letter: bool,
    behind_unspaced: bool,
    regional_left: u32,
    regional_letters: bool,
    symbols_left: u32,
    symbols_letters: bool,
}

impl<'t> Folder<'t> {
    fn new(folded: &'t mut String, starts: &'t mut Vec<u32>, evidence: &'t mut Vec<Evasion>, among: Among) -> Self {
        folded.clear();
        starts.clear();
        evidence.clear();
        Self {
            folded,
            starts,
            evidence,
            among,
            summary: Summary::default(),
            word: Word::default(),
            base: 0,
            overridden: Evasion::NONE,
            last: None,
            last_kind: Kind::Other,
            last_at: 0,
            marks: 0,
            odd: 0,
            invisible: false,
            emoji_letter: false,
            behind_unspaced: false,
            regional_left: 0,
            regional_letters: false,
            symbols_left: 0,
            symbols_letters: false,
        }
    }

    fn read(mut self, source: &[u8]) -> Summary {
        for chunk in source.utf8_chunks() {
            self.piece(chunk.valid());
            self.base += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                self.put('\u{FFFD}', Kind::Other, "\u{FFFD}", 0, Evasion::NONE);
                self.behind_unspaced = false;
                self.base += chunk.invalid().len();
            }
        }
        self.starts.push(offset(self.base));
        self.summary
    }

    fn piece(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let run = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
            if run > 0 {
                self.ascii(text, at, at + run);
                at += run;
            }
            if let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
                self.wide(text, at, c);
                at += c.len_utf8();
            }
        }
        self.end_word(text, bytes.len(), false);
    }

    /// A run of ASCII: only the words at its ends can touch other characters.
    fn ascii(&mut self, text: &str, from: usize, to: usize) {
        let run = text.get(from..to).unwrap_or_default();
        let bytes = run.as_bytes();
        let head = bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if head > 0 {
            self.copy(run.get(..head).unwrap_or_default(), from);
            self.count_ascii(bytes.get(..head).unwrap_or_default(), from);
        }
        if head == bytes.len() {
            return;
        }
        self.end_word(text, from + head, false);
        let tail = bytes.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
        let middle = bytes.len() - tail;
        self.summary.latin_letters += u32::from(bytes.get(head..middle).unwrap_or_default().iter().any(u8::is_ascii_alphabetic));
        self.copy(run.get(head..middle).unwrap_or_default(), from + head);
        self.behind_unspaced = false;
        if tail > 0 {
            self.copy(run.get(middle..).unwrap_or_default(), from + middle);
            self.count_ascii(bytes.get(middle..).unwrap_or_default(), from + middle);
        }
    }

    fn copy(&mut self, run: &str, at: usize) {
        let (Some(&first), Some(&last)) = (run.as_bytes().first(), run.as_bytes().last()) else { return };
        let before = self.folded.len();
        self.folded.push_str(run);
        if let Some(new) = self.folded.get_mut(before..) {
            new.make_ascii_lowercase();
        }
        let start = self.base + at;
        self.starts.extend((start..start + run.len()).map(offset));
        self.evidence.resize(self.folded.len(), self.overridden);
        if !self.overridden.is_empty()
            && let Some(line) = run.bytes().position(|b| b == b'\n')
        {
            self.overridden = Evasion::NONE;
            if let Some(after) = self.evidence.get_mut(before + line..) {
                after.fill(Evasion::NONE);
            }
        }
        if self.invisible && first.is_ascii_alphanumeric() {
            self.note(self.last_at, before, Evasion::ZEROWIDTH);
            self.note(before, before + 1, Evasion::ZEROWIDTH);
        }
        self.invisible = false;
        self.marks = 0;
        self.last = Some(char::from(last));
        self.last_at = self.folded.len() - 1;
        self.last_kind = ascii_kind(last);
    }

    fn note(&mut self, from: usize, to: usize, seen: Evasion) {
        for at in self.evidence.get_mut(from..to).unwrap_or_default() {
            *at |= seen;
        }
    }

    /// Takes a kind of evidence from the last visible character.
    fn forget(&mut self, seen: Evasion) {
        for at in self.evidence.get_mut(self.last_at..).unwrap_or_default() {
            *at = at.without(seen);
        }
    }

    fn open(&mut self, at: usize, folded: usize) {
        if !self.word.open {
            self.word = Word { open: true, source: at, folded, behind_unspaced: self.behind_unspaced, odd: self.odd, ..Word::default() };
        }
    }

    fn count_ascii(&mut self, head: &[u8], at: usize) {
        self.open(at, self.folded.len() - head.len());
        for &b in head {
            if b.is_ascii_digit() {
                self.count_digit();
            } else {
                self.word.one_way |= cyrillic_for(char::from(b)).is_none();
                self.word.latin += 1;
                self.word.letters += 1;
                self.count_letter(true);
            }
        }
    }

    fn count_letter(&mut self, latin: bool) {
        let first = self.word.latin + self.word.none + self.word.weak + self.word.strong == 1;
        self.word.switches += u32::from(!first && latin != self.word.in_latin);
        self.word.in_latin = latin;
        self.word.digit_inside |= self.word.digit_after_letter;
        self.word.after_letter = true;
    }

    fn count_digit(&mut self) {
        self.word.digit_after_letter = self.word.after_letter;
    }

    /// One character outside ASCII: counts it and emits its plain reading.
    fn wide(&mut self, text: &str, at: usize, c: char) {
        let record = record(c);
        let kind = record.kind();
        let before = self.folded.len();
        match kind {
            Kind::Mark | Kind::Invisible | Kind::Joiner | Kind::Variation | Kind::Keycap | Kind::Override | Kind::Pop => {
                self.emit(text, at, c, record, Mode::default());
                return;
            }
            Kind::Letter | Kind::Second if is_hangul(c) => self.boundary(text, at, false),
            Kind::Second if self.last_kind == Kind::Unspaced => self.boundary(text, at, true),
            Kind::Latin | Kind::Digit | Kind::Letter | Kind::Second | Kind::WordSymbol | Kind::InnerSymbol => self.open(at, before),
            Kind::Unspaced if record.has_look() => self.open(at, before),
            Kind::Unspaced => self.boundary(text, at, true),
            Kind::Regional => {
                self.find_regional_run(text, at);
                if self.regional_letters {
                    self.open(at, before);
                } else {
                    self.boundary(text, at, false);
                }
            }
            Kind::Other | Kind::Space | Kind::Emoji => self.boundary(text, at, false),
        }
        if self.word.open {
            self.count_wide(kind, record);
        }
        self.emit(text, at, c, record, Mode::default());
    }

    fn boundary(&mut self, text: &str, at: usize, unspaced: bool) {
        self.end_word(text, at, unspaced);
        self.behind_unspaced = unspaced;
    }

    fn count_wide(&mut self, kind: Kind, record: Record) {
        let word = &mut self.word;
        let reading = record.look().or_else(|| record.plain()).map_or(1, str::len);
        word.letters += if matches!(kind, Kind::Latin | Kind::Regional | Kind::Letter | Kind::Second) { reading as u32 } else { 0 };
        match kind {
            Kind::Latin | Kind::Regional => {
                word.latin += 1;
                word.one_way |= record.plain().or(record.look()).and_then(single).and_then(cyrillic_for).is_none();
                word.flipped += u32::from(record.seen().contains(Evasion::FLIPPED));
                self.count_letter(true);
            }
            Kind::Digit => self.count_digit(),
            Kind::Letter | Kind::Second => {
                match (record.has_look(), record.is_strong()) {
                    (false, _) => word.none += 1,
                    (true, false) => word.weak += 1,
                    (true, true) => word.strong += 1,
                }
                word.cyrillic += u32::from(record.is_cyrillic());
                word.outside_alphabets |= !record.may_be_whole_word();
                self.count_letter(false);
            }
            Kind::Unspaced => word.unspaced += 1,
            _ => word.symbols += 1,
        }
    }

    /// Decides how the word that ends here is read, and emits it again if that is not as it stands.
    fn end_word(&mut self, text: &str, end: usize, before_unspaced: bool) {
        if !self.word.open {
            return;
        }
        let word = std::mem::take(&mut self.word);
        self.emoji_letter = false;
        self.summary.latin_letters += word.latin;
        let mut mode = self.decide(&word, before_unspaced);
        mode.bare = word.cyrillic > 0 && self.odd.saturating_sub(word.odd) > 1;
        if mode == Mode::default() {
            return;
        }
        self.summary.rewrote = true;
        self.folded.truncate(word.folded);
        self.starts.truncate(word.folded);
        self.evidence.truncate(word.folded);
        self.odd = word.odd;
        self.invisible = false;
        self.last = None;
        self.last_kind = Kind::Other;
        self.symbols_left = 0;
        self.regional_left = 0;
        for (i, c) in text.get(word.source..end).unwrap_or_default().char_indices() {
            self.emit(text, word.source + i, c, if c.is_ascii() { ascii_record(c) } else { record(c) }, mode);
        }
        self.emoji_letter = false;
    }

    fn decide(&mut self, word: &Word, before_unspaced: bool) -> Mode {
        let living = word.none + word.weak + word.strong;
        let mut mode = Mode { flip: word.flipped > 1, ..Mode::default() };
        let unspaced =
            word.unspaced > 0 && word.letters > 0 && word.letters + word.unspaced > 2 && !before_unspaced && !word.behind_unspaced;
        if living == 0 {
            mode.latin = word.latin > 0 && word.symbols > 0;
            mode.unspaced = unspaced;
            return mode;
        }
        let look_alikes = word.none == 0 && word.weak == 0;
        let scripts_mixed = word.cyrillic > 0 && word.cyrillic < living;
        if word.latin > 0 {
            let twins = !word.one_way && word.cyrillic == living;
            let sure = !look_alikes && (word.none > 0 || living > word.latin);
            mode.cyrillic = twins && (sure || self.among == Among::Cyrillic);
            self.summary.twin_words += u32::from(twins && !sure);
            // A Latin stem with an ending of its own script (`seoшник`) is no disguise: that goes back and forth, or looks Latin throughout.
            let ending = word.switches == 1 && 2 * word.weak >= living && living > 1;
            mode.latin = !mode.cyrillic && word.none == 0 && !ending;
        } else if look_alikes && !word.outside_alphabets && (word.digit_inside || scripts_mixed || self.among == Among::Latin) {
            mode.latin = true;
        } else if look_alikes && living == 1 && (before_unspaced || word.behind_unspaced) {
            // `加ѵ聊`: among letters of a script without spaces one of another script is that which it looks like.
            mode.latin = true;
        } else if look_alikes && !word.outside_alphabets {
            self.summary.lone_words += 1;
            return mode;
        }
        mode.flip &= mode.latin;
        mode.unspaced = unspaced && mode.latin;
        if !mode.latin {
            self.summary.foreign_words += 1;
            self.summary.cyrillic_words += u32::from(word.latin == 0 && word.cyrillic == living);
        }
        mode
    }

    /// Emits one character, or drops it and notes that.
    fn emit(&mut self, text: &str, at: usize, c: char, record: Record, mode: Mode) {
        let kind = record.kind();
        match kind {
            Kind::Mark => self.mark(c, mode),
            Kind::Invisible => self.unseen(),
            Kind::Joiner if matches!(self.last_kind, Kind::Letter | Kind::Second | Kind::Unspaced | Kind::Emoji) => {}
            Kind::Joiner => self.unseen(),
            Kind::Variation => {
                let styled = self.evidence.last().is_some_and(|seen| seen.intersects(Evasion::EMOJI | Evasion::STYLED));
                if !styled {
                    self.unseen();
                }
            }
            Kind::Keycap => {
                self.invisible = false;
                if self.last.is_some() {
                    self.note(self.last_at, self.folded.len(), Evasion::STYLED);
                }
            }
            Kind::Override => {
                self.unseen();
                self.overridden = Evasion::REVERSED | Evasion::ZEROWIDTH;
            }
            Kind::Pop => {
                self.unseen();
                self.overridden = Evasion::NONE;
            }
            Kind::Regional => {
                self.find_regional_run(text, at);
                self.regional_left = self.regional_left.saturating_sub(1);
                if self.regional_letters {
                    let letter = record.look().unwrap_or_default();
                    match single(letter).and_then(cyrillic_for).filter(|_| mode.cyrillic) {
                        Some(twin) => self.put_char(c, Kind::Letter, twin, at, Evasion::STYLED | Evasion::HOMOGLYPH),
                        None => self.put(c, Kind::Latin, letter, at, Evasion::STYLED),
                    }
                } else {
                    self.put_char(c, Kind::Emoji, c, at, Evasion::NONE);
                }
            }
            Kind::Second => self.second(c, record, at, mode),
            Kind::Letter if mode.latin && record.has_look() => self.put_look(c, record, at),
            Kind::Unspaced if mode.unspaced && record.has_look() => self.put_look(c, record, at),
            Kind::WordSymbol | Kind::InnerSymbol if mode.latin && self.is_letter_symbol(text, at, mode) => self.put_look(c, record, at),
            Kind::Latin if mode.cyrillic => match cyrillic_for(record.plain().and_then(single).unwrap_or(c)) {
                Some(twin) => self.put_char(c, Kind::Letter, twin, at, Evasion::HOMOGLYPH),
                None => self.put_plain(c, record, at),
            },
            Kind::Latin if mode.flip => {
                let turn = record.seen().is_empty() && c.is_ascii();
                let letter = u8::try_from(c).map_or(c, |b| if turn { char::from(turned(b.to_ascii_lowercase())) } else { c });
                if turn { self.put_char(c, Kind::Latin, letter, at, Evasion::FLIPPED) } else { self.put_plain(c, record, at) }
            }
            _ => self.put_plain(c, record, at),
        }
    }

    fn put_plain(&mut self, c: char, record: Record, at: usize) {
        let kind = record.kind();
        if c.is_ascii() {
            self.put_char(c, kind, c.to_ascii_lowercase(), at, Evasion::NONE);
            return;
        }
        match record.plain() {
            Some(reading) => {
                self.summary.rewrote |= stands_otherwise(record, reading);
                self.put(c, kind, reading, at, record.seen());
            }
            None => self.put_char(c, kind, c, at, Evasion::NONE),
        }
    }

    fn put_look(&mut self, c: char, record: Record, at: usize) {
        self.put(c, Kind::Latin, record.look().unwrap_or_default(), at, record.look_seen());
    }

    fn put_char(&mut self, c: char, kind: Kind, reading: char, at: usize, seen: Evasion) {
        self.put(c, kind, reading.encode_utf8(&mut [0; 4]), at, seen);
    }

    /// Appends the reading of the visible character `c`.
    fn put(&mut self, c: char, kind: Kind, reading: &str, at: usize, seen: Evasion) {
        let before = self.folded.len();
        let in_word = !matches!(kind, Kind::Other | Kind::Space | Kind::Emoji | Kind::WordSymbol | Kind::InnerSymbol);
        if reading.starts_with('\n') {
            self.overridden = Evasion::NONE;
        }
        let mut seen = seen | self.overridden;
        if self.invisible && in_word {
            self.note(self.last_at, before, Evasion::ZEROWIDTH);
            seen |= Evasion::ZEROWIDTH;
        }
        self.folded.push_str(reading);
        self.starts.resize(self.folded.len(), offset(self.base + at));
        self.evidence.resize(self.folded.len(), seen);
        self.emoji_letter |= kind == Kind::Latin && seen.contains(Evasion::EMOJI);
        self.invisible = false;
        self.marks = 0;
        self.last = Some(c);
        self.last_at = before;
        self.last_kind = kind;
    }

    /// An invisible character was dropped: what it stands between is noted once it is clear that it stands inside a word.
    fn unseen(&mut self) {
        self.invisible |= matches!(self.last_kind, Kind::Latin | Kind::Digit | Kind::Letter | Kind::Unspaced | Kind::Second);
    }

    /// Drops a combining mark, or composes it where the letter with it is another letter (й).
    fn mark(&mut self, mark: char, mode: Mode) {
        let Some(base) = self.last else { return };
        match self.last_kind {
            Kind::Latin | Kind::Digit => {
                self.marks += 1;
                let natural = compose(base, mark);
                let stacked = natural.is_none() && (self.marks > 1 || self.odd > 0);
                if natural.is_none() {
                    self.odd += 1;
                }
                self.last = natural.or(Some(base));
                let seen = if stacked || self.marks > 2 { Evasion::ZALGO } else { Evasion::ACCENT };
                self.note(self.last_at, self.folded.len(), seen);
                if seen == Evasion::ZALGO {
                    self.forget(Evasion::ACCENT);
                }
            }
            Kind::Letter | Kind::Unspaced | Kind::Second => {
                self.marks += 1;
                if self.marks > 2 || mode.bare {
                    self.note(self.last_at, self.folded.len(), Evasion::ZALGO);
                }
                let keeps = !mode.bare || self.marks == 1 && matches!((base, mark), ('и' | 'И', '\u{306}'));
                if !(keeps && self.compose_last(mark)) {
                    self.odd += 1;
                }
            }
            _ => {}
        }
    }

    /// Composes the last character with this one, if Unicode has the two as one.
    fn compose_last(&mut self, second: char) -> bool {
        let one = self.folded.get(self.last_at..).and_then(single).and_then(|first| compose(first, second));
        let Some(one) = one.filter(|_| self.last.is_some()) else { return false };
        let read = record(one);
        let seen = self.evidence.get(self.last_at).copied().unwrap_or(Evasion::NONE);
        let start = self.starts.get(self.last_at).copied().unwrap_or(0);
        self.summary.rewrote = true;
        self.folded.truncate(self.last_at);
        match read.plain() {
            Some(reading) => self.folded.push_str(reading),
            None => self.folded.push(one),
        }
        self.starts.truncate(self.last_at);
        self.evidence.truncate(self.last_at);
        self.starts.resize(self.folded.len(), start);
        self.evidence.resize(self.folded.len(), seen);
        true
    }

    fn second(&mut self, c: char, record: Record, at: usize, mode: Mode) {
        let reading = record.plain().map_or(Some(c), single);
        let adjoins = matches!(self.last_kind, Kind::Letter | Kind::Unspaced | Kind::Second);
        if adjoins && reading.is_some_and(|second| self.compose_last(second)) {
            self.note(self.last_at, self.folded.len(), record.seen());
            self.invisible = false;
        } else if mode.latin && record.has_look() {
            self.put_look(c, record, at);
        } else {
            self.put_plain(c, record, at);
        }
    }

    /// At the first of a run of regional indicators: two together are a flag, any other number, or any with something in between, are letters.
    fn find_regional_run(&mut self, text: &str, at: usize) {
        if self.regional_left > 0 {
            return;
        }
        let (mut count, mut apart, mut between) = (0, false, false);
        for c in text.get(at..).unwrap_or_default().chars() {
            match record(c).kind() {
                Kind::Regional if !c.is_ascii() => {
                    count += 1;
                    apart |= between;
                }
                Kind::Mark | Kind::Invisible | Kind::Joiner | Kind::Variation | Kind::Pop | Kind::Override | Kind::Keycap
                    if !c.is_ascii() =>
                {
                    between = true;
                }
                _ => break,
            }
        }
        self.regional_left = count;
        self.regional_letters = count != 2 || apart;
    }

    /// Whether the symbol here stands for a letter; all symbols of a run do or none.
    fn is_letter_symbol(&mut self, text: &str, at: usize, mode: Mode) -> bool {
        if self.symbols_left == 0 {
            self.find_symbol_run(text, at, mode);
        }
        self.symbols_left = self.symbols_left.saturating_sub(1);
        self.symbols_letters
    }

    fn find_symbol_run(&mut self, text: &str, at: usize, mode: Mode) {
        let (mut count, mut inner, mut next) = (0, false, Kind::Other);
        for c in text.get(at..).unwrap_or_default().chars() {
            let kind = if c.is_ascii() { u8::try_from(c).map_or(Kind::Other, ascii_kind) } else { record(c).kind() };
            match kind {
                Kind::WordSymbol => count += 1,
                Kind::InnerSymbol => {
                    count += 1;
                    inner = true;
                }
                Kind::Mark | Kind::Invisible | Kind::Joiner | Kind::Variation | Kind::Keycap | Kind::Override | Kind::Pop => {}
                other => {
                    let read = other == Kind::Unspaced && mode.unspaced && record(c).has_look();
                    next = if read { Kind::Latin } else { other };
                    break;
                }
            }
        }
        let letter = |kind| matches!(kind, Kind::Latin | Kind::Letter | Kind::Regional);
        let (behind, ahead) = (letter(self.last_kind), letter(next));
        let digits = self.last_kind == Kind::Digit || next == Kind::Digit;
        self.symbols_left = count;
        self.symbols_letters = if inner { behind && (ahead || count == 1 && self.emoji_letter) } else { (behind || ahead) && !digits };
    }
}

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn ascii_kind(b: u8) -> Kind {
    match b {
        b'0'..=b'9' => Kind::Digit,
        b'a'..=b'z' | b'A'..=b'Z' => Kind::Latin,
        b' ' | b'\n' | b'\r' | b'\t' => Kind::Space,
        _ => Kind::Other,
    }
}

fn ascii_record(c: char) -> Record {
    let kind = u8::try_from(c).map_or(Kind::Other, ascii_kind);
    Record { plain: 0, look: 0, kind: kind as u8, traits: 0, seen: 0, look_seen: 0 }
}

/// Whether a reading may join or part the words beside it otherwise than the character that it is of: several characters (`㏼`, the 29th day; `℀`, a/c),
/// or one of another kind (`㈑`, a Hangul syllable in brackets).
fn stands_otherwise(of: Record, reading: &str) -> bool {
    let Some(c) = single(reading) else { return true };
    let read = if c.is_ascii() { ascii_record(c) } else { record(c) };
    let others = !c.is_ascii() && (is_hangul(c) || of.has_look() != read.has_look() || of.traits != read.traits);
    others || of.kind() != read.kind()
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{FFA0}'..='\u{FFDC}')
}
