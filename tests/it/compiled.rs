//! Compiled packs: what was written judges as what was loaded; what was damaged is refused.

use crate::{made_pack, promises};
use proptest::prelude::*;
use sidestep::limits::PackLimits;
use sidestep::pack::{SourceFile, builtin_sources, compiled, load_sources};
use sidestep::{CompiledError, Filter, Scanner};
use std::sync::OnceLock;

fn small() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| promises::small_filter().to_bytes())
}

fn same_verdicts<'m>(a: &mut Scanner, b: &mut Scanner, messages: impl IntoIterator<Item = &'m str>) -> usize {
    let mut flagged = 0;
    for message in messages {
        let verdict = a.scan(message);
        assert_eq!(verdict, b.scan(message), "{message:?}");
        assert_eq!(a.work_spent(), b.work_spent(), "{message:?}");
        flagged += usize::from(verdict.is_flagged());
    }
    flagged
}

#[test]
fn shipped_packs_judge_all_their_examples_as_before() {
    let loaded = load_sources(builtin_sources(), &Default::default()).unwrap();
    let filter = Filter::from_loaded(&loaded, false);
    let bytes = filter.to_bytes();
    let again = Filter::from_bytes(&bytes).unwrap();
    let rules = loaded.packs.iter().flat_map(|p| &p.rules);
    let examples = rules.flat_map(|r| r.matches.iter().chain(&r.no_matches)).map(|e| e.text.as_str());
    let flagged = same_verdicts(&mut filter.scanner(), &mut again.scanner(), examples);
    assert!(flagged > 1000, "{flagged}");
    assert!(again.rules().eq(filter.rules()) && again.categories().eq(filter.categories()) && again.packs() == filter.packs());
    assert_eq!(again.notice("diversion", "en"), filter.notice("diversion", "en"));
    assert_eq!(again.to_bytes(), bytes, "what was read is written as it was");
}

#[test]
fn cut_at_any_length_or_lengthened_they_are_refused() {
    let bytes = small();
    for length in (0..promises::COMPILED_HEAD + 200).chain((0..bytes.len()).step_by(4999)) {
        assert!(Filter::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    assert_eq!(Filter::from_bytes(&[bytes, b"x"].concat()).unwrap_err(), CompiledError::Length);
}

/// Whoever made them, programs whose rules lead on without end are not taken.
#[test]
fn references_are_bounded_as_in_packs() {
    let most = PackLimits::default().reference_depth;
    let mut limits = PackLimits::default();
    limits.reference_depth = most + 1;
    for depth in [most - 1, most, most + 1] {
        let links: String = (1..=depth).map(|n| format!("[[rule]]\nid = 'r.n{n}'\nany = ['r.n{}']\n", n - 1)).collect();
        let pack = format!("[pack]\nid = 'p'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'r.n0'\nterms = ['abc']\n{links}");
        let loaded = load_sources(&[SourceFile::new("p.toml", pack)], &limits).unwrap();
        assert_eq!(Filter::from_bytes(&Filter::from_loaded(&loaded, false).to_bytes()).is_ok(), depth <= most, "{depth}");
    }
}

#[test]
fn a_changed_byte_anywhere_is_refused() {
    let mut bytes = small().to_vec();
    for at in (0..promises::COMPILED_HEAD).chain((0..bytes.len()).step_by(9973)) {
        for change in [1, 0x80, 0xFF] {
            bytes[at] ^= change;
            assert!(Filter::from_bytes(&bytes).is_err(), "byte {at} changed by {change}");
            bytes[at] ^= change;
        }
    }
    assert!(Filter::from_bytes(&bytes).is_ok());
}

#[test]
fn reasons_are_told_apart() {
    let error = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = small().to_vec();
        change(&mut bytes);
        Filter::from_bytes(&bytes).unwrap_err()
    };
    assert_eq!(error(&|b| b.clear()), CompiledError::NotCompiled);
    assert_eq!(error(&|b| b[0] = b'x'), CompiledError::NotCompiled);
    assert_eq!(error(&|b| b[8] = 255), CompiledError::Format(255));
    assert_eq!(error(&|b| b[12..17].copy_from_slice(b"9.9.9")), CompiledError::Engine("9.9.9".into()));
    assert_eq!(error(&|b| b.truncate(60)), CompiledError::Length);
    assert_eq!(error(&|b| b.truncate(200)), CompiledError::Length);
    assert_eq!(error(&|b| *b.last_mut().unwrap() ^= 1), CompiledError::Checksum);
    assert_eq!(error(&|b| b[50] ^= 1), CompiledError::Checksum);
    let foreign_packs = error(&|b| {
        b[50] ^= 1;
        compiled::seal(b);
    });
    assert_eq!(foreign_packs, CompiledError::Malformed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_pack_judges_as_before(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (pack, message) = made_pack::from_bytes(&bytes);
        if let Ok(filter) = Filter::from_sources(&[SourceFile::new("p.toml", pack.into_bytes())]) {
            let again = Filter::from_bytes(&filter.to_bytes()).unwrap();
            let message = String::from_utf8_lossy(message);
            same_verdicts(&mut filter.scanner(), &mut again.scanner(), [&*message, "add me on t3legram, 12 g of sn0w each", "加v 微 信"]);
        }
    }

    #[test]
    fn changed_in_any_way_they_are_refused_or_judge(changes in prop::collection::vec(any::<u8>(), 0..12)) {
        promises::compiled(&changes, b"add me on t3legram, 12 g of sn0w each");
    }
}

#[test]
fn unchanged_they_judge() {
    assert!(promises::compiled(b"", b"add me on t3legram"));
}
