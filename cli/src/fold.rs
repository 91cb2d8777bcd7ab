//! `sidestep fold`. In: messages. Out: what the text stage makes of them.

use crate::Outcome;
use crate::args::{FoldArgs, LineFormat};
use crate::failure::Failure;
use crate::input;
use crate::paint::{Paint, visible};
use serde::Serialize;
use sidestep::evasion::Evasion;
use sidestep::text::{Text, keys};
use std::io::Write;

/// One message, folded.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct Folded {
    /// As it was sent; ill-formed UTF-8 as U+FFFD.
    pub text: String,
    pub folded: String,
    /// The coarse key of the whole message: look-alikes and symbols as letters, what people swap as one class, repeats collapsed, everything else dropped.
    pub key: String,
    pub tokens: Vec<String>,
    /// Disguises undone by folding.
    pub evidence: Evasion,
}

/// Folds one message.
pub fn fold(text: &mut Text, message: &[u8]) -> Folded {
    text.read(message);
    let folded = text.folded().to_owned();
    let original = String::from_utf8_lossy(message).into_owned();
    let mut key = String::new();
    keys::key(&original, &mut key);
    Folded {
        text: original,
        key,
        tokens: text.tokens().iter().filter_map(|t| folded.get(t.range())).map(str::to_owned).collect(),
        evidence: text.evidence(0..folded.len()),
        folded,
    }
}

pub fn run(args: &FoldArgs, paint: Paint) -> Result<Outcome, Failure> {
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    let mut text = Text::new();
    let mut written = Ok(());
    input::read_batches(&input::or_stdin(&args.files), |batch| {
        written = write_batch(&mut stdout, &batch, &mut text, args.format, paint);
        written.is_ok()
    })?;
    written.map_err(Failure::from).map(|()| Outcome::Clean)
}

fn write_batch(out: &mut impl Write, batch: &input::Batch, text: &mut Text, format: LineFormat, paint: Paint) -> std::io::Result<()> {
    for (_, line) in batch.lines() {
        let folded = fold(text, &input::record(line).text);
        match format {
            LineFormat::Jsonl => writeln!(out, "{}", serde_json::to_string(&folded)?)?,
            LineFormat::Text => {
                writeln!(out, "{}", paint.dim(&visible(&folded.text)))?;
                writeln!(out, "  folded    {}", paint.bold(&visible(&folded.folded)))?;
                writeln!(out, "  key       {}", visible(&folded.key))?;
                writeln!(out, "  tokens    {}", folded.tokens.iter().map(|t| visible(t)).collect::<Vec<_>>().join(" | "))?;
                if !folded.evidence.is_empty() {
                    writeln!(out, "  evidence  {}", folded.evidence.names().collect::<Vec<_>>().join(" "))?;
                }
            }
        }
    }
    out.flush()
}
