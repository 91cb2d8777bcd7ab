//! A TOML file as a tree in which every key and value knows its place. In: a file's text. Out: [`Table`]. Keeps: one tree, whoever read the file: the `toml`
//! crate, or, for files written as packs mostly are, [`plain`], in a tenth of its work; what that takes, the crate takes and reads the same, and the tests hold
//! it to that. Must not know: what the keys mean.

use super::place::BOM;
use std::borrow::Cow;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A table; its keys are sorted.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Table<'i> {
    entries: Vec<(Key<'i>, Value<'i>)>,
}

/// A key and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key<'i> {
    name: Cow<'i, str>,
    span: Span,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value<'i> {
    pub(super) kind: Kind<'i>,
    span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind<'i> {
    /// Borrowed: it stands in the file as it is, between quotes of one byte.
    Text(Cow<'i, str>),
    /// A number, truth value or date: read from the file when it is asked for.
    Scalar(Scalar),
    List(Vec<Value<'i>>),
    Table(Table<'i>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Integer,
    Float,
    Boolean,
    Datetime,
}

/// Bytes of the file. A file ends below 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span(u32, u32);

impl Span {
    const fn new(range: &Range<usize>) -> Self {
        Self(range.start as u32, range.end as u32)
    }

    const fn range(self) -> Range<usize> {
        self.0 as usize..self.1 as usize
    }
}

impl Key<'_> {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn span(&self) -> Range<usize> {
        self.span.range()
    }
}

impl Value<'_> {
    pub(super) const fn span(&self) -> Range<usize> {
        self.span.range()
    }
}

impl<'i> Table<'i> {
    /// Sorts; `None` if a key stands twice.
    fn sorted(mut entries: Vec<(Key<'i>, Value<'i>)>) -> Option<Self> {
        entries.sort_unstable_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let twice = entries.iter().zip(entries.iter().skip(1)).any(|((a, _), (b, _))| a.name == b.name);
        (!twice).then_some(Self { entries })
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key<'i>> {
        self.entries.iter().map(|(key, _)| key)
    }

    pub(super) fn entry(&self, name: &str) -> Option<&(Key<'i>, Value<'i>)> {
        self.entries.binary_search_by(|(key, _)| (*key.name).cmp(name)).ok().and_then(|at| self.entries.get(at))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value<'i>> {
        self.entry(name).map(|(_, value)| value)
    }

    pub(super) fn contains_key(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// What the `toml` crate read of a file; of keys that stand twice it kept one. As deep as the file is nested.
    pub(super) fn from_toml(table: DeTable<'i>, text: &'i str) -> Self {
        let entry = |(key, value): (toml::Spanned<Cow<'i, str>>, toml::Spanned<DeValue<'i>>)| {
            let span = Span::new(&key.span());
            (Key { name: key.into_inner(), span }, Value::from_toml(value, text))
        };
        let mut entries: Vec<_> = table.into_iter().map(entry).collect();
        entries.sort_unstable_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        Self { entries }
    }
}

impl<'i> Value<'i> {
    fn from_toml(value: toml::Spanned<DeValue<'i>>, text: &'i str) -> Self {
        let range = value.span();
        let span = Span::new(&range);
        let between_quotes = || text.get(range.start + 1..range.end.saturating_sub(1));
        let kind = match value.into_inner() {
            DeValue::String(Cow::Borrowed(words)) if between_quotes() == Some(words) => Kind::Text(Cow::Borrowed(words)),
            DeValue::String(words) => Kind::Text(Cow::Owned(words.into_owned())),
            DeValue::Array(items) => Kind::List(items.into_iter().map(|item| Self::from_toml(item, text)).collect()),
            DeValue::Table(table) => Kind::Table(Table::from_toml(table, text)),
            other => Kind::Scalar(Scalar::of(&other)),
        };
        Self { kind, span }
    }
}

impl Scalar {
    const fn of(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::Float(_) => Self::Float,
            DeValue::Boolean(_) => Self::Boolean,
            DeValue::Datetime(_) => Self::Datetime,
            _ => Self::Integer,
        }
    }
}

/// Levels of brackets, dots of a key or number included, that [`plain`] takes at most.
pub(super) const PLAIN_NESTING: usize = 5;

/// Names in the outermost table that [`plain`] takes at most.
const PLAIN_NAMES: usize = 64;

