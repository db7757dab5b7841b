//! Image file directories, the tables of fields of which both TIFF files and EXIF blocks are made.
//!
//! Only numbers are read (SHORT and LONG), and at most [`MAX_VALUES`] of one field: that is all that size,
//! orientation and palette need. Strings, maker notes and sub-directories stay unread.

use std::io::{Cursor, Read, Seek};

use super::source::Source;
use crate::MediaError;
use crate::orientation::Orientation;

/// A palette of 16-bit indices has three times 65536 values; nothing that is read here has more.
const MAX_VALUES: u64 = 3 << 16;
/// Entries of one directory. Classic TIFF cannot have more than 65535, and real files have some dozens.
const MAX_ENTRIES: u64 = 65_535;

pub(crate) const ORIENTATION: u16 = 274;

/// One field of a directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) tag: u16,
    kind: u16,
    count: u64,
    /// Where the entry's value, or the offset of its values, stands.
    value_at: u64,
}

/// A TIFF structure, positioned anywhere in `source`.
pub(crate) struct Directories<'a, R> {
    source: &'a mut Source<R>,
    big_endian: bool,
    /// BigTIFF: 64-bit offsets and counts.
    big: bool,
}

impl<'a, R: Read + Seek> Directories<'a, R> {
    /// Reads the TIFF header at the start of `source`. The second value is the offset of the first directory.
    pub(crate) fn open(source: &'a mut Source<R>) -> Result<(Self, u64), MediaError> {
        source.go_to(0)?;
        let big_endian = match &source.array()? {
            b"II" => false,
            b"MM" => true,
            _ => return Err(MediaError::Broken),
        };
        let mut directories = Directories { source, big_endian, big: false };
        directories.big = match directories.u16()? {
            42 => false,
            43 => true,
            _ => return Err(MediaError::Broken),
        };
        if directories.big && (directories.u16()?, directories.u16()?) != (8, 0) {
            return Err(MediaError::Broken);
        }
        let first = directories.offset()?;
        Ok((directories, first))
    }

    /// The entries of the directory at `offset`, and the offset of the next directory or 0.
    pub(crate) fn directory(&mut self, offset: u64) -> Result<(Vec<Entry>, u64), MediaError> {
        self.source.go_to(offset)?;
        let count = if self.big { self.u64()? } else { u64::from(self.u16()?) };
        let entry_size = if self.big { 20 } else { 12 };
        if count > MAX_ENTRIES || count * entry_size > self.source.len() - self.source.position() {
            return Err(MediaError::Broken);
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            let start = self.source.position();
            let (tag, kind) = (self.u16()?, self.u16()?);
            let count = self.offset()?;
            entries.push(Entry { tag, kind, count, value_at: self.source.position() });
            self.source.go_to(start + entry_size)?;
        }
        // EXIF blocks may end after the last entry.
        let next = if self.source.position() < self.source.len() { self.offset()? } else { 0 };
        Ok((entries, next))
    }

    /// The numbers of a field. `Broken` when it does not hold whole numbers or more of them than any known field.
    pub(crate) fn numbers(&mut self, entry: Entry) -> Result<Vec<u64>, MediaError> {
        let size = match entry.kind {
            1 => 1,
            3 => 2,
            4 => 4,
            16 => 8,
            _ => return Err(MediaError::Broken),
        };
        let inline = if self.big { 8 } else { 4 };
        if entry.count > MAX_VALUES {
            return Err(MediaError::Broken);
        }
        self.source.go_to(entry.value_at)?;
        if entry.count * size > inline {
            let offset = self.offset()?;
            self.source.go_to(offset)?;
        }
        if entry.count * size > self.source.len() - self.source.position() {
            return Err(MediaError::Broken);
        }
        (0..entry.count)
            .map(|_| match size {
                1 => self.source.u8().map(u64::from),
                2 => self.u16().map(u64::from),
                4 => self.u32().map(u64::from),
                _ => self.u64(),
            })
            .collect()
    }

    /// The first number of field `tag`, `None` when the directory does not have it.
    pub(crate) fn number(&mut self, entries: &[Entry], tag: u16) -> Result<Option<u64>, MediaError> {
        match entries.iter().find(|entry| entry.tag == tag) {
            None => Ok(None),
            Some(&entry) => self.numbers(entry)?.first().copied().map(Some).ok_or(MediaError::Broken),
        }
    }

    /// Where the bytes of a field of unnamed bytes stand in the file.
    pub(crate) fn content(&mut self, entry: Entry) -> Result<std::ops::Range<u64>, MediaError> {
        self.source.go_to(entry.value_at)?;
        let start = if entry.count > if self.big { 8 } else { 4 } { self.offset()? } else { entry.value_at };
        Ok(start..start.checked_add(entry.count).ok_or(MediaError::Broken)?)
    }

    /// Where the inline value of field `tag` stands in the file, if it is a single SHORT, and in which byte order.
    pub(crate) fn short_at(&self, entries: &[Entry], tag: u16) -> Option<(u64, bool)> {
        let entry = entries.iter().find(|entry| entry.tag == tag)?;
        (entry.kind == 3 && entry.count == 1).then_some((entry.value_at, self.big_endian))
    }

    fn u16(&mut self) -> Result<u16, MediaError> {
        let bytes = self.source.array()?;
        Ok(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&mut self) -> Result<u32, MediaError> {
        let bytes = self.source.array()?;
        Ok(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn u64(&mut self) -> Result<u64, MediaError> {
        let bytes = self.source.array()?;
        Ok(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    fn offset(&mut self) -> Result<u64, MediaError> {
        if self.big { self.u64() } else { self.u32().map(u64::from) }
    }
}

/// The orientation in an EXIF block. Damaged EXIF is as good as none: it must not keep anybody from the picture.
pub(crate) fn exif_orientation(exif: &[u8]) -> Option<Orientation> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let mut source = Source::new(Cursor::new(exif)).ok()?;
    let (mut directories, first) = Directories::open(&mut source).ok()?;
    let (entries, _) = directories.directory(first).ok()?;
    let value = directories.number(&entries, ORIENTATION).ok()??;
    Orientation::from_exif(u16::try_from(value).ok()?)
}
