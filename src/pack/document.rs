//! A TOML file as a tree in which every value knows its place, and typed access to it. In: a file's text. Out: texts, numbers and lists inside their
//! bounds. Keeps: whatever is wrong is reported with its place, and reading goes on. Must not know: what the keys mean.

use super::place::{BOM, Lines};
use super::report::Report;
use crate::diagnostic::{Code, FileSpan, code};
use crate::limits::PackLimits;
use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

pub(super) type Table<'i> = DeTable<'i>;
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// A text with its place.
#[derive(Debug, Clone)]
pub(super) struct Str {
    pub(super) text: String,
    pub(super) place: FileSpan,
}

/// A file that is being read.
pub(super) struct Reader<'a> {
    pub(super) lines: &'a Lines,
    pub(super) limits: &'a PackLimits,
    pub(super) report: &'a mut Report,
    /// The TOML was ill-formed: what seems missing may stand in the part that could not be read.
    pub(super) damaged: bool,
}

/// Parses a file; `None` if nothing of it can be used.
pub(super) fn parse<'t>(lines: &'t Lines, limits: &PackLimits, report: &mut Report) -> (Option<Table<'t>>, bool) {
    if let Some(span) = Some(lines.text()).filter(|text| !is_flat(text, limits.nesting)).and_then(|text| too_deep(text, limits.nesting)) {
        report.add(
            code::LIMIT,
            lines.at(span),
            format!("brackets or dotted keys are nested deeper than {} levels", limits.nesting),
            "write it flat; the format needs five levels",
        );
        return (None, true);
    }
    let first = match DeTable::parse(lines.text()) {
        Ok(document) => return (Some(document.into_inner()), false),
        Err(error) => error.span().map_or(0, |span| span.start),
    };
    let text = up_to_line(lines.text(), first.saturating_add(FAULTY_BYTES));
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut last_line = 0;
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        if text.len() < lines.text().len() && span.start >= text.len() {
            continue;
        }
        let place = lines.at(span);
        // What follows a slip on its line is mostly its echo.
        if std::mem::replace(&mut last_line, place.line) != place.line {
            report.add(code::SYNTAX, place, format!("this is not TOML: {}", error.message()), syntax_help(error.message()));
        }
    }
    (Some(document.into_inner()), true)
}

/// Of an ill-formed file so much is read behind its first fault, for the parser keeps each fault in hundreds of bytes.
const FAULTY_BYTES: usize = 64 << 10;

/// A text up to the end of the line at a place.
fn up_to_line(text: &str, at: usize) -> &str {
    let end = text.as_bytes().get(at..).and_then(|rest| memchr::memchr(b'\n', rest));
    end.and_then(|length| text.get(..=at + length)).unwrap_or(text)
}

/// The mend for the usual slips, by a word of the parser's message.
const SYNTAX_HELP: &[(&str, &str)] = &[
    ("duplicate", "keep one of the two lines, or join their lists"),
    ("escape", "write a backslash as \\\\, or put the text in single quotes"),
    ("string", "put the text in quotes, and close them on the same line"),
    ("array", "write a list as [\"one\", \"two\"], with a comma between"),
    ("key", "write `key = value`, one on each line"),
];

fn syntax_help(message: &str) -> &'static str {
    SYNTAX_HELP
        .iter()
        .find(|(word, _)| message.contains(word))
        .map_or("write `key = value`, texts in quotes, lists in brackets", |(_, help)| help)
}

