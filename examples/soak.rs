//! A server's weeks in minutes: threads judge generated chat while packs are reloaded, good and bad, and every minute's memory and latency are printed.
//! `cargo run --release --example soak [seconds [threads]]`; ten minutes and one thread if not told otherwise.
//!
//! Memory and p99 must stay flat: the last lines hold the last two minutes against the two after the first, which warms up, and the exit status is 1 where
//! memory grew by more than a tenth or p99 by more than half. A message's time is what its thread spent on a processor. On a busy machine that
//! grows too, for caches are shared: so it is told beside the time of a task that never changes, the sorting of some numbers, and p99 is held against that.

use sidestep::pack::{SourceFile, builtin_sources};
use sidestep::reload::SharedFilter;
use sidestep::{Filter, LoadError};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Share by which memory may grow, and p99.
const MEMORY_GROWTH: f64 = 1.1;
const LATENCY_GROWTH: f64 = 1.5;

/// Pieces that messages are put together from: talk, deals, disguises, identifiers, noise.
const PIECES: &[&str] = &[
    "hey",
    "are you coming",
    "to the park later",
    "lol",
    "the food was great",
    "see you at",
    "tomorrow",
    "how much",
    "is it still available",
    "ok thanks",
    "привет",
    "как дела",
    "你好",
    "明天见",
    "gracias",
    "até logo",
    "😂😂",
    "🍕",
    "https://example.com/a?b=c",
    "lily@example.com",
    "555-0199",
    "2 for 20",
    "add me on",
    "wh4ts@pp",
    "t e l e g r a m",
    "tеlegram",
    "加我微信",
    "per gram",
    "sn0w",
    "no whatsapp please",
    "$$$",
    "|||",
    "a.b.c.d",
    "&#116;",
    "x",
    "\u{200B}",
];

/// A small generator of numbers (xorshift): the run is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn message(&mut self, out: &mut String) {
        out.clear();
        for _ in 0..1 + self.below(14) {
            if let Some(piece) = PIECES.get(self.below(PIECES.len())) {
                out.push_str(piece);
                out.push(if self.below(9) == 0 { '\n' } else { ' ' });
            }
        }
        if self.below(2000) == 0 {
            let long = out.repeat(300);
            out.push_str(&long);
        }
    }
}

/// The shipped packs and one more that changes from reload to reload; each fourth is broken.
fn load(turn: u64) -> Result<Filter, LoadError> {
    let mut files = builtin_sources().to_vec();
    let engine = if turn % 4 == 3 { ">=99" } else { ">=0.1" };
    files.push(SourceFile::new(
        "soak.toml",
        format!("[pack]\nid = 'soak'\nversion = '{turn}'\nengine = '{engine}'\n[[rule]]\nid = 'soak.turn'\ncategory = 'soak'\nweight = 1\nterms = ['soak{turn}']\n"),
    ));
    Filter::from_sources(&files)
}

/// Resident memory in MiB, as Linux tells it.
fn resident() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages: f64 = pages.and_then(|s| s.split(' ').nth(1).and_then(|p| p.parse().ok())).unwrap_or(f64::NAN);
    pages * 4096.0 / 1_048_576.0
}

/// Time that this thread has spent on a processor.
#[cfg(unix)]
fn own_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// Time that has passed: other systems are taken to be idle.
#[cfg(not(unix))]
fn own_time() -> Duration {
    static BEGUN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    BEGUN.elapsed()
}

/// Latencies by size: bucket n counts those of 2^(n/8) to 2^((n+1)/8) nanoseconds, so that a minute of them takes no memory that grows.
#[derive(Clone)]
struct Latencies([u64; 320]);

impl Latencies {
    const NONE: Self = Self([0; 320]);

    fn add(&mut self, nanoseconds: u64) {
        let bucket = ((nanoseconds.max(1) as f64).log2() * 8.0) as usize;
        if let Some(count) = self.0.get_mut(bucket) {
            *count += 1;
        }
    }

    /// Takes all from another.
    fn take(&mut self, from: &mut Self) {
        self.0.iter_mut().zip(&mut from.0).for_each(|(all, own)| *all += std::mem::take(own));
    }

    /// Microseconds under which this share of the messages was judged.
    fn quantile(&self, share: f64) -> f64 {
        let wanted = (self.0.iter().sum::<u64>() as f64 * share) as u64;
        let mut seen = 0;
        let bucket = self.0.iter().position(|count| {
            seen += count;
            seen > wanted
        });
        2f64.powf((bucket.unwrap_or(0) + 1) as f64 / 8.0) / 1000.0
    }
}

/// The task that never changes, some sixty microseconds: sorts the same numbers.
fn yardstick(room: &mut Vec<usize>) -> u64 {
    let mut numbers = Numbers(1);
    room.clear();
    room.extend((0..2000).map(|_| numbers.below(usize::MAX)));
    let started = own_time();
    std::hint::black_box(&mut *room).sort_unstable();
    (own_time() - started).as_nanos() as u64
}

/// What was measured: messages, and the yardstick between them.
#[derive(Clone)]
struct Times {
    messages: Latencies,
    yardstick: Latencies,
}

