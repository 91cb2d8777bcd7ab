//! The only reading of files. In: paths, or files in memory. Out: their bytes, each read once. Keeps: bounded in count and bytes; regular files only, none
//! outside a pack's own folder. Must not know: what the bytes mean.

use super::hash::base_name;
use crate::limits::PackLimits;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// A file in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name, with folders or without: `rules/drugs.toml`. Files of the same folder stand beside each other.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub bytes: Cow<'static, [u8]>,
}

impl SourceFile {
    /// A file in memory.
    ///
    /// ```
    /// use sidestep::pack::SourceFile;
    /// let file = SourceFile::new("words.terms", "whatsapp\n");
    /// assert_eq!(&*file.bytes, b"whatsapp\n");
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: Cow::Owned(name.into()), bytes: Cow::Owned(bytes.into()) }
    }

    #[cfg(feature = "builtin")]
    pub(super) const fn embedded(name: &'static str, bytes: &'static [u8]) -> Self {
        Self { name: Cow::Borrowed(name), bytes: Cow::Borrowed(bytes) }
    }
}

/// Why there is no file.
#[derive(Debug)]
pub(super) enum Refused {
    /// Nothing of that name.
    Absent,
    /// The system, or a bound, says no.
    Unreadable(String),
    /// More files or bytes than allowed; the words name the bound.
    Limit(String),
    /// A link that leads out of the pack's folder.
    Outside,
}

/// A pack file's name, and its bytes or why there are none.
pub(super) type Opened<'f> = (String, Result<Cow<'f, [u8]>, Refused>);

/// What is left of the bounds on files.
#[derive(Debug)]
pub(super) struct Quota {
    files: usize,
    bytes: usize,
    limits: PackLimits,
}

impl Quota {
    pub(super) const fn new(limits: PackLimits) -> Self {
        Self { files: limits.files, bytes: limits.total_bytes, limits }
    }

    fn most(&self) -> usize {
        self.file_bytes().min(self.bytes)
    }

    /// Bytes of one file; places in it are 32 bits.
    fn file_bytes(&self) -> usize {
        self.limits.file_bytes.min(u32::MAX as usize)
    }

    fn take(&mut self, bytes: usize) -> Result<(), Refused> {
        if bytes > self.file_bytes() {
            return Err(Refused::Limit(format!("the file is larger than {} bytes", self.file_bytes())));
        }
        if self.files == 0 {
            return Err(Refused::Limit(format!("there are more than {} files", self.limits.files)));
        }
        let Some(left) = self.bytes.checked_sub(bytes) else {
            return Err(Refused::Limit(format!("the files together are larger than {} bytes", self.limits.total_bytes)));
        };
        self.files -= 1;
        self.bytes = left;
        Ok(())
    }
}

/// Where packs and the files beside them come from.
pub(super) trait Library<'f> {
    /// The packs, in the order in which they count, each with its name or what was wrong.
    fn packs(&mut self, quota: &mut Quota) -> Vec<Opened<'f>>;
    /// The file of this plain name beside a pack, with the name that diagnostics give it.
    fn beside(&mut self, pack: &str, name: &str, quota: &mut Quota) -> Result<(String, Cow<'f, [u8]>), Refused>;
    /// Files of terms, values and words that stand beside the packs, by the names that diagnostics give them.
    fn all_beside(&self) -> Vec<String>;
}

/// Whether a name is that of a file of terms, values or words, which packs name.
///
/// ```
/// use sidestep::pack::is_side_file;
/// assert!(is_side_file("rules/drugs.words") && !is_side_file("drugs.toml"));
/// ```
#[must_use]
pub fn is_side_file(name: &str) -> bool {
    [".terms", ".values", ".words"].iter().any(|end| name.ends_with(end))
}

/// Files in memory.
pub(super) struct Memory<'f> {
    files: &'f [SourceFile],
    by_name: BTreeMap<String, usize>,
}

impl<'f> Memory<'f> {
    pub(super) fn new(files: &'f [SourceFile]) -> Self {
        let by_name = files.iter().enumerate().map(|(i, f)| (f.name.replace('\\', "/"), i)).collect();
        Self { files, by_name }
    }
}

impl<'f> Library<'f> for Memory<'f> {
    fn packs(&mut self, quota: &mut Quota) -> Vec<Opened<'f>> {
        let packs = self.files.iter().filter(|f| !is_side_file(&f.name));
        packs.map(|f| (f.name.to_string(), quota.take(f.bytes.len()).map(|()| Cow::Borrowed(&*f.bytes)))).collect()
    }

    fn beside(&mut self, pack: &str, name: &str, quota: &mut Quota) -> Result<(String, Cow<'f, [u8]>), Refused> {
        let folder = pack.strip_suffix(base_name(pack)).unwrap_or_default();
        let full = format!("{folder}{name}");
        let index = self.by_name.get(&full.replace('\\', "/")).ok_or(Refused::Absent)?;
        let file = self.files.get(*index).ok_or(Refused::Absent)?;
        quota.take(file.bytes.len())?;
        Ok((full, Cow::Borrowed(&file.bytes)))
    }

    fn all_beside(&self) -> Vec<String> {
        self.files.iter().map(|f| f.name.to_string()).filter(|name| is_side_file(name)).collect()
    }
}

