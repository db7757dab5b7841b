//! Sealing a stream.
//!
//! Small objects are sealed on the caller's thread. From the first megabytes on, a worker seals and digests one buffer
//! while the caller fills the next and writes the one before. The digest is most of the work and cannot be divided, so
//! one worker is what brings something.
//!
//! After any error the sealer is dead: a chunk that was sealed in place must never be sealed again, as the same nonce
//! twice turns it back into what it was.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use abox_attest::{Digest, Hasher};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::chunk::{CHUNK_LENGTH, Chunks, HEADER_LENGTH, SALT_LENGTH, SEALED_CHUNK_LENGTH, TAG_LENGTH};
use crate::keys::random_bytes;
use crate::{ObjectKey, SealContext, VaultError};

/// Chunks in one buffer: 2 MiB, which stays in the cores' caches.
const BATCH: usize = 128;
/// Buffers on their way through the worker.
const IN_FLIGHT: usize = 3;

/// The length and digest of a sealed object, as a signed manifest holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectSummary {
    /// Bytes, sealed.
    pub sealed_length: u64,
    /// SHA-256 of the sealed bytes.
    pub sealed_digest: Digest,
    /// Bytes, opened.
    pub plain_length: u64,
}

type Buffer = Zeroizing<Vec<u8>>;

/// Seals what is written to it. Nothing is complete until [`Sealer::finish`]: without its last chunk an object opens
/// nowhere.
pub struct Sealer<W: Write> {
    sink: W,
    /// Chunks being filled, at the places where they will be sealed: each is followed by room for its tag.
    buffer: Buffer,
    /// Bytes of content in the buffer.
    filled: usize,
    plain: u64,
    stage: Stage,
}

/// Who seals and digests.
enum Stage {
    Here(Box<Bench>),
    Worker(Worker),
    /// An error happened: nothing more is sealed or written.
    Failed,
}

/// Seals buffer after buffer and digests the result.
struct Bench {
    chunks: Chunks,
    hasher: Hasher,
    next: u64,
}

impl Bench {
    fn work(&mut self, buffer: &mut [u8]) -> Result<(), VaultError> {
        self.chunks.seal_run(self.next, buffer)?;
        self.next += buffer.len().div_ceil(SEALED_CHUNK_LENGTH) as u64;
        self.hasher.update(buffer);
        Ok(())
    }
}

struct Worker {
    to: SyncSender<Buffer>,
    from: Receiver<Result<Buffer, VaultError>>,
    in_flight: usize,
    thread: JoinHandle<Bench>,
}

impl Worker {
    fn start(mut bench: Bench) -> Result<Self, VaultError> {
        let (to, work) = sync_channel::<Buffer>(IN_FLIGHT);
        let (done, from) = sync_channel(IN_FLIGHT);
        let thread = Builder::new().name("seal".to_owned()).spawn(move || {
            for mut buffer in work {
                let sealed = bench.work(&mut buffer).map(|()| buffer);
                if done.send(sealed).is_err() {
                    break;
                }
            }
            bench
        })?;
        Ok(Self { to, from, in_flight: 0, thread })
    }

    fn send(&mut self, buffer: Buffer) -> Result<(), VaultError> {
        self.in_flight += 1;
        self.to.send(buffer).map_err(|_| ended())
    }

    fn receive(&mut self) -> Result<Buffer, VaultError> {
        self.in_flight -= 1;
        self.from.recv().map_err(|_| ended())?
    }

    fn stop(self) -> Result<Bench, VaultError> {
        drop((self.to, self.from));
        self.thread.join().map_err(|_| ended())
    }
}

/// The sealer failed before, or its worker ended early.
fn ended() -> VaultError {
    VaultError::Io(io::ErrorKind::BrokenPipe)
}

impl<W: Write> Sealer<W> {
    /// Starts an object of the place `context` under `key`, with a fresh salt.
    ///
    /// # Errors
    /// [`VaultError::Io`] from the sink.
    pub fn new(key: &impl ObjectKey, context: &SealContext, mut sink: W) -> Result<Self, VaultError> {
        let mut header = [0; HEADER_LENGTH];
        let (salt, rest) = header.split_at_mut(SALT_LENGTH);
        salt.copy_from_slice(&random_bytes()[..SALT_LENGTH]);
        let mut used = [0; SALT_LENGTH];
        used.copy_from_slice(salt);
        let (chunks, commitment) = Chunks::derive(key.bytes(), &used, &context.bytes());
        rest.copy_from_slice(&commitment);
        let mut hasher = Hasher::new();
        hasher.update(&header);
        sink.write_all(&header)?;
        let stage = Stage::Here(Box::new(Bench { chunks, hasher, next: 0 }));
        Ok(Self { sink, buffer: Buffer::default(), filled: 0, plain: 0, stage })
    }