/// Reads a file that is written as packs mostly are: bare keys, headers of one or two of them, texts in one line. `None`: anything else, and whatever is not
/// TOML; then the `toml` crate is to read it. Linear.
pub(super) fn plain(text: &str) -> Option<Table<'_>> {
    let bytes = text.as_bytes();
    let is_odd = |b: u8| b < b' ' && b != b'\t' && b != b'\n' && b != b'\r' || b == 0x7F;
    let odd = bytes.iter().fold(false, |odd, &b| odd | is_odd(b));
    // A carriage return is the beginning of a line end.
    if odd || memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n')) || u32::try_from(text.len()).is_err() {
        return None;
    }
    let at = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    Plain { text, bytes, at }.document()
}

struct Plain<'i> {
    text: &'i str,
    bytes: &'i [u8],
    at: usize,
}

/// The outermost table while it is read.
#[derive(Default)]
struct Root<'i> {
    entries: Vec<(Key<'i>, Value<'i>)>,
    /// Whether it is a table that only headers of two keys have named.
    implied: Vec<bool>,
}

/// `[[key]]`, `[key]` or `[key.key]`.
struct Header<'i> {
    first: Key<'i>,
    second: Option<Key<'i>>,
    is_list: bool,
    span: Span,
}

type Entries<'i> = Vec<(Key<'i>, Value<'i>)>;

impl<'i> Plain<'i> {
    fn document(mut self) -> Option<Table<'i>> {
        let mut root = Root::default();
        let (mut header, mut entries): (Option<Header<'i>>, Entries<'i>) = (None, Vec::new());
        loop {
            self.skip_lines();
            match self.peek() {
                None => break,
                Some(b'[') => {
                    let next = self.header()?;
                    root.add(header.replace(next), std::mem::take(&mut entries))?;
                }
                Some(_) => {
                    let key = self.key()?;
                    self.equals()?;
                    entries.push((key, self.value(1)?));
                }
            }
            self.line_end()?;
        }
        root.add(header, entries)?;
        root.finish()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'i [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Steps over a byte that must stand here.
    fn take(&mut self, b: u8) -> Option<()> {
        (self.peek()? == b).then(|| self.at += 1)
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Blanks, line ends and comments.
    fn skip_lines(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'#') => self.at = memchr::memchr(b'\n', self.rest()).map_or(self.bytes.len(), |length| self.at + length),
                _ => return,
            }
        }
    }

    /// The rest of a line: blanks and a comment.
    fn line_end(&mut self) -> Option<()> {
        self.skip_blanks();
        matches!(self.peek(), None | Some(b'\n' | b'\r' | b'#')).then_some(())
    }

    fn equals(&mut self) -> Option<()> {
        self.skip_blanks();
        self.take(b'=')?;
        self.skip_blanks();
        Some(())
    }

    fn key(&mut self) -> Option<Key<'i>> {
        let length = self.rest().iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
        let span = self.at..self.at + length;
        self.at = span.end;
        let name = self.text.get(span.clone()).filter(|name| !name.is_empty())?;
        Some(Key { name: Cow::Borrowed(name), span: Span::new(&span) })
    }

    fn header(&mut self) -> Option<Header<'i>> {
        let start = self.at;
        self.take(b'[')?;
        let is_list = self.take(b'[').is_some();
        let first = self.key()?;
        let second = if !is_list && self.take(b'.').is_some() { Some(self.key()?) } else { None };
        self.take(b']')?;
        if is_list {
            self.take(b']')?;
        }
        Some(Header { first, second, is_list, span: Span::new(&(start..self.at)) })
    }

    /// A value inside so many levels of brackets.
    fn value(&mut self, depth: usize) -> Option<Value<'i>> {
        let start = self.at;
        let kind = match self.peek()? {
            quote @ (b'"' | b'\'') => self.text(quote)?,
            b'[' if depth < PLAIN_NESTING => self.list(depth)?,
            b'{' if depth < PLAIN_NESTING => self.table(depth)?,
            _ => self.scalar()?,
        };
        Some(Value { kind, span: Span::new(&(start..self.at)) })
    }

    fn text(&mut self, quote: u8) -> Option<Kind<'i>> {
        let start = self.at;
        if let Some(text) = self.long_literal() {
            return Some(Kind::Text(Cow::Owned(text.to_owned())));
        }
        let length = string_length(quote, self.bytes.get(start + 1..)?)?;
        self.at = start + 1 + length;
        let inner = self.text.get(start + 1..self.at - 1)?;
        if quote == b'"' && memchr::memchr(b'\\', inner.as_bytes()).is_some() {
            let parsed = DeValue::parse(self.text.get(start..self.at)?).ok()?.into_inner();
            let DeValue::String(words) = parsed else { return None };
            return Some(Kind::Text(Cow::Owned(words.into_owned())));
        }
        Some(Kind::Text(Cow::Borrowed(inner)))
    }

    /// A text between three single quotes each, on one line: what patterns are written in.
    fn long_literal(&mut self) -> Option<&'i str> {
        let rest = self.text.get(self.at..)?.strip_prefix("'''")?;
        let inner = rest.get(..memchr::memmem::find(rest.as_bytes(), b"'''")?)?;
        // One or two quotes more belong to the text.
        let goes_on = rest.as_bytes().get(inner.len() + 3) == Some(&b'\'');
        self.at += if goes_on || inner.contains('\n') { return None } else { inner.len() + 6 };
        Some(inner)
    }

    fn list(&mut self, depth: usize) -> Option<Kind<'i>> {
        self.take(b'[')?;
        let mut items = Vec::new();
        loop {
            self.skip_lines();
            if self.take(b']').is_some() {
                return Some(Kind::List(items));
            }
            items.push(self.value(depth + 1)?);
            self.skip_lines();
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some(Kind::List(items));
            }
        }
    }

    fn table(&mut self, depth: usize) -> Option<Kind<'i>> {
        self.take(b'{')?;
        let mut entries = Vec::new();
        loop {
            self.skip_blanks();
            let key = self.key()?;
            self.equals()?;
            entries.push((key, self.value(depth + 1)?));
            self.skip_blanks();
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Table::sorted(entries).map(Kind::Table);
            }
        }
    }

    fn scalar(&mut self) -> Option<Kind<'i>> {
        let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_' | b':');
        let start = self.at;
        self.at += self.rest().iter().take_while(is_part).count();
        let written = self.text.get(start..self.at)?;
        let scalar = match written {
            "true" | "false" => Scalar::Boolean,
            _ => match simple_number(written.as_bytes()) {
                Some(scalar) => scalar,
                None => match DeValue::parse(written).ok()?.get_ref() {
                    DeValue::String(_) | DeValue::Array(_) | DeValue::Table(_) => return None,
                    value => Scalar::of(value),
                },
            },
        };
        Some(Kind::Scalar(scalar))
    }
}

