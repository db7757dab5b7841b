//! Long work: how it reports progress and how it is stopped.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::contract::{ErrorCode, Failure, TaskNumber};

/// Asks long work to stop. Clones ask the same work.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to stop at its next safe point.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What long work is given: where to report, and whether to stop.
pub struct Progress<'a> {
    report: &'a (dyn Fn(u64, Option<u64>) + Sync),
    last: Mutex<Option<(u64, Option<u64>)>>,
    cancel: Cancel,
}

impl<'a> Progress<'a> {
    /// Progress that is told to `report` as (done, total), in files or bytes as the work has it.
    pub fn new(report: &'a (dyn Fn(u64, Option<u64>) + Sync), cancel: Cancel) -> Self {
        Self { report, last: Mutex::default(), cancel }
    }

    /// Work that nobody watches and nobody stops.
    #[must_use]
    pub fn unwatched() -> Progress<'static> {
        Self::unwatched_until(Cancel::default())
    }

    /// Work that nobody watches.
    #[must_use]
    pub(crate) fn unwatched_until(cancel: Cancel) -> Progress<'static> {
        Progress { report: &|_, _| {}, last: Mutex::default(), cancel }
    }

    /// Tells how far the work is.
    ///
    /// # Errors
    /// [`ErrorCode::Cancelled`] when it should stop; the work then leaves things as they were and returns the error.
    pub fn step(&self, done: u64, total: Option<u64>) -> Result<(), Failure> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((done, total));
        (self.report)(done, total);
        self.check()
    }

    /// Tells again how far the work is, while it waits: whoever shows only some of the steps then shows the newest.
    ///
    /// # Errors
    /// As [`Progress::step`].
    pub fn wait(&self) -> Result<(), Failure> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((done, total)) = last {
            (self.report)(done, total);
        }
        self.check()
    }

    /// Whether somebody asked the work to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// [`ErrorCode::Cancelled`].
    pub fn check(&self) -> Result<(), Failure> {
        if self.is_cancelled() {
            Err(Failure::new(ErrorCode::Cancelled, "Cancelled. Nothing was lost; it can be started again."))
        } else {
            Ok(())
        }
    }
}

/// The tasks that the window has started.
#[derive(Default)]
pub(crate) struct Tasks {
    last: AtomicU32,
    running: Mutex<BTreeMap<TaskNumber, Cancel>>,
}

impl Tasks {
    pub(crate) fn start(&self) -> (TaskNumber, Cancel) {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let cancel = Cancel::default();
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(number, cancel.clone());
        (number, cancel)
    }

    pub(crate) fn end(&self, task: TaskNumber) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&task);
    }

    pub(crate) fn any(&self) -> bool {
        !self.running.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    pub(crate) fn cancel(&self, task: TaskNumber) {
        if let Some(cancel) = self.running.lock().unwrap_or_else(PoisonError::into_inner).get(&task) {
            cancel.cancel();
        }
    }

    pub(crate) fn cancel_all(&self) {
        for cancel in self.running.lock().unwrap_or_else(PoisonError::into_inner).values() {
            cancel.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelled_work_is_told_at_its_next_step() {
        let tasks = Tasks::default();
        let (number, cancel) = tasks.start();
        let seen = Mutex::new(Vec::new());
        let report = |done, total| seen.lock().unwrap().push((done, total));
        let progress = Progress::new(&report, cancel);
        assert!(progress.step(1, Some(2)).is_ok());
        tasks.cancel(number);
        assert_eq!(progress.step(2, Some(2)).map_err(|f| f.code), Err(ErrorCode::Cancelled));
        assert_eq!(*seen.lock().unwrap(), [(1, Some(2)), (2, Some(2))]);
    }

    #[test]
    fn work_that_waits_tells_again_how_far_it_is_and_can_be_cancelled() {
        let seen = Mutex::new(Vec::new());
        let report = |done, total| seen.lock().unwrap().push((done, total));
        let cancel = Cancel::default();
        let progress = Progress::new(&report, cancel.clone());
        assert!(progress.wait().is_ok());
        assert!(progress.step(1, Some(2)).is_ok() && progress.wait().is_ok());
        cancel.cancel();
        assert_eq!(progress.wait().map_err(|f| f.code), Err(ErrorCode::Cancelled));
        assert_eq!(*seen.lock().unwrap(), [(1, Some(2)); 3]);
    }
}
