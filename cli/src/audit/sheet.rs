//! Figures as sheets, which text and HTML show alike. In: figures. Out: titled tables of typed cells. Must not know: how a cell looks.

use super::tally::{Figures, Halves, Share};
use crate::table::Table;
use std::collections::BTreeSet;

/// A cell.
#[derive(Debug, Clone)]
pub enum Cell {
    Empty,
    Text(String),
    Count(u64),
    /// A share that should be high, with its interval.
    Good(Share),
    /// A share that should be low, with its interval.
    Bad(Share),
    /// A rare thing: one in so many.
    OneIn(Share),
}

/// A titled table whose first column holds names.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub title: String,
    pub note: Option<String>,
    pub head: Vec<String>,
    pub rows: Vec<(String, Vec<Cell>)>,
}

impl Sheet {
    pub fn new(title: impl Into<String>, head: &[&str]) -> Self {
        Self { title: title.into(), note: None, head: head.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    /// The sheet as text.
    pub fn text(&self) -> String {
        let mut table = Table::new(1, &self.head.iter().map(String::as_str).collect::<Vec<_>>());
        for (label, cells) in &self.rows {
            table.row(std::iter::once(label.clone()).chain(cells.iter().map(cell_text)).collect());
        }
        let note = self.note.as_ref().map_or(String::new(), |n| format!("  {n}\n"));
        format!("{}\n{note}{}", self.title, table.render(2))
    }
}

/// A rate in percent; small ones with two digits, for one in a thousand is much to a filter.
pub fn percent(rate: f64) -> String {
    format!("{:.*}%", digits(rate), rate * 100.0)
}

/// An interval in percent, as exact as its rate.
pub fn range(rate: f64, (low, high): (f64, f64)) -> String {
    let digits = digits(rate);
    format!("{:.digits$}-{:.digits$}", low * 100.0, high * 100.0)
}

fn digits(rate: f64) -> usize {
    if rate > 0.0 && rate < 0.01 { 2 } else { 1 }
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Count(n) => n.to_string(),
        Cell::Good(share) | Cell::Bad(share) => share_text(*share),
        Cell::OneIn(share) => one_in(*share),
    }
}

/// `91.2% [88.9-93.1] 520/570`.
pub fn share_text(share: Share) -> String {
    match (share.rate(), share.interval()) {
        (Some(rate), Some(interval)) => format!("{} [{}] {}/{}", percent(rate), range(rate, interval), share.hits, share.of),
        _ => "-".to_owned(),
    }
}

/// `1 in 2000 (6/12000)`.
pub fn one_in(share: Share) -> String {
    if share.of == 0 {
        "-".to_owned()
    } else if share.hits == 0 {
        format!("0 in {}", share.of)
    } else {
        format!("1 in {:.0} ({}/{})", share.of as f64 / share.hits as f64, share.hits, share.of)
    }
}

/// The sheets of one labelled set.
pub fn of_set(name: &str, halves: &Halves) -> Vec<Sheet> {
    let Halves { all, odd, even } = halves;
    let split = odd.messages > 0 && even.messages > 0;
    let mut sheets = vec![summary(name, halves, split)];
    let violating = all.caught.of > 0;
    if violating {
        sheets.push(categories(all, odd, even, split));
    }
    for (title, pick) in [("By evasion", groups(halves, split, |f| &f.evasions)), ("By language", groups(halves, split, |f| &f.languages))]
    {
        let mut sheet = pick;
        if sheet.rows.len() > 1 {
            sheet.title = title.to_owned();
            sheets.push(sheet);
        }
    }
    if all.negatives_flagged.of > 0 {
        sheets.push(sources(all));
    }
    sheets
}

fn three(split: bool, halves: [Share; 3], cell: fn(Share) -> Cell) -> Vec<Cell> {
    halves.into_iter().take(if split { 3 } else { 1 }).map(cell).collect()
}

const HALF_HEAD: [&str; 3] = ["all", "odd ids", "even ids"];

fn head(first: &str, split: bool) -> Vec<&str> {
    std::iter::once(first).chain(HALF_HEAD.into_iter().take(if split { 3 } else { 1 })).collect()
}

fn summary(name: &str, halves: &Halves, split: bool) -> Sheet {
    let Halves { all, odd, even } = halves;
    let mut sheet = Sheet::new(
        format!("{name}: {} messages, {} violating, {} harmless", all.messages, all.caught.of, all.negatives_flagged.of),
        &head("", split),
    );
    let mut row = |label: &str, pick: fn(&Figures) -> Share, cell: fn(Share) -> Cell| {
        if pick(all).of > 0 {
            sheet.rows.push((label.to_owned(), three(split, [pick(all), pick(odd), pick(even)], cell)));
        }
    };
    row("violating messages caught", |f| f.caught, Cell::Good);
    row("expected categories found", |f| f.categories_found, Cell::Good);
    if all.caught.of > 0 {
        row("flagged messages that violate", |f| f.precision, Cell::Good);
    }
    row("harmless flagged (warn or more)", |f| f.negatives_flagged, Cell::Bad);
    row("harmless at review or more", |f| f.negatives_review, Cell::Bad);
    row("harmless flagged, one in", |f| f.negatives_flagged, Cell::OneIn);
    row("harmless at review, one in", |f| f.negatives_review, Cell::OneIn);
    sheet
}

fn categories(all: &Figures, odd: &Figures, even: &Figures, split: bool) -> Sheet {
    let mut columns = vec!["category", "recall", "precision"];
    if split {
        columns.extend(["recall, odd ids", "recall, even ids", "precision, even ids"]);
    }
    let mut sheet = Sheet::new("By category", &columns);
    for (name, tally) in &all.categories {
        let mut cells = vec![Cell::Good(tally.recall), Cell::Good(tally.precision)];
        if split {
            let of = |f: &Figures| f.categories.get(name).copied().unwrap_or_default();
            cells.extend([Cell::Good(of(odd).recall), Cell::Good(of(even).recall), Cell::Good(of(even).precision)]);
        }
        sheet.rows.push((name.clone(), cells));
    }
    sheet
}

type Groups = std::collections::BTreeMap<String, super::tally::GroupTally>;

fn groups(halves: &Halves, split: bool, pick: fn(&Figures) -> &Groups) -> Sheet {
    let [all, odd, even] = [&halves.all, &halves.odd, &halves.even].map(pick);
    let violating = all.values().any(|g| g.caught.of > 0);
    let harmless = all.values().any(|g| g.negatives_flagged.of > 0);
    let mut columns = vec!["group"];
    if violating {
        columns.extend(["caught, all", "caught, odd ids", "caught, even ids"].into_iter().take(if split { 3 } else { 1 }));
    }
    if harmless {
        columns.push("harmless flagged");
    }
    let mut sheet = Sheet::new("", &columns);
    let names: BTreeSet<&String> = all.keys().collect();
    for name in names {
        let of = |g: &Groups| g.get(name).copied().unwrap_or_default();
        let mut cells = Vec::new();
        if violating {
            cells.extend(three(split, [of(all).caught, of(odd).caught, of(even).caught], Cell::Good));
        }
        if harmless {
            cells.push(Cell::Bad(of(all).negatives_flagged));
        }
        sheet.rows.push((name.clone(), cells));
    }
    sheet
}

fn sources(all: &Figures) -> Sheet {
    let mut sheet = Sheet::new("Harmless messages flagged, by source", &["source", "group", "messages", "warn or more", "review or more"]);
    for (name, tally) in &all.sources {
        let group = tally.group.clone().map_or(Cell::Empty, Cell::Text);
        sheet.rows.push((name.clone(), vec![group, Cell::Count(tally.flagged.of), Cell::OneIn(tally.flagged), Cell::OneIn(tally.review)]));
    }
    sheet
}