/// Packs in memory, then packs of the file system.
#[cfg(feature = "builtin")]
pub(super) struct Chain<'f> {
    pub(super) first: Memory<'f>,
    pub(super) second: Disk,
}

#[cfg(feature = "builtin")]
impl<'f> Library<'f> for Chain<'f> {
    fn packs(&mut self, quota: &mut Quota) -> Vec<Opened<'f>> {
        let mut out = self.first.packs(quota);
        out.extend(self.second.packs(quota));
        out
    }

    fn beside(&mut self, pack: &str, name: &str, quota: &mut Quota) -> Result<(String, Cow<'f, [u8]>), Refused> {
        if self.first.by_name.contains_key(pack) { self.first.beside(pack, name, quota) } else { self.second.beside(pack, name, quota) }
    }

    fn all_beside(&self) -> Vec<String> {
        let mut out = self.first.all_beside();
        out.extend(self.second.all_beside());
        out
    }
}

/// Files and folders of the file system.
pub(super) struct Disk {
    given: Vec<PathBuf>,
    beside: Vec<String>,
}

impl Disk {
    pub(super) fn new(given: Vec<PathBuf>) -> Self {
        Self { given, beside: Vec::new() }
    }

    fn folder(&mut self, folder: &Path, quota: &mut Quota, out: &mut Vec<Opened<'_>>) {
        let mut names = Vec::new();
        let listed = fs::read_dir(folder).and_then(|entries| {
            for entry in entries {
                names.push(PathBuf::from(entry?.file_name()));
            }
            Ok(())
        });
        if let Err(error) = listed {
            out.push((shown(folder), Err(unreadable(&error))));
            return;
        }
        names.sort();
        let before = out.len();
        for name in names {
            let path = folder.join(&name);
            // Editors leave hidden files behind while they save.
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            if name.extension().is_some_and(|e| e == "toml") {
                let read = read_file(&path, quota);
                let full = matches!(read, Err(Refused::Limit(_)));
                out.push((shown(&path), read));
                if full && quota.files == 0 {
                    break;
                }
            } else if is_side_file(&name.to_string_lossy()) {
                self.beside.push(shown(&path));
            }
        }
        if out.len() == before {
            out.push((shown(folder), Err(Refused::Absent)));
        }
    }
}

impl<'f> Library<'f> for Disk {
    fn packs(&mut self, quota: &mut Quota) -> Vec<Opened<'f>> {
        let mut out = Vec::new();
        for path in std::mem::take(&mut self.given) {
            if path.is_dir() {
                self.folder(&path, quota, &mut out);
            } else if is_side_file(&path.to_string_lossy()) {
                out.push((shown(&path), Err(Refused::Absent)));
            } else {
                let read = read_file(&path, quota);
                out.push((shown(&path), read));
            }
        }
        out
    }

    fn beside(&mut self, pack: &str, name: &str, quota: &mut Quota) -> Result<(String, Cow<'f, [u8]>), Refused> {
        let folder = Path::new(pack).parent().unwrap_or_else(|| Path::new(""));
        let path = folder.join(name);
        let real = |p: &Path| fs::canonicalize(if p.as_os_str().is_empty() { Path::new(".") } else { p });
        let (inside, outside) = (real(&path), real(folder));
        match (inside, outside) {
            (Ok(file), Ok(folder)) if !file.starts_with(&folder) => return Err(Refused::Outside),
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => return Err(Refused::Absent),
            (Err(error), _) | (_, Err(error)) => return Err(unreadable(&error)),
            _ => {}
        }
        Ok((shown(&path), read_file(&path, quota)?))
    }

    fn all_beside(&self) -> Vec<String> {
        self.beside.clone()
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn unreadable(error: &io::Error) -> Refused {
    Refused::Unreadable(error.to_string())
}

/// Reads a regular file once and whole; a device or pipe is not opened, for it might never end.
fn read_file(path: &Path, quota: &mut Quota) -> Result<Cow<'static, [u8]>, Refused> {
    let meta = fs::metadata(path).map_err(|e| unreadable(&e))?;
    if !meta.is_file() {
        return Err(Refused::Unreadable("it is no regular file".into()));
    }
    if quota.files == 0 {
        quota.take(0)?;
    }
    let mut bytes = Vec::new();
    let most = quota.most() as u64 + 1;
    let file = File::open(path).map_err(|e| unreadable(&e))?;
    file.take(most).read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
    quota.take(bytes.len())?;
    Ok(Cow::Owned(bytes))
}
