//! Times engines on messages, all of them in turn, round after round, so that whatever else the machine does hits each alike.

use crate::engines::Engine;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Nanoseconds for one message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// Whole passes over the text, divided by its messages; median of the rounds.
    pub mean: f64,
    /// Over messages, each the median of its rounds.
    pub p50: f64,
    /// As `p50`.
    pub p99: f64,
    /// As `p50`.
    pub max: f64,
}

/// A pass over the text shorter than this is repeated within its round.
const SHORTEST_PASS: Duration = Duration::from_millis(1);

/// How many messages an engine flags.
pub fn count(engine: &mut dyn Engine, messages: &[String]) -> usize {
    messages.iter().filter(|m| engine.flags(m)).count()
}

/// Times each engine over `rounds` rounds.
pub fn interleaved(engines: &mut [Box<dyn Engine>], messages: &[String], rounds: usize) -> Vec<Times> {
    let clock = clock_cost();
    let mut passes = vec![Vec::with_capacity(rounds); engines.len()];
    let mut singles = vec![vec![Vec::with_capacity(rounds); messages.len()]; engines.len()];
    for _ in 0..rounds {
        for (number, engine) in engines.iter_mut().enumerate() {
            passes[number].push(pass(&mut **engine, messages));
            for (message, times) in messages.iter().zip(&mut singles[number]) {
                let start = Instant::now();
                black_box(engine.flags(black_box(message)));
                times.push((start.elapsed().as_nanos() as f64 - clock).max(0.0));
            }
        }
    }
    let summary = |(pass, single): (&mut Vec<f64>, Vec<Vec<f64>>)| {
        let mut each: Vec<f64> = single.into_iter().map(|mut times| median(&mut times)).collect();
        each.sort_by(f64::total_cmp);
        Times { mean: median(pass), p50: quantile(&each, 0.5), p99: quantile(&each, 0.99), max: quantile(&each, 1.0) }
    };
    passes.iter_mut().zip(singles).map(summary).collect()
}

/// Nanoseconds a message over one pass.
fn pass(engine: &mut dyn Engine, messages: &[String]) -> f64 {
    let start = Instant::now();
    let mut runs = 0;
    while runs == 0 || start.elapsed() < SHORTEST_PASS {
        for message in messages {
            black_box(engine.flags(black_box(message)));
        }
        runs += 1;
    }
    start.elapsed().as_nanos() as f64 / (runs * messages.len()) as f64
}

/// What reading the clock twice costs by itself.
fn clock_cost() -> f64 {
    let mut times: Vec<f64> = (0..2001).map(|_| Instant::now().elapsed().as_nanos() as f64).collect();
    median(&mut times)
}

/// The middle one; zero of none.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(values, 0.5)
}

fn quantile(sorted: &[f64], at: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * at).round() as usize).copied().unwrap_or(0.0)
}
