//! Finds things in one folded text: terms, patterns, identifiers. In: [`crate::text::Text`]. Out: hits with folded ranges and evidence.
//! Keeps: a hit's range lies inside the text, on character boundaries. Must not know: rules, scores, files.

pub(crate) mod bulk;
pub mod entity;
mod pattern_size;
pub mod patterns;
pub(crate) mod table;
pub mod terms;
pub mod wording;
