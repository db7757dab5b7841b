//! Sealing a stream.
//!
//! Small objects are sealed on the caller's thread. After the first megabytes a [`Worker`] seals and digests while the
//! caller reads and writes. The digest must be taken in order, and takes longer than sealing; so a caller that finds
//! the worker behind seals the buffer itself and leaves only the digest. That keeps two cores busy whatever reading
//! and writing cost, and more than two would bring nothing. Which of both sealed a chunk does not show in the object.
//!
//! After any error the sealer is dead: a chunk that was sealed in place must never be sealed again, as the same nonce
//! twice turns it back into what it was.

use std::io::{self, IoSliceMut, Read, Write};
use std::iter::{once, repeat};
use std::mem;
use std::sync::Arc;

use abox_attest::{ObjectDigest, ObjectHasher};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::chunk::{CHUNK_LENGTH, Chunks, SALT_LENGTH, SEALED_CHUNK_LENGTH, TAG_LENGTH};
use crate::keys::random_bytes;
use crate::seal_worker::Worker;
use crate::{ObjectKey, SealContext, VaultError};

/// Chunks in a full buffer: 1 MiB. Larger ones cost memory and bring nothing, smaller ones more hand-overs.
const FULL_BUFFER: usize = 64;
/// Most objects are small, so the first buffer has one chunk, and each has this many times the chunks of the one before.
const GROWTH: usize = 4;
/// Below this many chunks, 4 MiB, starting a second thread costs more than it brings.
const WORTH_A_WORKER: u64 = 256;

/// The length and digest of a sealed object, as a signed manifest holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectSummary {
    /// Bytes, sealed.
    pub sealed_length: u64,
    /// The digest of the sealed bytes.
    pub sealed_digest: ObjectDigest,
    /// Bytes, opened.
    pub plain_length: u64,
}

/// Seals what is written to it. Nothing is complete until [`Sealer::finish`]: without its last chunk an object opens
/// nowhere.
pub struct Sealer<W: Write> {
    sink: W,
    /// Goes out with the first chunks; then empty.
    header: Vec<u8>,
    chunks: Arc<Chunks>,
    /// Chunks being filled, at the places where they will be sealed: each is followed by room for its tag.
    buffer: Zeroizing<Vec<u8>>,
    /// Bytes of content in the buffer.
    filled: usize,
    /// Full buffers that were sealed and written, to be filled again.
    spare: Vec<Vec<u8>>,
    /// The number of the buffer's first chunk.
    next: u64,
    stage: Stage,
}

/// Who digests.
enum Stage {
    Here(Box<ObjectHasher>),
    Worker(Worker),
    /// An error happened: nothing more is sealed or written.
    Failed,
}

/// The sealer failed before, or its worker ended early.
pub(crate) fn ended() -> VaultError {
    VaultError::Io(io::ErrorKind::BrokenPipe)
}

impl<W: Write> Sealer<W> {
    /// Starts an object of the place `context` under `key`, with a fresh salt.
    pub fn new(key: &impl ObjectKey, context: &SealContext, sink: W) -> Self {
        let mut salt = [0; SALT_LENGTH];
        salt.copy_from_slice(&random_bytes()[..SALT_LENGTH]);
        Self::with_salt(key, context, salt, sink)
    }

    fn with_salt(key: &impl ObjectKey, context: &SealContext, salt: [u8; SALT_LENGTH], sink: W) -> Self {
        let (chunks, commitment) = Chunks::derive(key.bytes(), &salt, &context.bytes());
        Self {
            sink,
            header: [salt.as_slice(), &commitment].concat(),
            chunks: Arc::new(chunks),
            buffer: Zeroizing::default(),
            filled: 0,
            spare: Vec::new(),
            next: 0,
            stage: Stage::Here(Box::default()),
        }
    }

