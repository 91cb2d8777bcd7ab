//! What is measured: sidestep and its peers behind one face. Each gets the same words and the raw message, and says whether it flags it.

use sidestep::scan::{Filter, Scanner};
#[cfg(feature = "peers")]
use {
    aho_corasick::{AhoCorasick, AhoCorasickKind},
    regex::bytes::{RegexSet, RegexSetBuilder},
    rustrict::{Censor, Trie, Type},
};

/// Judges messages.
pub trait Engine {
    /// Its name in tables and in `expected.toml`.
    fn name(&self) -> &'static str;
    /// Whether it flags the message.
    fn flags(&mut self, message: &str) -> bool;
}

/// The whole pipeline: fold, terms, identifiers, rules, verdict.
#[derive(Debug)]
pub struct Sidestep(Scanner);

impl Sidestep {
    /// A scanner of a filter.
    #[must_use]
    pub fn new(filter: &Filter) -> Self {
        Self(filter.scanner())
    }
}

impl Engine for Sidestep {
    fn name(&self) -> &'static str {
        "sidestep"
    }

    fn flags(&mut self, message: &str) -> bool {
        self.0.scan(message).is_flagged()
    }
}

/// The floor: every byte through a table into a buffer. Finds nothing.
#[derive(Debug)]
pub struct ByteFold {
    table: [u8; 256],
    out: Vec<u8>,
}

impl Default for ByteFold {
    fn default() -> Self {
        let mut table = [0; 256];
        for (to, from) in table.iter_mut().zip(0..=u8::MAX) {
            *to = from.to_ascii_lowercase();
        }
        Self { table, out: Vec::new() }
    }
}

impl Engine for ByteFold {
    fn name(&self) -> &'static str {
        "byte-fold"
    }

    fn flags(&mut self, message: &str) -> bool {
        self.out.clear();
        self.out.extend(message.bytes().map(|b| self.table[usize::from(b)]));
        std::hint::black_box(&self.out).is_empty()
    }
}

/// A plain keyword list: Aho-Corasick over the words, ASCII case ignored, hits only at word edges.
#[cfg(feature = "peers")]
#[derive(Debug)]
pub struct Keywords {
    name: &'static str,
    automaton: AhoCorasick,
}

#[cfg(feature = "peers")]
impl Keywords {
    /// As a DFA: fastest, largest.
    ///
    /// # Panics
    /// When the automaton outgrows its state numbers.
    #[must_use]
    pub fn dfa(words: &[String]) -> Self {
        Self { name: "ac-dfa", automaton: Self::build(words, AhoCorasickKind::DFA) }
    }

    /// As a contiguous NFA.
    ///
    /// # Panics
    /// As [`Self::dfa`].
    #[must_use]
    pub fn nfa(words: &[String]) -> Self {
        Self { name: "ac-nfa", automaton: Self::build(words, AhoCorasickKind::ContiguousNFA) }
    }

    fn build(words: &[String], kind: AhoCorasickKind) -> AhoCorasick {
        let built = AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(kind)).build(words);
        built.unwrap_or_else(|e| panic!("aho-corasick: {e}"))
    }
}

/// Whether no ASCII letter or digit touches the range.
#[cfg(feature = "peers")]
#[must_use]
pub fn is_whole(message: &[u8], start: usize, end: usize) -> bool {
    let outside = |at: Option<usize>| at.and_then(|at| message.get(at)).is_none_or(|b| !b.is_ascii_alphanumeric());
    outside(start.checked_sub(1)) && outside(Some(end))
}

#[cfg(feature = "peers")]
impl Engine for Keywords {
    fn name(&self) -> &'static str {
        self.name
    }

    fn flags(&mut self, message: &str) -> bool {
        let message = message.as_bytes();
        self.automaton.find_overlapping_iter(message).fold(false, |seen, m| seen | is_whole(message, m.start(), m.end()))
    }
}

/// The words in two hundred alternations of one `RegexSet`.
#[cfg(feature = "peers")]
#[derive(Debug)]
pub struct Patterns(RegexSet);

#[cfg(feature = "peers")]
impl Patterns {
    /// Compiles the words.
    ///
    /// # Panics
    /// When the set outgrows its size limit.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        let alternation = |words: &[String]| {
            let escaped: Vec<String> = words.iter().map(|w| regex::escape(w)).collect();
            format!(r"(?-u:\b)(?:{})(?-u:\b)", escaped.join("|"))
        };
        let patterns: Vec<String> = words.chunks(words.len().div_ceil(200)).map(alternation).collect();
        let set = RegexSetBuilder::new(patterns).unicode(false).case_insensitive(true).size_limit(1 << 28).dfa_size_limit(1 << 26).build();
        Self(set.unwrap_or_else(|e| panic!("regex: {e}")))
    }
}

#[cfg(feature = "peers")]
impl Engine for Patterns {
    fn name(&self) -> &'static str {
        "regex-set"
    }

    fn flags(&mut self, message: &str) -> bool {
        self.0.matches(message.as_bytes()).matched_any()
    }
}

/// rustrict with these words in place of its own list.
#[cfg(feature = "peers")]
#[derive(Debug)]
pub struct Rustrict(&'static Trie);

#[cfg(feature = "peers")]
impl Rustrict {
    /// Builds its trie, which it wants for ever: the memory is never given back.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        let mut trie = Trie::new();
        for word in words {
            trie.set(word, Type::PROFANE & Type::SEVERE);
        }
        Self(Box::leak(Box::new(trie)))
    }
}

#[cfg(feature = "peers")]
impl Engine for Rustrict {
    fn name(&self) -> &'static str {
        "rustrict"
    }

    fn flags(&mut self, message: &str) -> bool {
        Censor::from_str(message).with_trie(self.0).analyze().is(Type::PROFANE)
    }
}

/// decancer's fold, then the standard `str::contains` for one word after the other. (Its own `contains`, which also sees leet in the word, takes
/// 5 µs a word: 24 ms a message with 5,000 words.)
#[cfg(feature = "peers")]
#[derive(Debug)]
pub struct Decancer(Vec<String>);

#[cfg(feature = "peers")]
impl Decancer {
    /// Takes the words.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        Self(words.to_vec())
    }
}

#[cfg(feature = "peers")]
impl Engine for Decancer {
    fn name(&self) -> &'static str {
        "decancer"
    }

    fn flags(&mut self, message: &str) -> bool {
        decancer::cure!(message).is_ok_and(|cured| self.0.iter().any(|word| str::contains(&cured, word.as_str())))
    }
}

/// With more words the DFA would take more than a gigabyte or two.
#[cfg(feature = "peers")]
const DFA_WORDS: usize = 130_000;

/// Everything that is measured with these words, sidestep first. `slow`: those too that take tens of microseconds a message.
#[cfg(feature = "peers")]
#[must_use]
pub fn all(filter: &Filter, words: &[String], slow: bool) -> Vec<Box<dyn Engine>> {
    let mut engines: Vec<Box<dyn Engine>> =
        vec![Box::new(Sidestep::new(filter)), Box::new(ByteFold::default()), Box::new(Keywords::nfa(words))];
    if words.len() <= DFA_WORDS {
        engines.push(Box::new(Keywords::dfa(words)));
    }
    #[cfg(feature = "hyperscan")]
    engines.push(Box::new(crate::hyperscan::Literals::new(words)));
    if slow {
        engines.push(Box::new(Patterns::new(words)));
        engines.push(Box::new(Rustrict::new(words)));
        engines.push(Box::new(Decancer::new(words)));
    }
    engines
}
