//! sidestep on each text, with each pack that the text is meant for. A wrong count of flagged messages stops the bench.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sidestep::scan::Filter;
use sidestep_bench::definitions::{Definitions, Expected};
use sidestep_bench::engines::{Engine, Sidestep};
use sidestep_bench::{corpus, measure, packs};
use std::hint::black_box;

fn scan(c: &mut Criterion) {
    let (definitions, expected) = (Definitions::read(), Expected::read());
    for pack in &definitions.pack {
        let filter = Filter::from_sources(&packs::sources(pack)).unwrap_or_else(|e| panic!("{}: {e}", pack.name));
        let words = packs::terms(pack);
        let mut group = c.benchmark_group(&pack.name);
        for text in &definitions.text {
            let mut engine = Sidestep::new(&filter);
            let Some(flagged) = expected.get(&pack.name, &text.name, engine.name()) else { continue };
            let messages = corpus::messages(text, &words);
            assert_eq!(measure::count(&mut engine, &messages), flagged, "{} {}: the time would be void", pack.name, text.name);
            group.throughput(Throughput::Bytes(messages.iter().map(|m| m.len() as u64).sum()));
            group.bench_function(BenchmarkId::from_parameter(&text.name), |b| {
                b.iter(|| black_box(measure::count(&mut engine, black_box(&messages))));
            });
        }
        group.finish();
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = scan }
criterion_main!(benches);
