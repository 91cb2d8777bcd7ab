//! Lists the shipped packs. In: the files of `rules/`. Out: `builtin.rs`, a slice of their names and bytes, by name. Must not know: what packs say.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=rules");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut code = String::from("&[\n");
    for file in pack_files(&root.join("rules"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let _ =
            writeln!(code, "    SourceFile::embedded({:?}, include_bytes!({:?})),", format!("builtin/{name}"), file.display().to_string());
    }
    code.push_str("]\n");
    fs::write(out.join("builtin.rs"), code)
}

fn pack_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "toml" || e == "terms" || e == "values" || e == "words") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