impl Times {
    const NONE: Self = Self { messages: Latencies::NONE, yardstick: Latencies::NONE };

    fn take(&mut self, from: &mut Self) {
        self.messages.take(&mut from.messages);
        self.yardstick.take(&mut from.yardstick);
    }

    /// How many times as long as the yardstick's median the slowest message of a hundred took.
    fn p99(&self) -> f64 {
        self.messages.quantile(0.99) / self.yardstick.quantile(0.5)
    }
}

/// What was seen in a minute, or some: memory in MiB at the end, and times.
#[derive(Clone)]
struct Course {
    resident: f64,
    times: Times,
}

impl Course {
    /// Several minutes taken together, with the most memory of any.
    fn of(minutes: &[Self]) -> Self {
        let mut all = Self { resident: 0.0, times: Times::NONE };
        for minute in minutes {
            all.resident = all.resident.max(minute.resident);
            all.times.take(&mut minute.times.clone());
        }
        all
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(600), |s| s.parse())?;
    let threads: u64 = arguments.next().map_or(Ok(1), |s| s.parse())?;
    let shared = SharedFilter::new(load(0)?);
    let (stop, judged, flagged) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let times = Mutex::new(Times::NONE);
    let (begun, mut course) = (resident(), Vec::new());
    println!("minute  judged/s  flagged  reloads  refused  resident MiB  p50 µs  p99 µs  p99.9 µs  yardstick µs");
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (shared, stop, judged, flagged, times) = (&shared, &stop, &judged, &flagged, &times);
            scope.spawn(move || {
                let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15 ^ (thread + 1));
                let (mut scanner, mut message) = (shared.scanner(), String::new());
                let (mut own, mut room) = (Times::NONE, Vec::new());
                while !stop.load(Ordering::Relaxed) {
                    for _ in 0..1000 {
                        numbers.message(&mut message);
                        shared.refresh(&mut scanner);
                        let started = own_time();
                        let verdict = scanner.scan(&message);
                        own.messages.add((own_time() - started).as_nanos() as u64);
                        flagged.fetch_add(u64::from(verdict.is_flagged()), Ordering::Relaxed);
                        if numbers.below(20) == 0 {
                            own.yardstick.add(yardstick(&mut room));
                        }
                    }
                    judged.fetch_add(1000, Ordering::Relaxed);
                    if let Ok(mut all) = times.lock() {
                        all.take(&mut own);
                    }
                }
            });
        }
        let (started, mut reloads, mut refused) = (Instant::now(), 0, 0);
        let minutes = seconds.div_ceil(60);
        for minute in 1..=minutes {
            let until = started + Duration::from_secs((60 * minute).min(seconds));
            let (before, began) = (judged.load(Ordering::Relaxed), Instant::now());
            while Instant::now() < until {
                match shared.reload(|| load(reloads + refused + 1)) {
                    Ok(()) => reloads += 1,
                    Err(_) => refused += 1,
                }
                std::thread::sleep(Duration::from_secs(1).min(until.saturating_duration_since(Instant::now())));
            }
            let rate = (judged.load(Ordering::Relaxed) - before) as f64 / began.elapsed().as_secs_f64();
            let share = flagged.load(Ordering::Relaxed) as f64 / judged.load(Ordering::Relaxed).max(1) as f64;
            let mut minutes = Times::NONE;
            if let Ok(mut all) = times.lock() {
                minutes.take(&mut all);
            }
            let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|q| minutes.messages.quantile(q));
            let yardstick = minutes.yardstick.quantile(0.5);
            let share = 100.0 * share;
            let resident = resident();
            println!(
                "{minute:6} {rate:9.0} {share:7.1}% {reloads:8} {refused:8} {resident:13.1} {p50:7.1} {p99:7.1} {p999:9.1} {yardstick:13.1}"
            );
            course.push(Course { resident, times: minutes });
        }
        stop.store(true, Ordering::Relaxed);
    });
    // The first minute warms up: buffers grow to the longest message, the allocator to two programs at once.
    let warm = Course::of(course.get(1..course.len().min(3)).unwrap_or(&course));
    let end = Course::of(course.get(course.len().saturating_sub(2)..).unwrap_or(&course));
    println!("memory {begun:.1} MiB at the start, {:.1} warm, {:.1} at the end", warm.resident, end.resident);
    let [warm50, warm99, end50, end99] =
        [(&warm, 0.5), (&warm, 0.99), (&end, 0.5), (&end, 0.99)].map(|(course, share)| course.times.messages.quantile(share));
    println!("p50 {warm50:.1} µs warm, {end50:.1} at the end; p99 {warm99:.1} µs warm, {end99:.1} at the end");
    let (warm_p99, end_p99) = (warm.times.p99(), end.times.p99());
    println!("p99 beside the yardstick: {warm_p99:.1} times warm, {end_p99:.1} at the end");
    if end.resident > warm.resident * MEMORY_GROWTH {
        return Err("memory grew".into());
    }
    if end_p99 > warm_p99 * LATENCY_GROWTH {
        return Err("p99 grew".into());
    }
    Ok(())
}
