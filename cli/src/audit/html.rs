//! One self-contained page. In: what an audit found, as sheets. Out: HTML without scripts, fonts or pictures from elsewhere.

use super::sheet::{Cell, Sheet, one_in, percent, range};
use super::tally::Share;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// What stands above the tables.
pub struct Head<'a> {
    pub engine: &'a str,
    pub date: &'a str,
    /// Name, version, hash and number of rules.
    pub packs: Vec<(String, String, String, usize)>,
    /// File, messages, hash.
    pub sets: Vec<(String, u64, String)>,
}

pub fn page(head: &Head<'_>, sheets: &[Sheet]) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>sidestep audit</title>\n<style>\n");
    out.push_str(STYLE);
    out.push_str("</style>\n</head>\n<body>\n<h1>sidestep audit</h1>\n");
    let _ = writeln!(out, "<p>Engine {}, {}. Intervals are Wilson score intervals at 95%.</p>", escape(head.engine), escape(head.date));
    out.push_str("<h2>Packs</h2>\n<table>\n<tr><th>pack<th>version<th>rules<th>SHA-256\n");
    for (id, version, hash, rules) in &head.packs {
        let _ = writeln!(out, "<tr><td>{}<td>{}<td class=n>{rules}<td><code>{}</code>", escape(id), escape(version), escape(hash));
    }
    out.push_str("</table>\n");
    if !head.sets.is_empty() {
        out.push_str("<h2>Sets</h2>\n<table>\n<tr><th>file<th>items<th>SHA-256\n");
        for (file, size, hash) in &head.sets {
            let _ = writeln!(out, "<tr><td>{}<td class=n>{size}<td><code>{}</code>", escape(file), escape(hash));
        }
        out.push_str("</table>\n");
    }
    sheets.iter().for_each(|sheet| write_sheet(&mut out, sheet));
    out.push_str("</body>\n</html>\n");
    out
}

fn write_sheet(out: &mut String, sheet: &Sheet) {
    let _ = writeln!(out, "<h2>{}</h2>", escape(&sheet.title));
    if let Some(note) = &sheet.note {
        let _ = writeln!(out, "<p>{}</p>", escape(note));
    }
    out.push_str("<table>\n<tr>");
    for head in &sheet.head {
        let _ = write!(out, "<th>{}", escape(head));
    }
    out.push('\n');
    for (label, cells) in &sheet.rows {
        let _ = write!(out, "<tr><td>{}", escape(label));
        cells.iter().for_each(|cell| write_cell(out, cell));
        out.push('\n');
    }
    out.push_str("</table>\n");
}

fn write_cell(out: &mut String, cell: &Cell) {
    let _ = match cell {
        Cell::Empty => write!(out, "<td>"),
        Cell::Text(text) => write!(out, "<td>{}", escape(text)),
        Cell::Count(n) => write!(out, "<td class=n>{n}"),
        Cell::OneIn(share) => write!(out, "<td class=n>{}", escape(&one_in(*share))),
        Cell::Good(share) => write!(out, "<td>{}", bar(*share, "good")),
        Cell::Bad(share) => write!(out, "<td>{}", bar(*share, "bad")),
    };
}

/// A bar of the rate with its interval as a line upon it.
fn bar(share: Share, class: &str) -> String {
    let (Some(rate), Some((low, high))) = (share.rate(), share.interval()) else { return "-".to_owned() };
    format!(
        "<span class=\"bar {class}\"><i style=\"width:{:.1}%\"></i><b style=\"left:{:.1}%;width:{:.1}%\"></b></span> {} <small>{}, {}/{}</small>",
        rate * 100.0,
        low * 100.0,
        (high - low) * 100.0,
        percent(rate),
        range(rate, (low, high)),
        share.hits,
        share.of
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