    /// Seals all that `source` gives, without the copy that [`std::io::copy`] makes. Gives the number of bytes.
    ///
    /// # Errors
    /// [`VaultError::Io`] from the source or the sink, [`VaultError::TooLarge`].
    pub fn seal_from(&mut self, source: &mut impl Read) -> Result<u64, VaultError> {
        let mut total = 0;
        loop {
            // One call fills many chunks: each call to the system costs a tenth of what it reads.
            let mut free: Vec<_> = self.free()?.map(IoSliceMut::new).collect();
            match source.read_vectored(&mut free) {
                Ok(0) => return Ok(total),
                Ok(count) => {
                    total += count as u64;
                    self.filled += count;
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
        // A last chunk is always there and always shorter than a full one: empty if need be.
        let mut last = mem::take(&mut self.buffer);
        last.resize(self.filled + (self.filled / CHUNK_LENGTH + 1) * TAG_LENGTH, 0);
        let mut hasher = match mem::replace(&mut self.stage, Stage::Failed) {
            Stage::Here(hasher) => hasher,
            Stage::Worker(mut worker) => {
                while let Some(sealed) = worker.take()? {
                    self.sink.write_all(&sealed)?;
                }
                worker.stop()?
            }
            Stage::Failed => return Err(ended()),
        };
        self.seal_here(last, &mut hasher)?;
        self.sink.flush()?;
        let plain_length = self.next * CHUNK_LENGTH as u64 + self.filled as u64;
        let summary = ObjectSummary {
            sealed_length: crate::sealed_length(plain_length),
            sealed_digest: hasher.finish(),
            plain_length,
        };
        Ok((self.sink, summary))
    }

    /// The free rest of the buffer, chunk by chunk; never empty.
    fn free(&mut self) -> Result<impl Iterator<Item = &mut [u8]>, VaultError> {
        if matches!(self.stage, Stage::Failed) {
            return Err(ended());
        }
        if self.filled == self.buffer.len() / SEALED_CHUNK_LENGTH * CHUNK_LENGTH {
            self.pass_on()?;
        }
        let (chunk, within) = (self.filled / CHUNK_LENGTH, self.filled % CHUNK_LENGTH);
        let rest = self.buffer[chunk * SEALED_CHUNK_LENGTH..].chunks_mut(SEALED_CHUNK_LENGTH);
        Ok(rest.zip(once(within).chain(repeat(0))).map(|(chunk, from)| &mut chunk[from..CHUNK_LENGTH]))
    }

    /// Seals, digests and writes a buffer on this thread, and gives it back.
    fn seal_here(
        &mut self,
        buffer: Zeroizing<Vec<u8>>,
        hasher: &mut ObjectHasher,
    ) -> Result<Vec<u8>, VaultError> {
        let mut sealed = self.chunks.seal_run(self.next, buffer)?;
        // A small object is digested much faster in one piece.
        sealed.splice(0..0, self.header.drain(..));
        hasher.update(&sealed);
        self.sink.write_all(&sealed)?;
        Ok(sealed)
    }

    /// Sends the full buffer on its way, writes what has been sealed, and takes a buffer to be filled.
    fn pass_on(&mut self) -> Result<(), VaultError> {
        let full = mem::take(&mut self.buffer);
        let count = full.len() / SEALED_CHUNK_LENGTH;
        // Until all has gone well.
        let stage = mem::replace(&mut self.stage, Stage::Failed);
        self.stage = match stage {
            Stage::Here(hasher) if count == 0 => Stage::Here(hasher),
            Stage::Here(mut hasher) if self.next < WORTH_A_WORKER => {
                let sealed = self.seal_here(full, &mut hasher)?;
                if count == FULL_BUFFER {
                    self.spare.push(sealed);
                }
                Stage::Here(hasher)
            }
            Stage::Here(hasher) => {
                let mut worker = Worker::start(Arc::clone(&self.chunks), hasher)?;
                worker.push(self.next, full)?;
                Stage::Worker(worker)
            }
            Stage::Worker(mut worker) => {
                worker.push(self.next, full)?;
                while let Some(sealed) = worker.take_if_due()? {
                    self.sink.write_all(&sealed)?;
                    self.spare.push(sealed);
                }
                Stage::Worker(worker)
            }
            Stage::Failed => return Err(ended()),
        };
        self.next += count as u64;
        self.filled = 0;
        let buffer = self.spare.pop().unwrap_or_else(|| {
            let length = (count * GROWTH).clamp(1, FULL_BUFFER) * SEALED_CHUNK_LENGTH;
            // With room for an empty last chunk: a vector that moves its content leaves plaintext behind.
            let mut buffer = vec![0; length + TAG_LENGTH];
            buffer.truncate(length);
            buffer
        });
        self.buffer = Zeroizing::new(buffer);
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        self.seal_from(&mut &*content)?;
        Ok(content.len())
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
    let mut sealer = Sealer::new(key, context, sealed);
    sealer.seal_from(&mut &*plain)?;
    sealer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BatchKey, ObjectRole};
    use abox_ids::{BatchId, OrgId};

    const SALT: [u8; SALT_LENGTH] = [9; SALT_LENGTH];

    fn context() -> SealContext {
        SealContext {
            org: OrgId::from_bytes([1; 16]),
            batch: BatchId::from_bytes([2; 16]),
            item: None,
            role: ObjectRole::Manifest,
            epoch: 1,
        }
    }

    /// Chunk after chunk on one thread, as the specification has it.
    fn one_by_one(key: &impl ObjectKey, plain: &[u8]) -> Vec<u8> {
        let (chunks, commitment) = Chunks::derive(key.bytes(), &SALT, &context().bytes());
        let mut sealed = [SALT.as_slice(), &commitment].concat();
        let full = plain.chunks_exact(CHUNK_LENGTH);
        let last = full.remainder();
        for (index, content) in (0..).zip(full.chain([last])) {
            let mut chunk = [content, &[0; TAG_LENGTH]].concat();
            chunks.seal(index, &mut chunk).unwrap();
            sealed.extend(chunk);
        }
        sealed
    }

    fn sealer(key: &BatchKey) -> Sealer<Vec<u8>> {
        Sealer::with_salt(key, &context(), SALT, Vec::new())
    }

    /// Gives at most so many bytes at a time, and waits before each.
    struct Slow<'a>(&'a [u8], usize, std::time::Duration);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            std::thread::sleep(self.2);
            let most = into.len().min(self.1);
            self.0.read(&mut into[..most])
        }
    }

