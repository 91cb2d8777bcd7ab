//! Rule packs. In: TOML and term files. Out: checked packs, from them a [`Program`](program::Program), or all that is wrong. The only module that reads files.
//! Keeps: a half-loaded pack cannot exist; every file is read once. Must not know: messages.
//!
//! Untrusted packs are safe to load: [`PackLimits`] bounds files, bytes, rules, terms, patterns, nesting and what is reported, and no file outside a
//! pack's own folder is read.

pub mod compile;
pub mod compiled;
mod cross;
mod document;
mod files;
mod hash;
mod leads;
mod lint;
mod list;
pub mod model;
mod names;
mod patterns;
mod place;
mod points;
pub mod program;
mod report;
mod syntax;
mod terms;

pub use crate::diagnostic::LoadError;
pub use files::{SourceFile, is_side_file};
pub use lint::lint;
pub use patterns::{Engine, engine_of};

use crate::diagnostic::{Diagnostic, FileSpan, SourceText, code};
use crate::limits::PackLimits;
use document::Reader;
#[cfg(feature = "builtin")]
use files::Chain;
use files::{Disk, Library, Memory, Quota, Refused};
use hash::{base_name, content_hash};
use model::Pack;
use place::Lines;
use report::Report;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::{Beside, Read, Totals};

/// The packs of one program, checked each and against each other.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// In the order given; files of a folder by name.
    pub packs: Vec<Pack>,
    /// What is likely not meant so; [`lint`] looks further.
    pub warnings: Vec<Diagnostic>,
    /// The files read, packs first, for showing where a diagnostic points.
    pub sources: Vec<SourceText>,
}

/// Reads packs from files and folders, in the order given. A folder is read as all its `*.toml`, by name; term and value files are looked up beside the
/// pack that names them. Each file is read once; nothing is written. Linear in the bytes read.
///
/// # Errors
/// Every fault of every file, each with its place and mend; then nothing is loaded.
pub fn load_paths(paths: &[impl AsRef<Path>], limits: &PackLimits) -> Result<Loaded, LoadError> {
    let given: Vec<PathBuf> = paths.iter().map(|p| p.as_ref().to_path_buf()).collect();
    load(&mut Disk::new(given), limits)
}

/// Reads packs from memory: every file that is not `*.terms`, `*.values` or `*.words` is a pack; those are looked up by their name in the pack's folder.
///
/// ```
/// use sidestep::limits::PackLimits;
/// use sidestep::pack::{load_sources, SourceFile};
/// let pack = r#"
/// [pack]
/// id = "mine"
/// version = "1"
/// engine = ">=0.1"
/// [[rule]]
/// id = "diversion.app.telegram"
/// category = "diversion"
/// weigth = 3
/// terms_file = "telegram.terms"
/// "#;
/// let files = [SourceFile::new("mine.toml", pack), SourceFile::new("telegram.terms", "telegram | fuzzy=1")];
/// let error = load_sources(&files, &PackLimits::default()).unwrap_err();
/// assert!(error.diagnostics.iter().any(|d| d.place.line == 9 && d.help == "did you mean `weight`?"));
/// ```
///
/// # Errors
/// As [`load_paths`].
pub fn load_sources(sources: &[SourceFile], limits: &PackLimits) -> Result<Loaded, LoadError> {
    load(&mut Memory::new(sources), limits)
}

/// The shipped packs and others together: the others may refer to the rules of the shipped ones.
///
/// # Errors
/// As [`load_paths`].
#[cfg(feature = "builtin")]
pub fn load_with_builtin(paths: &[impl AsRef<Path>], limits: &PackLimits) -> Result<Loaded, LoadError> {
    let given: Vec<PathBuf> = paths.iter().map(|p| p.as_ref().to_path_buf()).collect();
    load(&mut Chain { first: Memory::new(builtin_sources()), second: Disk::new(given) }, limits)
}

/// The shipped packs.
#[cfg(feature = "builtin")]
#[must_use]
pub fn builtin_sources() -> &'static [SourceFile] {
    static FILES: &[SourceFile] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
    FILES
}

fn load(library: &mut dyn Library<'_>, limits: &PackLimits) -> Result<Loaded, LoadError> {
    let mut state =
        Loading { report: Report::new(limits.diagnostics), texts: Texts::default(), totals: Totals::default(), quota: Quota::new(*limits) };
    let mut read = Vec::new();
    let mut damaged = false;
    for (name, bytes) in library.packs(&mut state.quota) {
        let name: Arc<str> = name.into();
        match bytes {
            Ok(bytes) => match state.read_pack(&name, &bytes, library, limits) {
                Some((pack, broken)) => {
                    damaged |= broken;
                    read.push(pack);
                }
                None => damaged = true,
            },
            Err(refused) => {
                damaged = true;
                report_refused(&mut state.report, refused, FileSpan::whole(name), None);
            }
        }
    }
    for name in library.all_beside() {
        if !state.texts.index.contains_key(name.as_str()) && !state.report.failed() {
            let place = FileSpan::whole(name.into());
            state.report.add(
                code::UNUSED_FILE,
                place,
                "no rule names this file",
                "name it in a rule's terms_file, values_file or words_file, or delete it",
            );
        }
    }
    cross::check(&read, damaged, limits, &mut state.report);
    state.finish(read)
}