/// `12`, `0.5`: no sign, no exponent, no zero in front of other digits.
fn simple_number(written: &[u8]) -> Option<Scalar> {
    let whole = written.iter().take_while(|b| b.is_ascii_digit()).count();
    let leads_zero = whole > 1 && written.first() == Some(&b'0');
    match written.get(whole..)? {
        _ if whole == 0 || leads_zero => None,
        [] => Some(Scalar::Integer),
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => Some(Scalar::Float),
        _ => None,
    }
}

impl<'i> Root<'i> {
    /// Adds what stood under a header; `None` where that is anything but a new table, or one more of a list of tables.
    fn add(&mut self, header: Option<Header<'i>>, entries: Entries<'i>) -> Option<()> {
        let table = Table::sorted(entries)?;
        let Some(Header { first, second, is_list, span }) = header else {
            self.implied = vec![false; table.entries.len()];
            self.entries = table.entries;
            return Some(());
        };
        let table = Value { kind: Kind::Table(table), span };
        let known = self.entries.iter().rposition(|(key, _)| key.name == first.name);
        if known.is_none() && self.entries.len() >= PLAIN_NAMES {
            return None;
        }
        let known = known.and_then(|at| Some((self.entries.get_mut(at)?, *self.implied.get(at)?)));
        match (known, second) {
            (None, second) => {
                let (kind, implied) = match second {
                    None if is_list => (Kind::List(vec![table]), false),
                    None => (table.kind, false),
                    Some(second) => (Kind::Table(Table { entries: vec![(second, table)] }), true),
                };
                let span = if implied { first.span } else { span };
                self.entries.push((first, Value { kind, span }));
                self.implied.push(implied);
            }
            // A list that was written in brackets takes no tables; nor does one where the key says otherwise.
            (Some(((key, Value { kind: Kind::List(items), span: of_list }), false)), None) if is_list && of_list.0 < key.span.0 => {
                items.push(table)
            }
            (Some(((_, Value { kind: Kind::Table(parent), .. }), true)), Some(second)) => parent.entries.push((second, table)),
            _ => return None,
        }
        Some(())
    }

