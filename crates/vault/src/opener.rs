//! Opening a sealed object, with random access.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use crate::chunk::{
    CHUNK_LENGTH, Chunks, HEADER_LENGTH, SALT_LENGTH, SEALED_CHUNK_LENGTH, TAG_LENGTH, plain_length,
};
use crate::error::Damage;
use crate::sealer::share;
use crate::{ObjectKey, SealContext, VaultError};

/// How many chunks are opened together once the reader is known to read on and on.
const GROUP: u64 = 256;

/// Reads what a sealed object holds. Bytes of a chunk are released only after the whole chunk has been verified; the
/// commitment, the length and the last chunk are verified before anything else.
pub struct Opener<R: Read + Seek> {
    source: R,
    chunks: Chunks,
    item: Option<abox_ids::ItemId>,
    length: u64,
    chunk_count: u64,
    position: u64,
    /// Verified content of the chunks from `first` on.
    window: Zeroizing<Vec<u8>>,
    window_start: u64,
    window_length: usize,
    /// How many chunks the next window takes: doubles while reading goes on where it stopped.
    stride: u64,
}

impl<R: Read + Seek> Opener<R> {
    /// Opens the object that is expected at the place `context`.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if the length is not `expected_sealed_length` or impossible, the commitment does not fit
    /// key and place, or the last chunk is not genuine; [`VaultError::Io`].
    pub fn open(
        key: &impl ObjectKey,
        context: &SealContext,
        source: R,
        expected_sealed_length: u64,
    ) -> Result<Self, VaultError> {
        Self::with_context(key.bytes(), &context.bytes(), context.item, source, Some(expected_sealed_length))
    }

    pub(crate) fn with_context(
        key: &[u8; 32],
        context: &[u8],
        item: Option<abox_ids::ItemId>,
        mut source: R,
        expected_sealed_length: Option<u64>,
    ) -> Result<Self, VaultError> {
        let damaged = |damage| VaultError::Damaged { item, damage };
        let sealed = source.seek(SeekFrom::End(0))?;
        if expected_sealed_length.is_some_and(|expected| expected != sealed) {
            return Err(damaged(Damage::Length));
        }
        let (length, chunk_count) = plain_length(sealed).map_err(damaged)?;
        source.seek(SeekFrom::Start(0))?;
        let mut header = [0; HEADER_LENGTH];
        source.read_exact(&mut header)?;
        let mut salt = [0; SALT_LENGTH];
        salt.copy_from_slice(&header[..SALT_LENGTH]);
        let (chunks, commitment) = Chunks::derive(key, &salt, context);
        if aws_lc_rs::constant_time::verify_slices_are_equal(&commitment, &header[SALT_LENGTH..]).is_err() {
            return Err(damaged(Damage::Header));
        }
        let mut opener = Self {
            source,
            chunks,
            item,
            length,
            chunk_count,
            position: 0,
            window: Zeroizing::new(Vec::new()),
            window_start: 0,
            window_length: 0,
            stride: 1,
        };
        opener.load(chunk_count - 1, 1)?;
        Ok(opener)
    }