/// The files read so far, packs in the order given.
#[derive(Default)]
struct Texts {
    sources: Vec<SourceText>,
    index: HashMap<Arc<str>, usize>,
}

impl Texts {
    fn add(&mut self, name: &Arc<str>, text: Arc<str>) {
        self.index.entry(Arc::clone(name)).or_insert(self.sources.len());
        self.sources.push(SourceText { name: Arc::clone(name), text });
    }
}

struct Loading {
    report: Report,
    texts: Texts,
    totals: Totals,
    quota: Quota,
}

impl Loading {
    /// A pack and whether its TOML was ill-formed.
    fn read_pack(&mut self, name: &Arc<str>, bytes: &[u8], library: &mut dyn Library<'_>, limits: &PackLimits) -> Option<(Read, bool)> {
        let text = utf8(name, bytes, &mut self.texts, &mut self.report)?;
        let lines = Lines::new(Arc::clone(name), text);
        let (document, damaged) = document::parse(&lines, limits, &mut self.report);
        let document = document?;
        let mut beside = Shelf { pack: name, library, quota: &mut self.quota, texts: &mut self.texts, used: BTreeMap::new() };
        let mut reader = Reader { lines: &lines, limits, report: &mut self.report, damaged };
        let mut read = syntax::read(&document, &mut reader, &mut self.totals, &mut beside)?;
        let used = beside.used.iter().map(|(name, file)| (name.as_str(), &*file.bytes));
        read.pack.hash = content_hash(used.chain([(base_name(name), bytes)]));
        Some((read, damaged))
    }

    fn finish(self, read: Vec<Read>) -> Result<Loaded, LoadError> {
        let failed = self.report.failed();
        let index = self.texts.index;
        let (diagnostics, left_out) = self.report.finish(|file| index.get(file).copied().unwrap_or(usize::MAX));
        let sources = self.texts.sources;
        if failed {
            return Err(LoadError { diagnostics, left_out, sources });
        }
        Ok(Loaded { packs: read.into_iter().map(|r| r.pack).collect(), warnings: diagnostics, sources })
    }
}

/// The text of a file, kept for showing; ill-formed UTF-8 is a fault.
fn utf8(name: &Arc<str>, bytes: &[u8], texts: &mut Texts, report: &mut Report) -> Option<Arc<str>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text: Arc<str> = text.into();
            texts.add(name, Arc::clone(&text));
            Some(text)
        }
        Err(error) => {
            let good = error.valid_up_to();
            let lossy = String::from_utf8_lossy(bytes);
            let mut place = Lines::new(Arc::clone(name), lossy.as_ref().into()).at(good..good);
            place.end = error.error_len().map_or(bytes.len(), |n| good + n);
            let message = "this byte is no part of UTF-8 text".to_owned();
            report.add(code::NOT_UTF8, place, message, "save the file as UTF-8");
            texts.add(name, lossy.into());
            None
        }
    }
}

/// A file beside a pack, read once.
struct Side<'f> {
    name: Arc<str>,
    bytes: Cow<'f, [u8]>,
    text: Option<Arc<str>>,
}

/// The files beside one pack.
struct Shelf<'a, 'f> {
    pack: &'a str,
    library: &'a mut dyn Library<'f>,
    quota: &'a mut Quota,
    texts: &'a mut Texts,
    used: BTreeMap<String, Side<'f>>,
}

impl Beside for Shelf<'_, '_> {
    fn open(&mut self, name: &str, asked: &FileSpan, reader: &mut Reader<'_>) -> Option<(Arc<str>, Arc<str>)> {
        if !self.used.contains_key(name) {
            match self.library.beside(self.pack, name, self.quota) {
                Ok((full, bytes)) => {
                    let full: Arc<str> = full.into();
                    let text = utf8(&full, &bytes, self.texts, reader.report);
                    self.used.insert(name.to_owned(), Side { name: full, bytes, text });
                }
                Err(refused) => report_refused(reader.report, refused, asked.clone(), Some(name)),
            }
        }
        let side = self.used.get(name)?;
        Some((Arc::clone(&side.name), side.text.clone()?))
    }
}

fn report_refused(report: &mut Report, refused: Refused, place: FileSpan, side: Option<&str>) {
    match (refused, side) {
        (Refused::Absent, None) => {
            report.add(code::NOT_A_PACK, place, "there is no pack here", "give a *.toml file, or a folder that holds one")
        }
        (Refused::Absent, Some(name)) => {
            let message = format!("there is no file `{}` beside the pack", document::shown(name));
            report.add(code::SIDE_FILE, place, message, "put it into the same folder, or mend the name");
        }
        (Refused::Outside, name) => {
            let message = format!("`{}` is a link that leads out of the pack's folder", document::shown(name.unwrap_or_default()));
            report.add(code::SIDE_FILE, place, message, "put the file itself beside the pack");
        }
        (Refused::Limit(message), _) => report.add(code::LIMIT, place, message, "split it, or load fewer files"),
        (Refused::Unreadable(cause), None) => {
            report.add(code::UNREADABLE, place, format!("this cannot be read: {cause}"), "check the path and its permissions");
        }
        (Refused::Unreadable(cause), Some(name)) => {
            let message = format!("`{}` cannot be read: {cause}", document::shown(name));
            report.add(code::UNREADABLE, place, message, "check the file and its permissions");
        }
    }
}
