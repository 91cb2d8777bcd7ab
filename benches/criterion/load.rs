//! From source files, and from compiled packs, to a filter that is ready; and what its first messages would make otherwise.

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use sidestep::scan::Filter;
use sidestep_bench::definitions::Definitions;
use sidestep_bench::packs;
use std::hint::black_box;

fn load(c: &mut Criterion) {
    let mut group = c.benchmark_group("load");
    for pack in &Definitions::read().pack {
        let sources = packs::sources(pack);
        group.bench_function(BenchmarkId::from_parameter(&pack.name), |b| {
            b.iter(|| Filter::from_sources(black_box(&sources)).unwrap_or_else(|e| panic!("{}: {e}", pack.name)));
        });
    }
    group.finish();
    let mut group = c.benchmark_group("load-compiled");
    for pack in &Definitions::read().pack {
        let bytes = Filter::from_sources(&packs::sources(pack)).unwrap_or_else(|e| panic!("{}: {e}", pack.name)).to_bytes();
        group.bench_function(BenchmarkId::from_parameter(&pack.name), |b| {
            b.iter(|| Filter::from_bytes(black_box(&bytes)).unwrap_or_else(|e| panic!("{}: {e}", pack.name)));
        });
        group.bench_function(BenchmarkId::new("prepare", &pack.name), |b| {
            let fresh = || Filter::from_bytes(&bytes).unwrap_or_else(|e| panic!("{}: {e}", pack.name));
            b.iter_batched(fresh, |filter| filter.prepare(), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = load }
criterion_main!(benches);