    /// Bytes that the object holds.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a length in bytes of a stream, as of a file")]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Reads and verifies `count` chunks from number `first` on into the window.
    fn load(&mut self, first: u64, count: u64) -> Result<(), VaultError> {
        let count = count.min(self.chunk_count - first);
        let start = first * CHUNK_LENGTH as u64;
        let plain = (self.length - start).min(count * CHUNK_LENGTH as u64);
        #[expect(clippy::cast_possible_truncation, reason = "at most GROUP chunks")]
        let (plain, sealed) = (plain as usize, plain as usize + count as usize * TAG_LENGTH);
        self.window_length = 0;
        if self.window.len() < sealed {
            // Replaced, not grown: growing would leave the old content behind.
            self.window = Zeroizing::new(vec![0; sealed]);
        }
        self.source.seek(SeekFrom::Start(HEADER_LENGTH as u64 + first * SEALED_CHUNK_LENGTH as u64))?;
        self.source.read_exact(&mut self.window[..sealed])?;
        let (chunks, item) = (&self.chunks, self.item);
        let open_run = |number: u64, run: &mut [u8]| -> Result<(), VaultError> {
            for (index, chunk) in run.chunks_mut(SEALED_CHUNK_LENGTH).enumerate() {
                chunks
                    .open(first + number + index as u64, chunk)
                    .map_err(|damage| VaultError::Damaged { item, damage })?;
            }
            Ok(())
        };
        #[expect(clippy::cast_possible_truncation, reason = "at most GROUP chunks")]
        let count = count as usize;
        let share = share(count);
        if share >= count {
            open_run(0, &mut self.window[..sealed])?;
        } else {
            std::thread::scope(|scope| {
                let workers: Vec<_> = self.window[..sealed]
                    .chunks_mut(share * SEALED_CHUNK_LENGTH)
                    .enumerate()
                    .map(|(worker, run)| scope.spawn(move || open_run((worker * share) as u64, run)))
                    .collect();
                workers
                    .into_iter()
                    .try_for_each(|worker| worker.join().unwrap_or(Err(VaultError::Io(io::ErrorKind::Other))))
            })?;
        }
        // Close the gaps that the tags leave.
        for index in 1..count {
            let from = index * SEALED_CHUNK_LENGTH;
            let length = (sealed - from).min(SEALED_CHUNK_LENGTH) - TAG_LENGTH;
            self.window.copy_within(from..from + length, index * CHUNK_LENGTH);
        }
        self.window_start = start;
        self.window_length = plain;
        Ok(())
    }
}

impl<R: Read + Seek> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || into.is_empty() {
            return Ok(0);
        }
        let end = self.window_start + self.window_length as u64;
        if self.position < self.window_start || self.position >= end {
            self.stride =
                if self.position == end && self.window_length > 0 { (self.stride * 4).min(GROUP) } else { 1 };
            self.load(self.position / CHUNK_LENGTH as u64, self.stride)?;
        }
        #[expect(clippy::cast_possible_truncation, reason = "an offset within the window")]
        let offset = (self.position - self.window_start) as usize;
        let take = into.len().min(self.window_length - offset);
        into[..take].copy_from_slice(&self.window[offset..offset + take]);
        self.position += take as u64;
        Ok(take)
    }
}

impl<R: Read + Seek> Seek for Opener<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Opens a whole value.
///
/// # Errors
/// As [`Opener::open`], for every chunk.
pub fn open_bytes(
    key: &impl ObjectKey,
    context: &SealContext,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let mut opener = Opener::open(key, context, Cursor::new(sealed), sealed.len() as u64)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(usize::try_from(opener.len()).unwrap_or(0) + 1));
    opener.read_to_end(&mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BatchKey, ObjectRole, Sealer};
    use abox_ids::{BatchId, OrgId};
    use proptest::prelude::*;
    use std::io::Write as _;

    fn context() -> SealContext {
        SealContext {
            org: OrgId::from_bytes([1; 16]),
            batch: BatchId::from_bytes([2; 16]),
            item: None,
            role: ObjectRole::Manifest,
            epoch: 1,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_was_sealed_in_pieces_is_read_at_any_place(
            length in 0usize..9_000_000,
            piece in 1usize..3_000_000,
            seeks in prop::collection::vec((any::<prop::sample::Index>(), 1usize..100_000), 1..20),
        ) {
            let plain: Vec<u8> = (0..length).map(|at| (at * 31 % 251) as u8).collect();
            let key = BatchKey::generate();
            let mut sealer = Sealer::new(&key, &context(), Vec::new()).unwrap();
            for piece in plain.chunks(piece) {
                sealer.write_all(piece).unwrap();
            }
            let (sealed, summary) = sealer.finish().unwrap();
            prop_assert_eq!(summary.sealed_length, sealed.len() as u64);
            prop_assert_eq!(summary.sealed_length, crate::sealed_length(length as u64));
            prop_assert_eq!(summary.sealed_digest, abox_attest::Digest::of(&sealed));
            prop_assert!(*open_bytes(&key, &context(), &sealed).unwrap() == plain);
            let mut opener =
                Opener::open(&key, &context(), Cursor::new(&sealed), summary.sealed_length).unwrap();
            for (at, count) in seeks {
                let at = at.index(length + 1);
                opener.seek(SeekFrom::Start(at as u64)).unwrap();
                let mut read = Vec::new();
                (&mut opener).take(count as u64).read_to_end(&mut read).unwrap();
                prop_assert!(read == plain[at..(at + count).min(length)]);
            }
        }
    }
}
