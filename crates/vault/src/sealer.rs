//! Sealing a stream.

use std::io::{self, Write};

use abox_attest::{Digest, Hasher};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::chunk::{CHUNK_LENGTH, Chunks, HEADER_LENGTH, SALT_LENGTH, SEALED_CHUNK_LENGTH, TAG_LENGTH};
use crate::keys::random_bytes;
use crate::{ObjectKey, SealContext, VaultError};

/// How many chunks are sealed together; each of several threads takes a share.
const GROUP: usize = 256;
/// Below this many chunks a second thread costs more than it brings.
const SHARE: usize = 32;

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

/// Seals what is written to it. Nothing is complete until [`Sealer::finish`].
pub struct Sealer<W: Write> {
    sink: W,
    chunks: Chunks,
    /// Content that is not sealed yet, laid out with room for each chunk's tag.
    buffer: Zeroizing<Vec<u8>>,
    /// Bytes of content in the buffer.
    filled: usize,
    /// The number of the buffer's first chunk.
    first: u64,
    plain: u64,
    sealed: u64,
    hasher: Hasher,
}

impl<W: Write> Sealer<W> {
    /// Starts an object of the place `context` under `key`, with a fresh salt.
    ///
    /// # Errors
    /// [`VaultError::Io`] from the sink.
    pub fn new(key: &impl ObjectKey, context: &SealContext, sink: W) -> Result<Self, VaultError> {
        let mut salt = [0; SALT_LENGTH];
        salt.copy_from_slice(&random_bytes()[..SALT_LENGTH]);
        Self::with_salt(key.bytes(), &context.bytes(), &salt, sink)
    }

    fn with_salt(
        key: &[u8; 32],
        context: &[u8],
        salt: &[u8; SALT_LENGTH],
        mut sink: W,
    ) -> Result<Self, VaultError> {
        let (chunks, commitment) = Chunks::derive(key, salt, context);
        let mut hasher = Hasher::new();
        for part in [salt.as_slice(), &commitment] {
            sink.write_all(part)?;
            hasher.update(part);
        }
        let buffer = Zeroizing::new(vec![0; SEALED_CHUNK_LENGTH]);
        Ok(Self { sink, chunks, buffer, filled: 0, first: 0, plain: 0, sealed: HEADER_LENGTH as u64, hasher })
    }

    /// Seals the last chunk and gives back the sink with the object's summary.
    ///
    /// # Errors
    /// [`VaultError::Io`] from the sink, [`VaultError::TooLarge`].
    pub fn finish(mut self) -> Result<(W, ObjectSummary), VaultError> {
        self.seal_full_chunks()?;
        let rest = self.filled;
        self.chunks.seal(self.first, &mut self.buffer[..rest + TAG_LENGTH])?;
        self.emit(rest + TAG_LENGTH)?;
        self.sink.flush()?;
        let summary = ObjectSummary {
            sealed_length: self.sealed,
            sealed_digest: self.hasher.finish(),
            plain_length: self.plain,
        };
        Ok((self.sink, summary))
    }

    /// Seals and writes the full chunks of the buffer, and moves the rest to its front.
    fn seal_full_chunks(&mut self) -> Result<(), VaultError> {
        let full = self.filled / CHUNK_LENGTH;
        if full == 0 {
            return Ok(());
        }
        let (chunks, first) = (&self.chunks, self.first);
        let sealed = full * SEALED_CHUNK_LENGTH;
        let seal_run = |number: usize, run: &mut [u8]| -> Result<(), VaultError> {
            for (index, chunk) in run.chunks_exact_mut(SEALED_CHUNK_LENGTH).enumerate() {
                chunks.seal(first + (number + index) as u64, chunk)?;
            }
            Ok(())
        };
        let share = share(full);
        if share >= full {
            seal_run(0, &mut self.buffer[..sealed])?;
        } else {
            std::thread::scope(|scope| {
                let workers: Vec<_> = self.buffer[..sealed]
                    .chunks_mut(share * SEALED_CHUNK_LENGTH)
                    .enumerate()
                    .map(|(worker, run)| scope.spawn(move || seal_run(worker * share, run)))
                    .collect();
                workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Err(VaultError::TooLarge)))
            })?;
        }
        self.emit(sealed)?;
        self.first += full as u64;
        let rest = self.filled - full * CHUNK_LENGTH;
        self.buffer.copy_within(sealed..sealed + rest, 0);
        self.filled = rest;
        Ok(())
    }

    fn emit(&mut self, length: usize) -> Result<(), VaultError> {
        self.sink.write_all(&self.buffer[..length])?;
        self.hasher.update(&self.buffer[..length]);
        self.sealed += length as u64;
        Ok(())
    }
}

/// Chunks for each thread.
pub(crate) fn share(chunks: usize) -> usize {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    chunks.div_ceil(threads).max(SHARE)
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        let mut rest = content;
        while !rest.is_empty() {
            let chunk = self.filled / CHUNK_LENGTH;
            let within = self.filled % CHUNK_LENGTH;
            let at = chunk * SEALED_CHUNK_LENGTH + within;
            let take = rest.len().min(CHUNK_LENGTH - within);
            if self.buffer.len() < (chunk + 1) * SEALED_CHUNK_LENGTH {
                grow(&mut self.buffer, (chunk + 1) * SEALED_CHUNK_LENGTH);
            }
            self.buffer[at..at + take].copy_from_slice(&rest[..take]);
            self.filled += take;
            rest = &rest[take..];
            if self.filled == GROUP * CHUNK_LENGTH {
                self.seal_full_chunks()?;
            }
        }
        self.plain += content.len() as u64;
        Ok(content.len())
    }

    /// Content is passed on in whole chunks; flushing does not change that.
    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Grows without leaving a copy of the old content behind, and by doubling, so that small objects stay small.
fn grow(buffer: &mut Zeroizing<Vec<u8>>, at_least: usize) {
    let mut larger = Vec::with_capacity((buffer.len() * 2).max(at_least).min(GROUP * SEALED_CHUNK_LENGTH));
    larger.extend_from_slice(buffer);
    larger.resize(larger.capacity().min(GROUP * SEALED_CHUNK_LENGTH).max(at_least), 0);
    buffer.zeroize();
    **buffer = larger;
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
    sealer.write_all(plain)?;
    sealer.finish()
}
