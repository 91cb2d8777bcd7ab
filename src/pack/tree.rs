//! A TOML file as a tree in which every key and value knows its place. In: what the `toml` crate read. Out: [`Table`]. Keeps: a text that stands in the file
//! as it is stays there. Must not know: what the keys mean.

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
