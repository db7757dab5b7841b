//! Ends a process that takes too long, or whose work nobody wants any more, while another thread talks to it. The talk
//! then ends by itself, for the pipes are cut.

use std::process::Child;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks whether the work is still wanted.
const TICK: Duration = Duration::from_millis(20);

/// Why a process was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It took too long.
    Late,
    /// It is not wanted any more.
    Unwanted,
}

/// Runs `talk`, and ends `process` after `patience` or once `unwanted` says so. `None` if no thread is to be had.
pub(crate) fn watch<T>(
    process: &Mutex<Child>,
    patience: Duration,
    unwanted: &(dyn Fn() -> bool + Sync),
    talk: impl FnOnce() -> T,
) -> Option<(T, Option<Stop>)> {
    let end = Instant::now() + patience;
    let (over, is_over) = channel::<()>();
    thread::scope(|scope| {
        let watcher = thread::Builder::new().spawn_scoped(scope, move || {
            loop {
                let stop = match is_over.recv_timeout(TICK) {
                    Err(RecvTimeoutError::Timeout) if unwanted() => Stop::Unwanted,
                    Err(RecvTimeoutError::Timeout) if Instant::now() >= end => Stop::Late,
                    Err(RecvTimeoutError::Timeout) => continue,
                    _ => return None,
                };
                // A process that cannot be ended has ended.
                let _ = process.lock().unwrap_or_else(PoisonError::into_inner).kill();
                return Some(stop);
            }
        });
        let watcher = watcher.ok()?;
        let outcome = talk();
        drop(over);
        Some((outcome, watcher.join().unwrap_or(None)))
    })
}
