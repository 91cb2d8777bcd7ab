//! Packs swapped, good and bad, under scanners at work: with 50,000 messages each time, with a million by
//! `cargo test --release --test it -- --ignored a_million_messages`.

use sidestep::pack::SourceFile;
use sidestep::reload::SharedFilter;
use sidestep::verdict::PackRef;
use sidestep::{Action, Filter, LoadError, Verdict};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// The words that some pack flags; pack n flags the n-th and no other.
const WORDS: [&str; 6] = ["telegram", "whatsapp", "signal", "viber", "wickr", "threema"];

fn pack(n: usize) -> [SourceFile; 1] {
    let (word, weight) = (WORDS[n], n + 2);
    let text = format!(
        "[pack]\nid = 'p{n}'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'app.n{n}'\ncategory = 'apps'\nweight = {weight}\nterms = ['{word} | fuzzy=1']\n"
    );
    [SourceFile::new("p.toml", text)]
}

fn load(n: usize) -> Result<Filter, LoadError> {
    Filter::from_sources(&pack(n))
}

/// A pack with a fault, another one each time.
fn load_bad(n: usize) -> Result<Filter, LoadError> {
    let faults =
        ["", "[pack", "[pack]\nid = 'p'\nversion = '1'\nengine = '>=99'\n", "\u{FEFF}x = [[[", "[[rule]]\nid = 'app.x'\nregex = '('\n"];
    Filter::from_sources(&[SourceFile::new("p.toml", faults[n % faults.len()])])
}

/// Whether a verdict on the words together is the whole verdict of the one pack that it names.
fn is_of_one_pack(verdict: &Verdict, hashes: &BTreeMap<String, usize>) -> bool {
    let [named] = &verdict.packs[..] else { return false };
    let [found] = &verdict.findings[..] else { return false };
    let Some(&n) = hashes.get(&named.hash) else { return false };
    named.id == format!("p{n}") && found.rule == format!("app.n{n}") && found.matched == WORDS[n] && verdict.score == (n + 2) as f64
}

#[test]
fn messages_are_judged_by_one_pack_each_while_packs_are_swapped() {
    judge_while_packs_are_swapped(50_000, 60);
}

#[test]
#[ignore = "a minute, optimized"]
fn a_million_messages_are_judged_by_one_pack_each_while_packs_are_swapped() {
    judge_while_packs_are_swapped(1_000_000, 400);
}

/// Tells whether programs still live: the list of packs is dropped with its program, and a verdict shares it.
#[derive(Default)]
struct Living(Vec<Weak<[PackRef]>>);

impl Living {
    fn add(&mut self, filter: &Filter) {
        self.0.push(Arc::downgrade(&filter.scanner().scan("").packs));
    }

    fn count(&mut self) -> usize {
        self.0.retain(|packs| packs.strong_count() > 0);
        self.0.len()
    }
}

fn judge_while_packs_are_swapped(messages: usize, at_least: usize) {
    let threads = 4;
    let mut most_living = 0;
    let hashes: BTreeMap<String, usize> = (0..WORDS.len()).map(|n| (load(n).unwrap().packs()[0].hash.clone(), n)).collect();
    assert_eq!(hashes.len(), WORDS.len(), "each pack has a hash of its own");
    let shared = SharedFilter::new(load(0).unwrap());
    let message = format!("on {}", WORDS.join(", "));
    let (judged, swaps, stop) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let seen = Mutex::new(BTreeMap::<String, usize>::new());
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (mut n, mut living) = (0, Living::default());
            while !stop.load(Ordering::Relaxed) || n < at_least {
                n += 1;
                assert!(shared.reload(|| load(n % WORDS.len())).is_ok());
                let (before, generation) = (shared.filter().packs()[0].hash.clone(), shared.generation());
                assert!(shared.reload(|| load_bad(n)).is_err(), "a bad pack is refused");
                assert_eq!((shared.filter().packs()[0].hash.clone(), shared.generation()), (before, generation), "and changes nothing");
                swaps.store(n, Ordering::Relaxed);
                living.add(&shared.filter());
                most_living = most_living.max(living.count());
            }
            living
        });
        let readers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut scanner = shared.scanner();
                    let mut own = BTreeMap::<String, usize>::new();
                    for _ in 0..messages / threads {
                        shared.refresh(&mut scanner);
                        let verdict = scanner.scan(&message);
                        assert!(verdict.action > Action::Allow && is_of_one_pack(&verdict, &hashes), "torn: {verdict:?}");
                        *own.entry(verdict.packs[0].hash.clone()).or_default() += 1;
                        judged.fetch_add(1, Ordering::Relaxed);
                    }
                    let mut seen = seen.lock().unwrap();
                    own.into_iter().for_each(|(hash, n)| *seen.entry(hash).or_default() += n);
                })
            })
            .collect();
        readers.into_iter().for_each(|r| r.join().unwrap());
        stop.store(true, Ordering::Relaxed);
        let mut living = writer.join().unwrap();
        assert_eq!(living.count(), 1, "all programs but the one of now are freed");
    });
    // Each reader holds one program, and for a moment the list of the verdict before it.
    assert!(most_living <= 2 * threads + 1, "{most_living} programs at once");
    let (swaps, seen) = (swaps.into_inner(), seen.into_inner().unwrap());
    println!("{messages} messages, {swaps} swaps and as many refusals, {} packs, at most {most_living} programs at once", seen.len());
    assert_eq!(judged.load(Ordering::Relaxed), messages / threads * threads, "no message is lost");
    assert_eq!(seen.values().sum::<usize>(), messages / threads * threads);
    assert!(seen.len() > 1, "more than one pack had a say");
    assert!(swaps >= at_least);
}

/// The list of packs is part of the program and is dropped with it; a verdict shares it, so `Weak` tells whether a program still lives.
#[test]
fn programs_that_were_replaced_are_freed() {
    let shared = SharedFilter::new(load(0).unwrap());
    let mut scanner = shared.scanner();
    let mut old = Vec::new();
    for n in 1..50 {
        old.push(Arc::downgrade(&scanner.scan("hello").packs));
        shared.reload(|| load(n % WORDS.len())).unwrap();
        assert!(old.last().unwrap().upgrade().is_some(), "a scanner keeps its program until it is told of the new one");
        shared.refresh(&mut scanner);
        assert!(old.iter().all(|w| w.upgrade().is_none()), "programs that nobody uses are freed");
    }
    // A verdict that is kept keeps the list of packs, not more.
    let verdict = scanner.scan("hello");
    let kept = Arc::downgrade(&verdict.packs);
    drop((scanner, shared));
    assert!(kept.upgrade().is_some());
    drop(verdict);
    assert!(kept.upgrade().is_none());
}