    /// Seals all that `source` gives, without the copy that [`std::io::copy`] makes. Gives the number of bytes.
    ///
    /// # Errors
    /// [`VaultError::Io`] from the source or the sink, [`VaultError::TooLarge`].
    pub fn seal_from(&mut self, source: &mut impl Read) -> Result<u64, VaultError> {
        let mut total = 0;
        loop {
            match source.read(self.free()?) {
                Ok(0) => return Ok(total),
                Ok(count) => {
                    total += count as u64;
                    self.took(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Seals the last chunk and gives back the sink with the object's summary.
    ///
    /// # Errors
    /// [`VaultError::Io`] from the sink, now or before; [`VaultError::TooLarge`].
    pub fn finish(mut self) -> Result<(W, ObjectSummary), VaultError> {
        let mut bench = match std::mem::replace(&mut self.stage, Stage::Failed) {
            Stage::Here(bench) => *bench,
            Stage::Worker(mut worker) => {
                while worker.in_flight > 0 {
                    let sealed = worker.receive()?;
                    self.sink.write_all(&sealed)?;
                }
                worker.stop()?
            }
            Stage::Failed => return Err(ended()),
        };
        // A last chunk is always there and always shorter than a full one: empty if need be.
        let mut last = std::mem::take(&mut self.buffer);
        last.resize(self.filled + (self.filled / CHUNK_LENGTH + 1) * TAG_LENGTH, 0);
        bench.work(&mut last)?;
        self.sink.write_all(&last)?;
        self.sink.flush()?;
        let summary = ObjectSummary {
            sealed_length: crate::sealed_length(self.plain),
            sealed_digest: bench.hasher.finish(),
            plain_length: self.plain,
        };
        Ok((self.sink, summary))
    }

    /// The free rest of the chunk being filled; never empty.
    fn free(&mut self) -> Result<&mut [u8], VaultError> {
        if matches!(self.stage, Stage::Failed) {
            return Err(ended());
        }
        if self.filled == BATCH * CHUNK_LENGTH {
            self.pass_on()?;
        }
        let chunk = self.filled / CHUNK_LENGTH;
        let start = chunk * SEALED_CHUNK_LENGTH + self.filled % CHUNK_LENGTH;
        let end = chunk * SEALED_CHUNK_LENGTH + CHUNK_LENGTH;
        if self.buffer.len() < end + TAG_LENGTH {
            // Most objects are small, so the first buffer starts with one chunk. It grows by hand, and with room for
            // an empty last chunk: a vector that moves its content leaves plaintext behind.
            if self.buffer.capacity() < end + 2 * TAG_LENGTH {
                let chunks = if self.plain == 0 { 1 } else { BATCH };
                let mut larger = Buffer::new(Vec::with_capacity(chunks * SEALED_CHUNK_LENGTH + TAG_LENGTH));
                larger.extend_from_slice(&self.buffer);
                self.buffer = larger;
            }
            self.buffer.resize(end + TAG_LENGTH, 0);
        }
        Ok(&mut self.buffer[start..end])
    }

    fn took(&mut self, count: usize) {
        self.filled += count;
        self.plain += count as u64;
    }

    /// Hands the full buffer to the worker, and writes what the worker has sealed.
    fn pass_on(&mut self) -> Result<(), VaultError> {
        let mut worker = match std::mem::replace(&mut self.stage, Stage::Failed) {
            Stage::Here(bench) => Worker::start(*bench)?,
            Stage::Worker(worker) => worker,
            Stage::Failed => return Err(ended()),
        };
        worker.send(std::mem::take(&mut self.buffer))?;
        self.filled = 0;
        if worker.in_flight == IN_FLIGHT {
            let sealed = worker.receive()?;
            self.sink.write_all(&sealed)?;
            self.buffer = sealed;
        }
        self.stage = Stage::Worker(worker);
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        if content.is_empty() {
            return Ok(0);
        }
        let free = self.free()?;
        let count = free.len().min(content.len());
        free[..count].copy_from_slice(&content[..count]);
        self.took(count);
        Ok(count)
    }

    /// Content is passed on in whole chunks; flushing does not change that.
    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Seals a whole value.
///
/// # Errors
/// [`VaultError::TooLarge`].
pub fn seal_bytes(
    key: &impl ObjectKey,
    context: &SealContext,
    plain: &[u8],
) -> Result<(Vec<u8>, ObjectSummary), VaultError> {
    let sealed = Vec::with_capacity(usize::try_from(crate::sealed_length(plain.len() as u64)).unwrap_or(0));
    let mut sealer = Sealer::new(key, context, sealed)?;
    sealer.seal_from(&mut &*plain)?;
    sealer.finish()
}