/// Whether a file is surely nested no deeper than `most`: what [`too_deep`] would find, in a fraction of its time, as long as strings and comments end on their
/// lines as they should. `false`: perhaps.
fn is_flat(text: &str, most: usize) -> bool {
    let bytes = text.as_bytes();
    let (mut depth, mut dots) = (0usize, 0usize);
    let mut at = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    while let Some((&b, rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
        at += 1;
        match b {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'.' => dots += 1,
            b'\n' | b'=' | b',' => dots = 0,
            b' ' | b'\t' => {}
            b'"' | b'\'' => match string_length(b, rest) {
                Some(length) => at += length,
                None => return false,
            },
            b'#' => match memchr::memchr2(b'\n', b'\r', rest) {
                Some(length) => at += length,
                None => return true,
            },
            b'\r' if rest.starts_with(b"\n") => {}
            b'\r' => return false,
            // A quote inside of what began without one belongs to that.
            _ => at += rest.iter().take_while(|b| !b".=,[]{} \t#\r\n".contains(b)).count(),
        }
        if depth > most || dots >= most {
            return false;
        }
    }
    true
}

/// Bytes of a string after its opening quote, the closing one included; `None` where it does not end on its line, or is one of several lines.
fn string_length(quote: u8, rest: &[u8]) -> Option<usize> {
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

/// The first place that is nested deeper than `most`. Looks at tokens only, so that it needs no stack however deep the file is.
fn too_deep(text: &str, most: usize) -> Option<Range<usize>> {
    let (mut depth, mut dots) = (0usize, 0usize);
    for token in Source::new(text).lex() {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth = depth.saturating_sub(1),
            TokenKind::Dot => dots += 1,
            TokenKind::Newline | TokenKind::Equals | TokenKind::Comma => dots = 0,
            _ => {}
        }
        if depth > most || dots >= most {
            return Some(token.span().start()..token.span().end());
        }
    }
    None
}

impl Reader<'_> {
    pub(super) fn at(&self, range: Range<usize>) -> FileSpan {
        self.lines.at(range)
    }

    pub(super) fn fault(&mut self, code: Code, range: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let place = self.at(range);
        self.report.add(code, place, message, help);
    }

    /// Refuses keys that are not in `known`.
    pub(super) fn only_keys(&mut self, table: &Table<'_>, known: &[&[&str]], of: &str) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if !known.iter().any(|known| known.contains(&name)) {
                let known = known.concat();
                let otherwise = format!("leave it out; the keys of {of} are {}", known.join(", "));
                let help = self.report.did_you_mean(name, known.iter().copied(), &otherwise);
                self.fault(code::UNKNOWN_KEY, key.span(), format!("{of} has no key `{}`", shown(name)), help);
            }
        }
    }

    pub(super) fn missing(&mut self, range: Range<usize>, key: &str, of: &str, help: &str) {
        if !self.damaged {
            self.fault(code::MISSING_KEY, range, format!("{of} needs `{key}`"), help);
        }
    }

    fn wrong_type(&mut self, value: &Value<'_>, name: &str, wanted: &str) {
        let found = type_name(value.get_ref());
        self.fault(code::WRONG_TYPE, value.span(), format!("`{name}` is {found}, but must be {wanted}"), format!("write {wanted}"));
    }

    /// A text that is not empty, of at most `chars` code points.
    pub(super) fn checked<'v, 'i>(&mut self, value: &'v Value<'i>, name: &str, chars: usize) -> Option<&'v Cow<'i, str>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(value, name, "a text in quotes");
            return None;
        };
        if text.trim_start().is_empty() {
            self.fault(code::EMPTY, value.span(), format!("`{name}` is empty"), "write a text, or leave the entry out");
            return None;
        }
        if text.len() > chars
            && let length = text.chars().count()
            && length > chars
        {
            let message = format!("`{name}` is {length} characters long; at most {chars} are read");
            self.fault(code::LIMIT, value.span(), message, "make it shorter");
            return None;
        }
        Some(text)
    }

    fn checked_text(&mut self, value: &Value<'_>, name: &str, chars: usize) -> Option<Str> {
        let text = self.checked(value, name, chars)?;
        Some(Str { text: text.to_string(), place: self.at(value.span()) })
    }

    /// The text at a key.
    pub(super) fn text(&mut self, table: &Table<'_>, key: &str) -> Option<Str> {
        let value = table.get(key)?;
        self.checked_text(value, key, self.limits.text_chars)
    }

    /// The texts at a key: a list, or one text alone. `None` if the key is not there.
    pub(super) fn texts(&mut self, table: &Table<'_>, key: &str, chars: usize) -> Option<Vec<Str>> {
        let values = self.list(table, key, self.limits.list)?;
        let mut texts = Vec::with_capacity(values.len());
        texts.extend(values.iter().filter_map(|value| self.checked_text(value, key, chars)));
        Some(texts)
    }

    /// The values at a key: those of a list of at most so many, or one text alone. `None` if the key is not there.
    pub(super) fn list<'v, 'i>(&mut self, table: &'v Table<'i>, key: &str, most: usize) -> Option<&'v [Value<'i>]> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::String(_) => Some(std::slice::from_ref(value)),
            DeValue::Array(items) => {
                if items.is_empty() {
                    self.fault(code::EMPTY, value.span(), format!("`{key}` is an empty list"), "write its entries, or leave the key out");
                }
                if items.len() > most {
                    let message = format!("`{key}` has {} entries; at most {most} are read", items.len());
                    self.fault(code::LIMIT, value.span(), message, "split the rule, or use a file beside the pack");
                    return Some(&[]);
                }
                Some(items)
            }
            _ => {
                self.wrong_type(value, key, "a list of texts in quotes");
                Some(&[])
            }
        }
    }

    pub(super) fn boolean(&mut self, table: &Table<'_>, key: &str) -> bool {
        match table.get(key) {
            None => false,
            Some(value) => {
                if let DeValue::Boolean(b) = value.get_ref() {
                    return *b;
                }
                self.wrong_type(value, key, "true or false");
                false
            }
        }
    }

    /// A number at a key, inside `range`, and above zero if `above_zero`.
    pub(super) fn number(&mut self, table: &Table<'_>, key: &str, range: RangeInclusive<f32>, above_zero: bool) -> Option<f32> {
        let value = table.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).map_or(f64::INFINITY, |i| i as f64),
            DeValue::Float(f) => f.as_str().parse().unwrap_or(f64::NAN),
            _ => {
                self.wrong_type(value, key, "a number");
                return None;
            }
        };
        let narrow = number as f32;
        if range.contains(&narrow) && (!above_zero || narrow > 0.0) {
            return Some(narrow);
        }
        let from = if above_zero { "above 0".to_owned() } else { format!("from {}", range.start()) };
        let shown = number_text(value.get_ref());
        self.fault(
            code::OUT_OF_RANGE,
            value.span(),
            format!("{key} {shown} is out of range"),
            format!("write a number {from} up to {}", range.end()),
        );
        None
    }

    /// A whole number at a key, inside `range`.
    pub(super) fn whole(&mut self, table: &Table<'_>, key: &str, range: RangeInclusive<u16>) -> Option<u16> {
        let value = table.get(key)?;
        let DeValue::Integer(i) = value.get_ref() else {
            self.wrong_type(value, key, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(i.as_str(), i.radix()).ok().and_then(|i| u16::try_from(i).ok());
        if let Some(number) = number.filter(|n| range.contains(n)) {
            return Some(number);
        }
        let message = format!("{key} {} is out of range", shown(&i.to_string()));
        self.fault(code::OUT_OF_RANGE, value.span(), message, format!("write a whole number from {} to {}", range.start(), range.end()));
        None
    }

    /// A date without a time at a key, as ISO 8601.
    pub(super) fn date(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        if let DeValue::Datetime(at) = value.get_ref()
            && let (Some(date), None) = (at.date, at.time)
        {
            return Some(date.to_string());
        }
        self.wrong_type(value, key, "a date without quotes, such as 2027-04-01");
        None
    }

    /// A table at a key.
    pub(super) fn table<'v, 'i>(&mut self, table: &'v Table<'i>, key: &str) -> Option<(&'v Table<'i>, Range<usize>)> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Table(inner) => Some((inner, value.span())),
            _ => {
                self.wrong_type(value, key, "a table");
                None
            }
        }
    }

    /// The tables of an array of tables, `[[key]]`.
    pub(super) fn tables<'v, 'i>(&mut self, table: &'v Table<'i>, key: &str) -> Vec<(&'v Table<'i>, Range<usize>)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(value, key, &format!("a list of tables, each begun with [[{key}]]"));
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref() {
                DeValue::Table(inner) => tables.push((inner, item.span())),
                _ => self.wrong_type(item, key, &format!("a table begun with [[{key}]]")),
            }
        }
        tables
    }
}

