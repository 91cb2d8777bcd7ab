//! What the shipped packs see of labelled messages, `tests/data/labelled/`: a change may not lose more than the floors there allow.

use serde::Deserialize;
use sidestep::{Action, Filter};
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
struct Message {
    text: String,
    /// The categories that a reviewer expects to see flagged; none: harmless.
    expect: Vec<String>,
}

/// A row of `floors.tsv`: file, the least share of violating messages caught, the most of harmless ones flagged, in percent.
struct Floor {
    file: String,
    caught: f64,
    flagged: f64,
}

fn floors(folder: &Path) -> Vec<Floor> {
    let table = fs::read_to_string(folder.join("floors.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let [file, caught, flagged] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("floors.tsv: not three columns: {line}") };
        Floor { file: file.to_owned(), caught: caught.parse().unwrap(), flagged: flagged.parse().unwrap() }
    })
    .collect()
}

#[expect(clippy::cast_precision_loss, reason = "some hundred messages")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

#[test]
fn labelled_messages_stay_caught() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/labelled");
    let filter = Filter::builtin().unwrap();
    let mut scanner = filter.scanner();
    for floor in floors(&folder) {
        let source = fs::read_to_string(folder.join(&floor.file)).unwrap();
        let messages: Vec<Message> = source.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (mut caught, mut flagged) = (0, 0);
        for message in &messages {
            let verdict = scanner.scan(&message.text);
            let acts = |category: &String| verdict.categories.get(category.as_str()).is_some_and(|c| c.action >= Action::Warn);
            caught += usize::from(message.expect.iter().any(acts));
            flagged += usize::from(message.expect.is_empty() && verdict.action >= Action::Warn);
        }
        let harmless = messages.iter().filter(|m| m.expect.is_empty()).count();
        let (caught, flagged) = (percent(caught, messages.len() - harmless), percent(flagged, harmless));
        println!("{}\t{caught:.1}\t{flagged:.1}", floor.file);
        assert!(caught >= floor.caught, "{}: {caught:.1}% caught, {}% expected", floor.file, floor.caught);
        assert!(flagged <= floor.flagged, "{}: {flagged:.1}% of the harmless flagged, {}% allowed", floor.file, floor.flagged);
    }
}
