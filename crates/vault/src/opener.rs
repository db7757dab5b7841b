//! Opening a sealed object, with random access.
//!
//! The commitment, the length and the last chunk are verified before anything else, so that positions counted from the
//! end are true. Bytes are released only from chunks that have been verified whole.

use std::io::{self, Cursor, IoSlice, Read, Seek, SeekFrom, Write};
use std::sync::mpsc::sync_channel;

use zeroize::Zeroizing;

use crate::chunk::{
    CHUNK_LENGTH, Chunks, HEADER_LENGTH, SALT_LENGTH, SEALED_CHUNK_LENGTH, TAG_LENGTH, plain_length,
};
use crate::error::Damage;
use crate::{ObjectKey, SealContext, VaultError};

/// How many chunks are opened together once the reader is known to read on and on: 2 MiB.
const MOST_AHEAD: u64 = 128;
/// Below this many chunks a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 64;

/// Reads what a sealed object holds.
pub struct Opener<R: Read + Seek> {
    source: R,
    chunks: Chunks,
    item: Option<abox_ids::ItemId>,
    /// Bytes, sealed.
    sealed: u64,
    /// Bytes, opened.
    length: u64,
    chunk_count: u64,
    position: u64,
    window: Window,
    /// How many chunks the next window takes: doubles while reading goes on where it stopped.
    ahead: u64,
}

/// Verified chunks, each followed by what was its tag.
#[derive(Default)]
struct Window {
    first: u64,
    count: u64,
    bytes: Zeroizing<Vec<u8>>,
}

impl Window {
    /// The content of a chunk, if it is here.
    fn chunk(&self, index: u64) -> Option<&[u8]> {
        let place = index.checked_sub(self.first).filter(|place| *place < self.count)?;
        let start = usize::try_from(place).ok()? * SEALED_CHUNK_LENGTH;
        let end = self.bytes.len().min(start + SEALED_CHUNK_LENGTH).checked_sub(TAG_LENGTH)?;
        self.bytes.get(start..end)
    }

    /// The contents of all chunks, in order.
    fn contents(&self) -> impl Iterator<Item = &[u8]> {
        (self.first..self.first + self.count).filter_map(|index| self.chunk(index))
    }
}

/// Writes pieces with as few calls as the sink allows (a call for each chunk is what a file would be slow by), and gives
/// their length in bytes.
fn write_together<'a>(sink: &mut impl Write, pieces: impl Iterator<Item = &'a [u8]>) -> io::Result<u64> {
    let mut pieces: Vec<IoSlice<'_>> = pieces.map(IoSlice::new).collect();
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    let mut rest = pieces.as_mut_slice();
    // Empty pieces at the front would look like a sink that takes nothing.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match sink.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => IoSlice::advance_slices(&mut rest, taken),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length as u64)
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
        source.rewind()?;
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
            sealed,
            length,
            chunk_count,
            position: 0,
            window: Window::default(),
            ahead: 1,
        };
        opener.window = opener.fill(Zeroizing::default(), chunk_count - 1, 1)?;
        Ok(opener)
    }

    /// Bytes that the object holds.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a length in bytes of a stream, as of a file")]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Reads and verifies up to `most` chunks from number `first` on. The window ends before the first that is damaged;
    /// if that is the very first, nothing but the error is given.
    fn fill(&mut self, mut bytes: Zeroizing<Vec<u8>>, first: u64, most: u64) -> Result<Window, VaultError> {
        let damaged = VaultError::Damaged { item: self.item, damage: Damage::Chunk(first) };
        let start = HEADER_LENGTH as u64 + first * SEALED_CHUNK_LENGTH as u64;
        let end = (start + most * SEALED_CHUNK_LENGTH as u64).min(self.sealed);
        let length = usize::try_from(end - start).map_err(|_| VaultError::Io(io::ErrorKind::OutOfMemory))?;
        if bytes.capacity() < length {
            // Replaced, not grown: growing would leave the old content behind.
            bytes = Zeroizing::new(Vec::with_capacity(length));
        }
        bytes.resize(length, 0);
        self.source.seek(SeekFrom::Start(start))?;
        match self.source.read_exact(&mut bytes) {
            // It was longer when it was opened.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(damaged),
            result => result?,
        }
        match self.open_window(first, &mut bytes) {
            0 => Err(damaged),
            count => Ok(Window { first, count: count as u64, bytes }),
        }
    }

    /// As [`Chunks::open_run`], on two threads if that is worth it.
    fn open_window(&self, first: u64, bytes: &mut [u8]) -> usize {
        let half = bytes.len() / SEALED_CHUNK_LENGTH / 2;
        if half < WORTH_A_THREAD / 2 {
            return self.chunks.open_run(first, bytes);
        }
        let (low, high) = bytes.split_at_mut(half * SEALED_CHUNK_LENGTH);
        let chunks = &self.chunks;
        std::thread::scope(|scope| {
            let low = scope.spawn(move || chunks.open_run(first, low));
            let high = chunks.open_run(first + half as u64, high);
            // The window's count makes what lies behind a damaged chunk unreachable.
            low.join().map_or(0, |low| if low == half { half + high } else { low })
        })
    }

    /// The verified content from the position to the end of its chunk; empty at the end.
    fn rest_of_chunk(&mut self) -> Result<&[u8], VaultError> {
        if self.position >= self.length {
            return Ok(&[]);
        }
        let index = self.position / CHUNK_LENGTH as u64;
        let offset = usize::try_from(self.position % CHUNK_LENGTH as u64).unwrap_or(CHUNK_LENGTH);
        if self.window.chunk(index).is_none() {
            let follows = index == 0 || index == self.window.first + self.window.count;
            self.ahead = if follows { (self.ahead * 2).min(MOST_AHEAD) } else { 1 };
            let bytes = std::mem::take(&mut self.window).bytes;
            self.window = self.fill(bytes, index, self.ahead)?;
        }
        let damaged = VaultError::Damaged { item: self.item, damage: Damage::Chunk(index) };
        self.window.chunk(index).and_then(|chunk| chunk.get(offset..)).ok_or(damaged)
    }

    /// Writes the whole content to `sink`, whatever was read before, and gives its length. Large objects are read and
    /// opened on a thread of their own while this one writes. After an error the sink has received verified bytes only.
    ///
    /// # Errors
    /// [`VaultError::Damaged`]; [`VaultError::Io`] from the source or the sink.
    pub fn open_to(mut self, sink: &mut impl Write) -> Result<u64, VaultError>
    where
        R: Send,
    {
        let length = self.length;
        if self.chunk_count <= MOST_AHEAD {
            self.position = 0;
            loop {
                let content = self.rest_of_chunk()?;
                if content.is_empty() {
                    return Ok(length);
                }
                sink.write_all(content)?;
                let taken = content.len() as u64;
                self.position += taken;
            }
        }
        std::thread::scope(|scope| {
            let (full, windows) = sync_channel::<Result<Window, VaultError>>(2);
            let (empty, used) = sync_channel::<Window>(4);
            std::thread::Builder::new().name("open".to_owned()).spawn_scoped(scope, move || {
                let mut index = 0;
                while index < self.chunk_count {
                    let bytes = used.try_recv().map(|window| window.bytes).unwrap_or_default();
                    let window = self.fill(bytes, index, MOST_AHEAD);
                    index = window.as_ref().map_or(u64::MAX, |window| window.first + window.count);
                    if full.send(window).is_err() {
                        return;
                    }
                }
            })?;
            let mut written = 0;
            for window in windows {
                let window = window?;
                written += write_together(sink, window.contents())?;
                // The reader may have ended already: then nobody needs the buffer.
                let _ = empty.try_send(window);
            }
            // Only a reader that ended without a word leaves something out.
            if written == length { Ok(length) } else { Err(VaultError::Io(io::ErrorKind::BrokenPipe)) }
        })
    }
}

