//! Many threads, one order. In: files. Out: what each batch of lines came to, in the order of the lines. Keeps: a bounded number of batches is under way,
//! however fast the reader and slow the writer. Must not know: rules, formats.

use crate::failure::Failure;
use crate::input::{Batch, read_batches};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Batches that wait before each worker, and after it.
const QUEUE: usize = 2;

/// The number of threads asked for, or that of the processors.
pub fn threads(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get).min(256)
}

/// Runs `work` on all batches, each worker with its own state made by `state`, and hands the results to `take` in order; stops at its first failure.
///
/// Batches go round: worker `n` gets every `threads`-th one through a queue of its own, so that taking from the workers in turn gives the order back.
pub fn run<S, R: Send>(
    files: &[PathBuf],
    threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &Batch) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    thread::scope(|scope| {
        let mut inboxes = Vec::with_capacity(threads);
        let mut outboxes = Vec::with_capacity(threads);
        for _ in 0..threads {
            let (to_worker, inbox) = sync_channel::<Batch>(QUEUE);
            let (outbox, from_worker) = sync_channel::<R>(QUEUE);
            inboxes.push(to_worker);
            outboxes.push(from_worker);
            let (state, work) = (&state, &work);
            scope.spawn(move || {
                let mut state = state();
                for batch in inbox {
                    if outbox.send(work(&mut state, &batch)).is_err() {
                        return;
                    }
                }
            });
        }
        let reader = scope.spawn(move || {
            let mut turn = inboxes.iter().cycle();
            read_batches(files, |batch| turn.next().is_some_and(|inbox| inbox.send(batch).is_ok()))
        });
        let mut taken = Ok(());
        for from_worker in outboxes.iter().cycle() {
            let Ok(result) = from_worker.recv() else { break };
            taken = take(result);
            if taken.is_err() {
                break;
            }
        }
        drop(outboxes);
        let read = reader.join().unwrap_or_else(|_| Err(Failure::Other("the reader stopped".to_owned())));
        taken.and(read)
    })
}
