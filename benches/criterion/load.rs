//! From source files to a filter that is ready.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
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
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = load }
criterion_main!(benches);
