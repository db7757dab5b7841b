//! One process that decodes, seen from the program that started it.

use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use abox_media::{Ending, Limits, MediaError, Picture};

use crate::confinement::Confinement;
use crate::program::Program;
use crate::protocol::{Request, read_answer, read_greeting};
use crate::watch::{Stop, watch};
use crate::wiped::Wiped;
use crate::{BUSY_PER_PROCESS, PICTURES_PER_PROCESS, ending};

/// How long a program may take to start, confine itself and say so.
const PATIENCE_AT_START: Duration = Duration::from_secs(20);
/// How long a process whose pipes are cut may take to be gone.
const PATIENCE_AT_END: Duration = Duration::from_millis(200);
/// How much of a file is in memory here at a time.
const PIECE: usize = 256 << 10;

/// A running process. It ends with this value.
pub(crate) struct Worker {
    process: Mutex<Child>,
    pipes: Pipes,
    confinement: Option<Confinement>,
    pictures: u32,
    busy: Duration,
}

struct Pipes {
    to: ChildStdin,
    from: ChildStdout,
}

/// Why there is no answer.
enum Fault {
    /// The file could not be read.
    Source(io::Error),
    /// The process is gone, or says what is no answer.
    Lost,
}

impl Worker {
    /// Starts a process, and does not wait until it is ready.
    pub(crate) fn start(program: &Program) -> Result<Self, MediaError> {
        let mut process = program.start().map_err(|_| MediaError::NoDecoder)?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let Some((to, from)) = pipes else { return Err(MediaError::NoDecoder) };
        widen(&to);
        widen(&from);
        Ok(Worker {
            process: Mutex::new(process),
            pipes: Pipes { to, from },
            confinement: None,
            pictures: 0,
            busy: Duration::ZERO,
        })
    }

    /// Waits until the process is ready. Answers how it is confined.
    pub(crate) fn ready(&mut self, unwanted: &(dyn Fn() -> bool + Sync)) -> Result<Confinement, MediaError> {
        if let Some(confinement) = self.confinement {
            return Ok(confinement);
        }
        let Worker { process, pipes, .. } = self;
        let greeting = watch(process, PATIENCE_AT_START, unwanted, || read_greeting(&mut pipes.from));
        match greeting {
            Some((Ok(confinement), None)) => {
                self.confinement = Some(confinement);
                Ok(confinement)
            }
            Some((_, Some(Stop::Unwanted))) => Err(MediaError::Stopped),
            _ => Err(MediaError::NoDecoder),
        }
    }

    /// Decodes the `length` bytes of `source`. Together with the outcome comes this worker if it can decode another.
    pub(crate) fn decode(
        mut self,
        source: &mut impl Read,
        length: u64,
        limits: &Limits,
        patience: Duration,
        unwanted: &(dyn Fn() -> bool + Sync),
    ) -> (Result<Picture, MediaError>, Option<Worker>) {
        if let Err(error) = self.ready(unwanted) {
            return (Err(error), None);
        }
        let start = Instant::now();
        let Worker { process, pipes, .. } = &mut self;
        let Some(talk) = watch(process, patience, unwanted, || pipes.ask(source, length, limits)) else {
            return (Err(MediaError::NoDecoder), None);
        };
        match talk {
            (Ok(answer), stop) => {
                self.pictures += 1;
                self.busy += start.elapsed();
                let worn =
                    stop.is_some() || self.pictures >= PICTURES_PER_PROCESS || self.busy >= BUSY_PER_PROCESS;
                (answer, (!worn).then_some(self))
            }
            (Err(_), Some(Stop::Late)) => (Err(MediaError::Ended(Ending::Time)), None),
            (Err(_), Some(Stop::Unwanted)) => (Err(MediaError::Stopped), None),
            (Err(Fault::Source(error)), None) => (Err(error.into()), None),
            (Err(Fault::Lost), None) => (Err(MediaError::Ended(self.ending())), None),
        }
    }

    /// Whether the process is there. One that waits for work can be ended from outside, which is no picture's fault.
    pub(crate) fn is_alive(&self) -> bool {
        matches!(self.process.lock().unwrap_or_else(PoisonError::into_inner).try_wait(), Ok(None))
    }

    /// How the process ended, or what it is ended for.
    fn ending(&mut self) -> Ending {
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        let ended_by_itself = ends_by_itself(process);
        // For one that lives and answers nonsense.
        let _ = process.kill();
        let status = process.wait();
        if ended_by_itself { status.map_or(Ending::Crash, ending::of) } else { Ending::Crash }
    }
}

impl Pipes {
    fn ask(
        &mut self,
        source: &mut impl Read,
        length: u64,
        limits: &Limits,
    ) -> Result<Result<Picture, MediaError>, Fault> {
        let lost = |_: io::Error| Fault::Lost;
        Request { length, limits: *limits }.write(&mut self.to).map_err(lost)?;
        let mut piece = Wiped::zeros(PIECE.min(usize::try_from(length).unwrap_or(PIECE)));
        let mut left = length;
        while left > 0 {
            let most = usize::try_from(left).map_or(piece.len(), |left| left.min(piece.len()));
            let read = match source.read(&mut piece[..most]) {
                Ok(0) => return Err(Fault::Source(ErrorKind::UnexpectedEof.into())),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Fault::Source(error)),
            };
            self.to.write_all(&piece[..read]).map_err(lost)?;
            left -= read as u64;
        }
        self.to.flush().map_err(lost)?;
        read_answer(&mut self.from, limits).map_err(lost)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        // One that cannot be ended has ended.
        let _ = process.kill();
        let _ = process.wait();
    }
}

/// Whether a process whose pipes are cut has ended, or does so in a moment: its pipes are closed a little earlier.
fn ends_by_itself(process: &mut Child) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE_AT_END {
        if !matches!(process.try_wait(), Ok(None)) {
            return true;
        }
        thread::sleep(Duration::from_millis(1));
    }
    false
}

/// A pipe of a megabyte instead of 64 KiB: the two processes wait for each other less often.
#[cfg(target_os = "linux")]
fn widen(pipe: impl std::os::fd::AsFd) {
    // It works without, only slower.
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20);
}

#[cfg(not(target_os = "linux"))]
fn widen<T>(_: &T) {}
