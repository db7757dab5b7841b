//! Processes that decode, for all threads of the program: as many as pictures are decoded at a time, and started again
//! when one is lost.

use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use abox_media::{Ending, Limits, MediaError, Picture};

use crate::PATIENCE;
use crate::confinement::Confinement;
use crate::program::Program;
use crate::worker::Worker;

/// Decodes pictures in other processes. Each decodes one at a time; those without work wait for the next picture.
pub struct DecoderPool {
    program: Program,
    patience: Duration,
    idle: Mutex<Vec<Worker>>,
    kept: usize,
    closed: AtomicBool,
}

impl DecoderPool {
    /// A pool that will start `program`. Nothing is started yet.
    #[must_use]
    pub fn new(program: Program) -> Self {
        Self::with_patience(program, PATIENCE)
    }

    /// As [`DecoderPool::new`], with another limit of the time that a picture may take.
    #[must_use]
    pub fn with_patience(program: Program, patience: Duration) -> Self {
        let kept = available_parallelism().map_or(1, usize::from).min(8);
        DecoderPool { program, patience, idle: Mutex::default(), kept, closed: AtomicBool::new(false) }
    }

    /// Decodes an image as [`abox_media::decode`] does. Asks `stopped` now and then whether to go on. An image whose process
    /// was ended from outside is decoded once more: that was about the process and not about the image.
    ///
    /// # Errors
    /// Those of [`abox_media::decode`]; [`MediaError::Ended`] when the image brought its process down, or took too
    /// long, [`MediaError::Stopped`], [`MediaError::NoDecoder`].
    pub fn decode(
        &self,
        mut source: impl Read + Seek,
        limits: &Limits,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Picture, MediaError> {
        match self.decode_once(&mut source, limits, stopped) {
            Err(MediaError::Ended(Ending::Outside)) => self.decode_once(&mut source, limits, stopped),
            decoded => decoded,
        }
    }

    fn decode_once(
        &self,
        source: &mut (impl Read + Seek),
        limits: &Limits,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Picture, MediaError> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        limits.check_file(length)?;
        let unwanted = || self.closed.load(Ordering::Relaxed) || stopped();
        if unwanted() {
            return Err(MediaError::Stopped);
        }
        let worker = self.take()?;
        let (decoded, worker) = worker.decode(source, length, limits, self.patience, &unwanted);
        match worker {
            Some(worker) => self.keep(worker),
            // Another in its place, which is ready by the time that it is needed.
            None => self.warm_up(),
        }
        decoded
    }

    /// Starts a process unless one waits already, so that the first picture need not wait for it.
    pub fn warm_up(&self) {
        // Whoever decodes meets the same error, and tells it.
        if let Ok(worker) = self.take() {
            self.keep(worker);
        }
    }

    /// How a process that decodes is confined on this machine. Starts one if none waits.
    ///
    /// # Errors
    /// [`MediaError::NoDecoder`], [`MediaError::Stopped`].
    pub fn confinement(&self) -> Result<Confinement, MediaError> {
        let mut worker = self.take()?;
        let confinement = worker.ready(&|| self.closed.load(Ordering::Relaxed))?;
        self.keep(worker);
        Ok(confinement)
    }

    /// Ends all processes, those that are at work too, for instance when the application is locked. The pool decodes
    /// nothing afterwards.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        let ended = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        // Ending takes a moment; nobody needs to wait for the lock meanwhile.
        drop(ended);
    }

    fn take(&self) -> Result<Worker, MediaError> {
        loop {
            if self.closed.load(Ordering::Relaxed) {
                return Err(MediaError::Stopped);
            }
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match idle {
                Some(worker) if worker.is_alive() => return Ok(worker),
                Some(_) => {}
                None => return Worker::start(&self.program),
            }
        }
    }

    fn keep(&self, worker: Worker) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock, so that none is kept after `close` has emptied the list.
        if idle.len() < self.kept && !self.closed.load(Ordering::Relaxed) {
            idle.push(worker);
        }
    }
}
