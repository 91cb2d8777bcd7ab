//! Plain tables. In: rows of cells. Out: aligned text. Must not know: what the figures mean.

use std::fmt::Write as _;

/// A table: the first column is left-aligned, the others right-aligned unless named in `left`.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    left: usize,
}

impl Table {
    /// A table with a head whose first `left` columns are left-aligned.
    pub fn new(left: usize, head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|h| (*h).to_owned()).collect()], left }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as lines, each indented by `indent` spaces.
    pub fn render(&self, indent: usize) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> =
            (0..columns).map(|c| self.rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0)).collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(indent);
            for (c, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width - cell.chars().count().min(*width));
                let _ = if c < self.left { write!(line, "{cell}{gap}  ") } else { write!(line, "{gap}{cell}  ") };
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}