    fn finish(mut self) -> Option<Table<'i>> {
        for ((_, value), _) in self.entries.iter_mut().zip(self.implied).filter(|(_, implied)| *implied) {
            if let Kind::Table(table) = &mut value.kind {
                *table = Table::sorted(std::mem::take(&mut table.entries))?;
            }
        }
        Table::sorted(self.entries)
    }
}

/// Bytes of a string after its opening quote, the closing one included; `None` where it does not end on its line, or is one of several lines.
pub(super) fn string_length(quote: u8, rest: &[u8]) -> Option<usize> {
    if rest.starts_with(&[quote, quote]) {
        return None;
    }
    let mut at = 0;
    loop {
        let rest = rest.get(at..)?;
        let found = if quote == b'"' { memchr::memchr3(b'"', b'\\', b'\n', rest) } else { memchr::memchr2(b'\'', b'\n', rest) }?;
        match rest.get(found) {
            Some(b'\\') if rest.get(found + 1) != Some(&b'\n') => at += found + 2,
            Some(&b) if b == quote => return Some(at + found + 1),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What both read must be the same, and what the plain reader takes the crate must take.
    fn compare(text: &str) -> bool {
        let Some(table) = plain(text) else { return false };
        let read = DeTable::parse(text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
        assert_eq!(table, Table::from_toml(read.into_inner(), text), "{text:?}");
        true
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn what_the_plain_reader_takes_is_what_the_crate_reads(lines in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
            "[", "]", "[[", "]]", "{", "}", ".", ",", "=", " = ", "\n", "\r", "\r\n", "#", "# c\n", "\"", "'", "\\", "\"\"\"", "'''", " ", "\t", "a", "b", "a-b_1", "é", "1",
            "0.5", "01", "1_0", "true", "2027-04-01", "10:00", "inf", "+1", "0x1F", "1e5", "\"t\"", "'t'", "\"\"", "\"a\\n\"", "\"\\u00e9\"", "\"\\q\"", "[1, 2]",
            "[\n\"x\", # c\n'y',\n]", "{ a = 1 }", "\u{FEFF}", "\u{7F}", "\u{1}",
        ]), 0..6), 0..6)) {
            compare(&lines.iter().map(|line| line.concat()).collect::<Vec<_>>().join("\n"));
        }

        #[test]
        fn so_are_files_of_well_formed_lines(lines in prop::collection::vec(prop::sample::select(vec![
            "[a]", "[b]", "[a.b]", "[a.c]", "[b.a]", "[[a]]", "[[r]]", "[[r]] # c", "[r]", "[r.a]", "x = 1", "y = \"t\"", "z = ['a', \"b\", [1.5]]", "x = { a = 1, b = { c = 'd' } }",
            "a = 1", "a = [1]", "r = []", "r = [{ a = 1 }]", "a.b = 1", "\"x\" = 1", "# c", "", "d = 2027-04-01", "w = \"\\\"\\\\\"", "v = [\n  1,\n  2 # c\n]", "t = \"\"", "e = {}",
            "l = '''a\\ 'b''c'''", "l = ''''''", "l = '''a''''", "m = '''\na'''",
        ]), 0..12), end in prop::sample::select(vec!["\n", "\r\n"])) {
            compare(&lines.join(end));
        }
    }

    #[test]
    fn what_packs_are_made_of_is_plain() {
        assert!(compare(concat!(
            "\u{FEFF}# head\r\n[pack]\r\nid = \"a\"\r\nengine = \">=0.1\"\n\n[actions.x]\nwarn = 2.0\nblock = 8\n[actions.y]\n[notice.x]\nen = 'No.'\n",
            "[[rule]] # one\nid = \"a.b\"\nterms = [\n  \"a | fuzzy=1\", 'é', # c\n  \"\\\"\",\n]\nat_least = { count = 2, of = [\"a\", \"b\"] }\n",
            "[[rule]]\nordered = true\nreview_by = 2027-04-01\nterms = []",
        )));
    }
}
