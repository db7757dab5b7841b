//! The thread that seals and digests the buffers of one large object, in order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::{Builder, JoinHandle};

use abox_attest::ObjectHasher;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::chunk::Chunks;
use crate::sealer::ended;

/// Buffers that wait for the worker before it is behind.
const WAITING: usize = 2;
/// Buffers that were pushed and not taken back yet.
const IN_FLIGHT: usize = 4;

/// Takes full buffers and gives them back, sealed and digested, in the same order.
pub(crate) struct Worker {
    chunks: Arc<Chunks>,
    to: SyncSender<Batch>,
    from: Receiver<Result<Vec<u8>, VaultError>>,
    in_flight: usize,
    thread: JoinHandle<Box<ObjectHasher>>,
}

/// One buffer.
enum Batch {
    /// To be sealed, the first chunk under this number.
    Plain(u64, Zeroizing<Vec<u8>>),
    Sealed(Vec<u8>),
}

impl Batch {
    fn sealed(self, chunks: &Chunks) -> Result<Vec<u8>, VaultError> {
        match self {
            Self::Plain(first, buffer) => chunks.seal_run(first, buffer),
            Self::Sealed(buffer) => Ok(buffer),
        }
    }
}

impl Worker {
    pub(crate) fn start(chunks: Arc<Chunks>, mut hasher: Box<ObjectHasher>) -> Result<Self, VaultError> {
        let (to, work) = sync_channel::<Batch>(WAITING);
        let (done, from) = sync_channel(IN_FLIGHT);
        let own = Arc::clone(&chunks);
        let thread = Builder::new().name("seal".to_owned()).spawn(move || {
            for batch in work {
                let sealed = batch.sealed(&own).inspect(|sealed| hasher.update(sealed));
                let failed = sealed.is_err();
                if done.send(sealed).is_err() || failed {
                    break;
                }
            }
            hasher
        })?;
        Ok(Self { chunks, to, from, in_flight: 0, thread })
    }

    /// Gives it a buffer whose first chunk has the number `first`. If it is behind, this thread does the sealing.
    pub(crate) fn push(&mut self, first: u64, buffer: Zeroizing<Vec<u8>>) -> Result<(), VaultError> {
        self.in_flight += 1;
        match self.to.try_send(Batch::Plain(first, buffer)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(batch)) => {
                let sealed = batch.sealed(&self.chunks)?;
                self.to.send(Batch::Sealed(sealed)).map_err(|_| ended())
            }
            Err(TrySendError::Disconnected(_)) => Err(ended()),
        }
    }

    /// The next buffer that is done, if it is already or if no more may be in flight.
    pub(crate) fn take_if_due(&mut self) -> Result<Option<Vec<u8>>, VaultError> {
        if self.in_flight == IN_FLIGHT {
            return self.take();
        }
        match self.from.try_recv() {
            Err(TryRecvError::Empty) => Ok(None),
            done => {
                self.in_flight -= 1;
                done.map_err(|_| ended())?.map(Some)
            }
        }
    }

    /// The next buffer, when it is done; none if there are no more.
    pub(crate) fn take(&mut self) -> Result<Option<Vec<u8>>, VaultError> {
        if self.in_flight == 0 {
            return Ok(None);
        }
        self.in_flight -= 1;
        self.from.recv().map_err(|_| ended())?.map(Some)
    }

    /// Ends the thread and gives the digest of all that was pushed.
    pub(crate) fn stop(self) -> Result<Box<ObjectHasher>, VaultError> {
        drop((self.to, self.from));
        self.thread.join().map_err(|_| ended())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::{MAX_CHUNKS, SEALED_CHUNK_LENGTH};
    use abox_attest::ObjectDigest;

    fn chunks() -> Arc<Chunks> {
        Arc::new(Chunks::raw(&[7; 32], [8; 12]))
    }

    fn plain(count: usize) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(vec![9; count * SEALED_CHUNK_LENGTH])
    }

    #[test]
    fn it_does_not_matter_who_seals() {
        let expected = chunks().seal_run(0, plain(6)).unwrap();
        for sealed_here in [[false, false], [false, true], [true, false], [true, true]] {
            let mut worker = Worker::start(chunks(), Box::default()).unwrap();
            for (first, here) in [0, 3].into_iter().zip(sealed_here) {
                let batch = Batch::Plain(first, plain(3));
                let batch = if here { Batch::Sealed(batch.sealed(&worker.chunks).unwrap()) } else { batch };
                worker.to.send(batch).unwrap();
                worker.in_flight += 1;
            }
            let mut sealed = Vec::new();
            while let Some(buffer) = worker.take().unwrap() {
                sealed.extend(buffer);
            }
            assert!(sealed == expected, "{sealed_here:?}");
            assert_eq!(worker.stop().unwrap().finish(), ObjectDigest::of(&expected), "{sealed_here:?}");
        }
    }

    #[test]
    fn a_worker_that_cannot_seal_says_so_once_and_ends() {
        let mut worker = Worker::start(chunks(), Box::default()).unwrap();
        worker.push(MAX_CHUNKS, plain(1)).unwrap();
        assert!(matches!(worker.take(), Err(VaultError::TooLarge)));
        worker.in_flight += 1;
        assert!(matches!(worker.take(), Err(VaultError::Io(_))), "nothing more comes");
    }
}
