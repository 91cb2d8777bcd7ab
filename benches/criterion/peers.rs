//! The peers beside sidestep on ordinary chat, with the words of the shipped packs and with 5,000 pseudo-words. A wrong count stops the bench.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sidestep::scan::Filter;
use sidestep_bench::definitions::{Definitions, Expected};
use sidestep_bench::{corpus, engines, measure, packs};
use std::hint::black_box;

fn peers(c: &mut Criterion) {
    let (definitions, expected) = (Definitions::read(), Expected::read());
    for name in ["shipped", "terms-5k"] {
        let pack = definitions.pack(name);
        let filter = Filter::from_sources(&packs::sources(pack)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let messages = corpus::messages(definitions.text("clean-80"), &[]);
        let mut group = c.benchmark_group(format!("peers/{name}"));
        group.throughput(Throughput::Elements(messages.len() as u64));
        for engine in &mut engines::all(&filter, &packs::terms(pack), true) {
            let flagged = measure::count(&mut **engine, &messages);
            assert_eq!(Some(flagged), expected.get(name, "clean-80", engine.name()), "{name} {}: the time would be void", engine.name());
            group.bench_function(BenchmarkId::from_parameter(engine.name()), |b| {
                b.iter(|| black_box(measure::count(&mut **engine, black_box(&messages))));
            });
        }
        group.finish();
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = peers }
criterion_main!(benches);