/// A word of the file as a message shows it: not too long, nothing invisible.
pub(super) fn shown(word: &str) -> String {
    let mut short: String = word.chars().take(40).flat_map(char::escape_debug).collect();
    if word.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

fn number_text(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Integer(i) => shown(&i.to_string()),
        DeValue::Float(f) => shown(&f.to_string()),
        _ => String::new(),
    }
}

const fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_called_flat_is_not_too_deep(pieces in prop::collection::vec(prop::sample::select(vec![
            "[", "]", "{", "}", ".", ",", "=", "\n", "\r", "\r\n", "#", "\"", "'", "\\", "\"\"\"", "'''", " ", "a", "b.c", "é", "\"[[\"", "'[.'", "\u{FEFF}",
        ]), 0..40), most in 1usize..4) {
            let text = pieces.concat();
            prop_assert!(!is_flat(&text, most) || too_deep(&text, most).is_none(), "{text:?}");
        }
    }

    #[test]
    fn an_ordinary_file_is_told_to_be_flat_at_once() {
        let text =
            "# a [ comment\r\n[pack]\nid = \"a\"\n[[rule]]\nterms = [\"a [[[[[\", 'b \"', \"\\\"[[[[[\", \"\"]\nx = { a = 1.5 } # end";
        assert!(is_flat(text, 3) && !is_flat(text, 1));
    }
}