    #[test]
    fn an_object_does_not_show_how_it_was_sealed() {
        let key = BatchKey::generate();
        // Where buffers end: three small ones, then full ones, more of them than are on their way at once.
        let ends = [0, 1, 1 + 4, 1 + 4 + 16].into_iter().chain((1..10).map(|full| 21 + full * FULL_BUFFER));
        let lengths = ends
            .map(|end| end * CHUNK_LENGTH)
            .flat_map(|end| [end.saturating_sub(1), end, end + 1, end + CHUNK_LENGTH]);
        for length in lengths {
            let plain: Vec<u8> = (0..length).map(|at| (at * 31 % 251).to_le_bytes()[0]).collect();
            let expected = one_by_one(&key, &plain);
            let summary = ObjectSummary {
                sealed_length: expected.len() as u64,
                sealed_digest: ObjectDigest::of(&expected),
                plain_length: length as u64,
            };

            let mut at_once = sealer(&key);
            assert_eq!(at_once.seal_from(&mut plain.as_slice()).unwrap(), length as u64);
            let mut written = sealer(&key);
            written.write_all(&plain).unwrap();
            let mut in_pieces = sealer(&key);
            let mut source = Slow(&plain, 300_007, std::time::Duration::from_micros(100));
            in_pieces.seal_from(&mut source).unwrap();
            for sealer in [at_once, written, in_pieces] {
                let (sealed, found) = sealer.finish().unwrap();
                assert!(sealed == expected, "{length} bytes");
                assert_eq!(found, summary);
            }
        }
    }
}
