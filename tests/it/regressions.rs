//! Every input that once broke something, and the seeds of the fuzz targets, through the same checks as the targets.

use crate::promises::{COSTLY, Extent};
use crate::{made_pack, promises};
use sidestep::text::Text;
use sidestep::{Filter, Scanner};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_file() && !p.ends_with(".gitkeep")).collect();
    paths.sort();
    paths.into_iter().map(|p| (p.clone(), fs::read(p).unwrap())).collect()
}

/// Runs the seeds and regressions of a target; the file's name is printed, so that a panic is under it.
fn replay(target: &str, mut check: impl FnMut(&[u8])) {
    let inputs: Vec<_> = [format!("seeds/{target}"), format!("regressions/{target}")].iter().flat_map(|f| files(f)).collect();
    assert!(!inputs.is_empty(), "{target} has seeds");
    for (path, bytes) in inputs {
        println!("{}", path.display());
        check(&bytes);
    }
}

#[test]
fn text() {
    let mut text = Text::new();
    replay("text", |bytes| promises::text(&mut text, bytes));
}

#[test]
fn scan_builtin() {
    let mut scanners: [Scanner; 2] = [Filter::builtin().unwrap().scanner(), promises::small_filter().scanner()];
    replay("scan_builtin", |bytes| scanners.iter_mut().for_each(|s| promises::message(s, bytes, Extent::All)));
}

#[test]
fn scan_pack() {
    replay("scan_pack", |bytes| {
        let (pack, message) = made_pack::from_bytes(bytes);
        promises::load(pack.as_bytes(), message, Extent::All);
    });
}

#[test]
fn load_pack() {
    replay("load_pack", |bytes| {
        promises::load(bytes, b"add me on t3legram, 12 g of sn0w each", Extent::All);
    });
}

#[test]
fn compiled() {
    replay("compiled", |bytes| {
        promises::compiled(bytes, b"add me on t3legram, 12 g of sn0w each");
    });
}

/// A fuzzer checks one costly promise an input: together its inputs check all.
#[test]
fn inputs_choose_every_costly_promise() {
    let extents: Vec<Extent> = (0..=u16::MAX).step_by(97).map(|n| Extent::one_by(&n.to_le_bytes())).collect();
    for costly in COSTLY {
        let times = extents.iter().filter(|extent| extent.covers(costly)).count();
        assert!(times > extents.len() / 14, "{costly:?} is chosen {times} times of {}", extents.len());
    }
}

/// Each regression has one line of its cause in `fuzz/regressions/CAUSES.md`.
#[test]
fn every_regression_has_a_cause() {
    let causes = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/regressions/CAUSES.md")).unwrap();
    for target in ["text", "scan_builtin", "scan_pack", "load_pack", "compiled", "capi"] {
        for (path, _) in files(&format!("regressions/{target}")) {
            let name = format!("{target}/{}", path.file_name().unwrap().to_string_lossy());
            assert!(causes.contains(&name), "{name} has no line");
        }
    }
}
