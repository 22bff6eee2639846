//! Work that is split into parts, on several threads, with one outcome whatever their number. 多线程

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::QueryError;

/// Does parts `0..work` on up to `threads` threads, each with a state of its own, and gives the states back.
///
/// Parts are handed out in ascending order and a failure stops the handing out, so the failure of the lowest part is the
/// one that is reported, as if there were one thread. Setting `stop` ends early without failure.
pub(crate) fn on_threads<S: Send>(
    work: usize,
    threads: usize,
    stop: &AtomicBool,
    make: impl Fn() -> S + Sync,
    step: impl Fn(&mut S, usize) -> Result<(), QueryError> + Sync,
) -> Result<Vec<S>, QueryError> {
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<(usize, QueryError)>> = Mutex::new(None);
    let run = || {
        let mut state = make();
        while !stop.load(Ordering::Relaxed) {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= work {
                break;
            }
            if let Err(error) = step(&mut state, part) {
                let mut held = failure.lock().unwrap_or_else(PoisonError::into_inner);
                if held.as_ref().is_none_or(|(lowest, _)| part < *lowest) {
                    *held = Some((part, error));
                }
                stop.store(true, Ordering::Relaxed);
            }
        }
        state
    };
    let threads = threads.min(work).max(1);
    let states = if threads == 1 {
        vec![run()]
    } else {
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
            let join = |handle: std::thread::ScopedJoinHandle<'_, S>| {
                handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            handles.into_iter().map(join).collect()
        })
    };
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((_, error)) => Err(error),
        None => Ok(states),
    }
}

/// What each part gives, in the order of the parts.
pub(crate) fn each<T: Send>(
    work: usize,
    threads: usize,
    one: impl Fn(usize) -> Result<T, QueryError> + Sync,
) -> Result<Vec<T>, QueryError> {
    let stop = AtomicBool::new(false);
    let states = on_threads(work, threads, &stop, Vec::new, |held: &mut Vec<(usize, T)>, part| {
        held.push((part, one(part)?));
        Ok(())
    })?;
    let mut all: Vec<(usize, T)> = states.into_iter().flatten().collect();
    all.sort_by_key(|(part, _)| *part);
    Ok(all.into_iter().map(|(_, made)| made).collect())
}
