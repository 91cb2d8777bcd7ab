//! The order of the modules, read from the source: nobody imports upward, every file says what it is for.

use std::fs;
use std::path::{Path, PathBuf};

/// Each row may use those above it and itself; the modules of the first row may use each other.
const LAYERS: &[&[&str]] =
    &[&["limits", "span", "evasion", "diagnostic"], &["text"], &["matcher"], &["verdict"], &["pack"], &["scan"], &["reload"]];

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Path below `src/` and text of each file of the library.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files.sort();
    let below =
        |path: &Path| path.strip_prefix(&root).unwrap().components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    files.iter().map(|path| (below(path), fs::read_to_string(path).unwrap())).collect()
}

/// `matcher` for `matcher/terms/mod.rs`, `scan` for `scan.rs`.
fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// The modules that a file's code names after `crate::`, with their lines. Comments may point anywhere.
fn uses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(number, line)| {
        line.match_indices("crate::").filter_map(move |(at, found)| {
            // `$crate::` and names that only end so are none of these paths.
            let before = line.get(..at).and_then(|l| l.chars().next_back());
            let rest = line.get(at + found.len()..).unwrap_or_default();
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let inside = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
            (!inside).then(|| (number + 1, rest.get(..end).unwrap_or_default()))
        })
    })
}

/// What is wrong with one file's imports.
fn faults(file: &str, text: &str) -> Vec<String> {
    let Some(own) = layer_of(module_of(file)) else { return vec![format!("src/{file}: its module has no place in LAYERS")] };
    let fault = |(line, module): (usize, &str)| match layer_of(module) {
        Some(layer) if layer <= own => None,
        Some(_) => Some(format!("src/{file}:{line}: `{}` must not know `{module}`", module_of(file))),
        None => Some(format!("src/{file}:{line}: name the module after `crate::`, one a line")),
    };
    uses(text).filter_map(fault).collect()
}

#[test]
fn imports_go_upward_only() {
    let files = sources();
    let wrong: Vec<String> = files.iter().filter(|(file, _)| file != "lib.rs").flat_map(|(file, text)| faults(file, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let seen: usize = files.iter().map(|(_, text)| uses(text).count()).sum();
    assert!(seen > 30, "only {seen} imports were read: has the test gone blind?");
}

#[test]
fn an_import_the_wrong_way_is_seen() {
    let cases = [
        ("text/fold.rs", "use crate::limits::Budget;\n", 0),
        ("text/fold.rs", "/// As [`crate::scan::Filter`].\nuse crate::text::Text;\n", 0),
        ("text/fold.rs", "use crate::matcher::terms::Term;\n", 1),
        ("span.rs", "fn f() -> crate::scan::Filter { crate::pack::load() }\n", 2),
        ("pack/mod.rs", "use crate::{limits, verdict};\n", 1),
        ("pack/mod.rs", "use crate::Filter;\n", 1),
        ("extra.rs", "", 1),
    ];
    for (file, text, expected) in cases {
        assert_eq!(faults(file, text).len(), expected, "{file}: {text}");
    }
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let silent: Vec<String> = sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file).collect();
    assert!(silent.is_empty(), "no `//!` at the top of {silent:?}");
}
