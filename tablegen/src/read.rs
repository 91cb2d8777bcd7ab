//! Reads the Unicode Consortium's file formats. In: text. Out: what it says of each code point. Must not know: what is made of it.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

/// Script and general category of the assigned code points.
pub struct Characters {
    of: HashMap<u32, (String, String)>,
}

impl Characters {
    /// Reads `Scripts.txt`; the general category stands in its comments.
    pub fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut of = HashMap::new();
        for line in std::fs::read_to_string(folder.join("Scripts.txt"))?.lines() {
            let Some((range, rest)) = line.split_once(';') else { continue };
            if line.starts_with('#') {
                continue;
            }
            let (script, comment) = rest.split_once('#').ok_or("no comment in Scripts.txt")?;
            let category = comment.split_whitespace().next().unwrap_or_default();
            for cp in range_of(range)? {
                of.insert(cp, (script.trim().to_owned(), category.to_owned()));
            }
        }
        Ok(Self { of })
    }

    /// The script's long name, empty for an unassigned code point.
    pub fn script(&self, c: char) -> &str {
        self.of.get(&(c as u32)).map_or("", |(script, _)| script)
    }

    /// The general category, as `Scripts.txt` abbreviates it (`L&` for cased letters).
    pub fn category(&self, c: char) -> &str {
        self.of.get(&(c as u32)).map_or("", |(_, category)| category)
    }
}

/// The code points of one property in `DerivedCoreProperties.txt`.
pub fn property(folder: &Path, name: &str) -> Result<Vec<u32>, Box<dyn Error>> {
    let mut all = Vec::new();
    for line in std::fs::read_to_string(folder.join("DerivedCoreProperties.txt"))?.lines() {
        let data = line.split('#').next().unwrap_or_default();
        if let Some((range, property)) = data.split_once(';')
            && property.trim() == name
        {
            all.extend(range_of(range)?);
        }
    }
    Ok(all)
}

/// The prototypes of `confusables.txt`, and the version that the file names.
pub fn confusables(folder: &Path) -> Result<(HashMap<char, String>, String), Box<dyn Error>> {
    let mut all = HashMap::new();
    let text = std::fs::read_to_string(folder.join("confusables.txt"))?;
    let version = text.lines().find_map(|l| l.strip_prefix("# Version: ")).ok_or("no version in confusables.txt")?.trim().to_owned();
    for line in text.lines().filter(|l| !l.trim_start_matches('\u{FEFF}').starts_with('#')) {
        let mut fields = line.split(';').map(str::trim);
        let (Some(from), Some(to)) = (fields.next(), fields.next()) else { continue };
        let prototype: String = to.split(' ').map(code_point).collect::<Result<_, _>>()?;
        all.insert(code_point(from.trim_start_matches('\u{FEFF}'))?, prototype);
    }
    Ok((all, version))
}

fn range_of(range: &str) -> Result<std::ops::RangeInclusive<u32>, Box<dyn Error>> {
    let range = range.trim();
    let (first, last) = range.split_once("..").unwrap_or((range, range));
    Ok(u32::from_str_radix(first, 16)?..=u32::from_str_radix(last, 16)?)
}

fn code_point(hex: &str) -> Result<char, Box<dyn Error>> {
    char::from_u32(u32::from_str_radix(hex.trim(), 16)?).ok_or_else(|| format!("no character: {hex}").into())
}
