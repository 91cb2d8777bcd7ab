//! Text for people. In: strings, perhaps hostile. Out: strings that are safe on a terminal, coloured if asked for.

use crate::args::Colour;
use anstyle::{AnsiColor, Style};
use sidestep::verdict::Action;
use std::fmt::Write as _;

/// Whether and how to colour.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Decides for standard output.
    pub fn for_stdout(wish: Colour) -> Self {
        let on = match wish {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        };
        Self { on }
    }

    #[cfg(test)]
    pub const fn plain() -> Self {
        Self { on: false }
    }

    pub const fn is_on(self) -> bool {
        self.on
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.on { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub fn bold(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    pub fn dim(self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }

    pub fn good(self, text: &str) -> String {
        self.with(AnsiColor::Green.on_default(), text)
    }

    pub fn bad(self, text: &str) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    pub fn mark(self, text: &str) -> String {
        self.with(Style::new().underline().bold(), text)
    }

    pub fn action(self, action: Action) -> String {
        let colour = match action {
            Action::Allow => AnsiColor::Green,
            Action::Warn => AnsiColor::Yellow,
            Action::Review => AnsiColor::Magenta,
            Action::Block => AnsiColor::Red,
        };
        self.with(colour.on_default().bold(), action_name(action))
    }
}

/// The action as verdicts write it.
pub const fn action_name(action: Action) -> &'static str {
    match action {
        Action::Allow => "allow",
        Action::Warn => "warn",
        Action::Review => "review",
        Action::Block => "block",
    }
}

/// Whether a character would move the cursor, hide, or turn the text round on a terminal.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Appends one character so that a person can see it: control and invisible characters as escapes.
pub fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_unsafe(c) => {
            let _ = write!(out, "\\u{{{:X}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// A string with control and invisible characters as escapes.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_visible(&mut out, c));
    out
}

/// Points without needless zeros.
pub fn points(value: f64) -> String {
    let mut text = format!("{value:.2}");
    while text.ends_with('0') {
        text.pop();
    }
    if text.ends_with('.') {
        text.pop();
    }
    text
}

/// The message on one line, the byte ranges in `spans` marked: underlined in colour, in `[` `]` without.
pub fn marked(paint: Paint, source: &[u8], spans: &[(usize, usize)]) -> String {
    let mut merged: Vec<(usize, usize)> = Vec::new();
    let mut sorted: Vec<(usize, usize)> =
        spans.iter().map(|&(a, b)| (a.min(source.len()), b.min(source.len()))).filter(|(a, b)| a < b).collect();
    sorted.sort_unstable();
    for (start, end) in sorted {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    let lossy = |range: std::ops::Range<usize>| visible(&String::from_utf8_lossy(source.get(range).unwrap_or_default()));
    let mut out = String::new();
    let mut at = 0;
    for (start, end) in merged {
        out.push_str(&lossy(at..start));
        if paint.is_on() {
            out.push_str(&paint.mark(&lossy(start..end)));
        } else {
            let _ = write!(out, "[{}]", lossy(start..end));
        }
        at = end;
    }
    out.push_str(&lossy(at..source.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::{Paint, marked, points, visible};

    #[test]
    fn control_and_invisible_characters_are_shown() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\u{200b}\n"), "a\\u{1B}[31mb\\u{202E}c\\u{200B}\\n");
    }

    #[test]
    fn points_have_no_needless_zeros() {
        assert_eq!([points(4.0), points(3.5), points(0.25)], ["4", "3.5", "0.25"]);
    }

    #[test]
    fn overlapping_spans_are_marked_once_and_out_of_range_ones_cut() {
        assert_eq!(marked(Paint::plain(), b"add me on tg ok", &[(10, 12), (7, 12), (13, 99)]), "add me [on tg] [ok]");
    }
}