impl<R: Read + Seek> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let content = self.rest_of_chunk()?;
        let take = content.len().min(into.len());
        into[..take].copy_from_slice(&content[..take]);
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
    let opener = Opener::open(key, context, Cursor::new(sealed), sealed.len() as u64)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(usize::try_from(opener.len()).unwrap_or(0)));
    opener.open_to(&mut *plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BatchKey, ObjectRole, Sealer};
    use abox_ids::{BatchId, OrgId};
    use proptest::prelude::*;

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
            let plain: Vec<u8> = (0..length).map(|at| (at * 31 % 251).to_le_bytes()[0]).collect();
            let key = BatchKey::generate();
            let mut sealer = Sealer::new(&key, &context(), Vec::new());
            for piece in plain.chunks(piece) {
                sealer.write_all(piece).unwrap();
            }
            let (sealed, summary) = sealer.finish().unwrap();
            prop_assert_eq!(summary.sealed_length, sealed.len() as u64);
            prop_assert_eq!(summary.sealed_length, crate::sealed_length(length as u64));
            prop_assert_eq!(summary.sealed_digest, abox_attest::ObjectDigest::of(&sealed));
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

    /// Takes few bytes at a time, is interrupted between, and is full at some point.
    struct Reluctant {
        taken: Vec<u8>,
        room: usize,
        interrupted: bool,
    }

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.interrupted = !self.interrupted;
            if self.interrupted {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let take = bytes.len().min(3_001).min(self.room - self.taken.len());
            self.taken.extend_from_slice(&bytes[..take]);
            Ok(take)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_sink_may_take_as_little_as_it_likes_but_not_nothing() {
        let plain: Vec<u8> = (0..5_000_000_u32).map(|at| (at * 7 % 253).to_le_bytes()[0]).collect();
        let key = BatchKey::generate();
        let (sealed, summary) = crate::seal_bytes(&key, &context(), &plain).unwrap();
        for (room, whole) in [(usize::MAX, true), (3_000_000, false)] {
            let mut sink = Reluctant { taken: Vec::new(), room, interrupted: false };
            let opener = Opener::open(&key, &context(), Cursor::new(&sealed), summary.sealed_length).unwrap();
            let opened = opener.open_to(&mut sink);
            if whole {
                assert_eq!(opened.unwrap(), plain.len() as u64);
                assert!(sink.taken == plain);
            } else {
                assert!(matches!(opened, Err(VaultError::Io(io::ErrorKind::WriteZero))), "{opened:?}");
                assert!(sink.taken == plain[..room]);
            }
        }
    }
}
