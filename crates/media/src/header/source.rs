//! Exact reads from a `Read + Seek` of known length, none of which takes more memory than the source has bytes.

use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::MediaError;

/// A source of bytes with its length and position. Reading past the end is `MediaError::Broken`.
pub(crate) struct Source<R> {
    reader: BufReader<R>,
    len: u64,
    position: u64,
}

impl<R: Read + Seek> Source<R> {
    /// The whole of `reader`, from its start whatever its position is.
    pub(crate) fn new(mut reader: R) -> Result<Self, MediaError> {
        let len = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        Ok(Source { reader: BufReader::new(reader), len, position: 0 })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Goes to a byte offset; an offset behind the end is `Broken`.
    pub(crate) fn go_to(&mut self, offset: u64) -> Result<(), MediaError> {
        if offset > self.len {
            return Err(MediaError::Broken);
        }
        // Both are at most the length of a stream, which fits an i64; `seek_relative` keeps the buffer.
        self.reader.seek_relative(offset.cast_signed() - self.position.cast_signed())?;
        self.position = offset;
        Ok(())
    }

    /// Skips bytes; skipping past the end is `Broken`.
    pub(crate) fn skip(&mut self, bytes: u64) -> Result<(), MediaError> {
        self.go_to(self.position.checked_add(bytes).ok_or(MediaError::Broken)?)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], MediaError> {
        let mut out = [0; N];
        self.reader.read_exact(&mut out)?;
        self.position += N as u64;
        Ok(out)
    }

    /// The first `N` bytes of the source, zeros where it is shorter.
    pub(crate) fn start<const N: usize>(&mut self) -> Result<[u8; N], MediaError> {
        self.go_to(0)?;
        let mut out = [0; N];
        let have = N.min(usize::try_from(self.len).unwrap_or(N));
        self.reader.read_exact(&mut out[..have])?;
        self.position = have as u64;
        Ok(out)
    }

    /// `bytes` bytes; more than the source has left is `Broken` before memory is taken.
    pub(crate) fn bytes(&mut self, bytes: u64) -> Result<Vec<u8>, MediaError> {
        if bytes > self.len - self.position {
            return Err(MediaError::Broken);
        }
        let mut out = vec![0; usize::try_from(bytes).map_err(|_| MediaError::Broken)?];
        self.reader.read_exact(&mut out)?;
        self.position += bytes;
        Ok(out)
    }

    /// Fills `out`.
    pub(crate) fn fill(&mut self, out: &mut [u8]) -> Result<(), MediaError> {
        self.reader.read_exact(out)?;
        self.position += out.len() as u64;
        Ok(())
    }

    pub(crate) fn u8(&mut self) -> Result<u8, MediaError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(crate) fn u16_be(&mut self) -> Result<u16, MediaError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    pub(crate) fn u32_be(&mut self) -> Result<u32, MediaError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn u16_le(&mut self) -> Result<u16, MediaError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32_le(&mut self) -> Result<u32, MediaError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// A 24-bit little-endian number.
    pub(crate) fn u24_le(&mut self) -> Result<u32, MediaError> {
        let [a, b, c] = self.array()?;
        Ok(u32::from_le_bytes([a, b, c, 0]))
    }
}
