//! TIFF directories: size and kind of the first page, number of pages. Camera raw files are TIFFs whose first page is
//! a thumbnail; they are told apart and refused, for a label drawn on a thumbnail would be worth nothing.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::ifd::{Directories, Entry, ORIENTATION};
use super::source::Source;
use super::{Header, ImageFormat, Parts};
use crate::orientation::Orientation;
use crate::{Feature, Limits, MediaError};

const NEW_SUBFILE_TYPE: u16 = 254;
const WIDTH: u16 = 256;
const LENGTH: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const STRIP_OFFSETS: u16 = 273;
const SAMPLES_PER_PIXEL: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_BYTE_COUNTS: u16 = 279;
const COLOUR_MAP: u16 = 320;
const TILE_WIDTH: u16 = 322;
const TILE_LENGTH: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_BYTE_COUNTS: u16 = 325;
const EXTRA_SAMPLES: u16 = 338;
const SUB_DIRECTORIES: u16 = 330;
const JPEG_TABLES: u16 = 347;
const DNG_VERSION: u16 = 50_706;

/// `NewSubfileType` bits of pages that are no pictures of their own: smaller versions and masks.
const REDUCED: u64 = 1;
const MASK: u64 = 4;
/// Pages beyond which a chain of directories is taken for an attack.
const MAX_PAGES: usize = 65_535;

const PHOTOMETRIC_PALETTE: u64 = 3;
const COMPRESSION_JPEG: u64 = 7;

/// The colours of a palette page, and where its photometric field can be changed to "grey" so that a decoder which
/// knows no palettes delivers the indices.
#[derive(Debug)]
pub(crate) struct Palette {
    /// Red, green and blue of each index, 8 bits.
    pub(crate) colours: Vec<[u8; 3]>,
    /// Offset of the two bytes of the photometric field in the file.
    pub(crate) photometric_at: u64,
    pub(crate) big_endian: bool,
}

pub(super) fn read<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Header, MediaError> {
    let len = source.len();
    let start: [u8; 10] = source.start()?;
    let (mut directories, first) = Directories::open(source)?;
    let (entries, mut next) = directories.directory(first)?;
    let has = |tag: u16| entries.iter().any(|entry: &Entry| entry.tag == tag);
    let subfile_type = directories.number(&entries, NEW_SUBFILE_TYPE)?.unwrap_or(0);
    let is_canon_raw = start[8..] == *b"CR";
    if is_canon_raw || has(DNG_VERSION) || (subfile_type & REDUCED != 0 && has(SUB_DIRECTORIES)) {
        let feature = Feature::CameraRaw;
        return Err(MediaError::UnsupportedVariant { format: ImageFormat::Tiff, feature });
    }
    let mut side = |tag| -> Result<u32, MediaError> {
        let side = directories.number(&entries, tag)?.ok_or(MediaError::Broken)?;
        u32::try_from(side).map_err(|_| MediaError::Broken)
    };
    let stored = (side(WIDTH)?, side(LENGTH)?);
    let bits = directories.number(&entries, BITS_PER_SAMPLE)?.unwrap_or(1);
    let samples = directories.number(&entries, SAMPLES_PER_PIXEL)?.unwrap_or(1);
    if bits == 0 || samples == 0 {
        return Err(MediaError::Broken);
    }
    let orientation = directories.number(&entries, ORIENTATION)?.unwrap_or(1);

    let mut frames = 1;
    let mut seen = HashSet::from([first]);
    let mut metadata_bytes = entries.len() as u64 * 12;
    while next != 0 {
        if !seen.insert(next) || seen.len() > MAX_PAGES {
            return Err(MediaError::Broken);
        }
        let (page, after) = directories.directory(next)?;
        metadata_bytes += page.len() as u64 * 12;
        limits.check_metadata(metadata_bytes)?;
        if directories.number(&page, NEW_SUBFILE_TYPE)?.unwrap_or(0) & (REDUCED | MASK) == 0 {
            frames += 1;
        }
        next = after;
    }
    Ok(Header {
        format: ImageFormat::Tiff,
        stored,
        orientation: u16::try_from(orientation)
            .ok()
            .and_then(Orientation::from_exif)
            .unwrap_or(Orientation::UPRIGHT),
        frames,
        bytes_per_pixel: bits.saturating_mul(samples).div_ceil(8),
        pixel_parts: Parts::one(0..len),
    })
}

/// How the samples of a page with one grey sample and others are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bands {
    /// The second of two samples is alpha.
    GreyAlpha,
    /// TIFF says nothing about the others.
    Unknown,
    /// Bands within a JPEG, which the decoders of the two formats do not agree about.
    Jpeg,
}

/// See [`Bands`]; of the first page.
pub(crate) fn bands<R: Read + Seek>(source: &mut Source<R>) -> Result<Bands, MediaError> {
    let (mut directories, first) = Directories::open(source)?;
    let (entries, _) = directories.directory(first)?;
    if directories.number(&entries, COMPRESSION)? == Some(COMPRESSION_JPEG) {
        return Ok(Bands::Jpeg);
    }
    let two_samples = directories.number(&entries, SAMPLES_PER_PIXEL)? == Some(2);
    let is_alpha = matches!(directories.number(&entries, EXTRA_SAMPLES)?, Some(1 | 2));
    Ok(if two_samples && is_alpha { Bands::GreyAlpha } else { Bands::Unknown })
}

/// The palette of the first page, if its pixels are indices into one.
pub(crate) fn palette<R: Read + Seek>(source: &mut Source<R>) -> Result<Option<Palette>, MediaError> {
    let (mut directories, first) = Directories::open(source)?;
    let (entries, _) = directories.directory(first)?;
    if directories.number(&entries, PHOTOMETRIC)? != Some(PHOTOMETRIC_PALETTE) {
        return Ok(None);
    }
    let map = entries.iter().find(|entry| entry.tag == COLOUR_MAP).ok_or(MediaError::Broken)?;
    let (photometric_at, big_endian) =
        directories.short_at(&entries, PHOTOMETRIC).ok_or(MediaError::Broken)?;
    let map = directories.numbers(*map)?;
    // Some writers put 8-bit colours into the 16-bit fields; as 16-bit colours they would all be black.
    let shift = if map.iter().any(|&value| value > 255) { 8 } else { 0 };
    let colour = |value: u64| u8::try_from(value >> shift).unwrap_or(u8::MAX);
    let count = map.len() / 3;
    let (red, rest) = map.split_at(count);
    let (green, blue) = rest.split_at(count);
    let colours = red
        .iter()
        .zip(green)
        .zip(blue)
        .map(|((&red, &green), &blue)| [colour(red), colour(green), colour(blue)])
        .collect();
    Ok(Some(Palette { colours, photometric_at, big_endian }))
}

/// Checks what the `tiff` crate takes from strips and tiles without a limit: the size of a tile, and the size that a
/// JPEG inside one claims, for which memory would be taken as it says.
///
/// `file` is the content of `source`.
pub(crate) fn check_chunks<R: Read + Seek>(
    source: &mut Source<R>,
    file: &[u8],
    limits: &Limits,
) -> Result<(), MediaError> {
    let (mut directories, first) = Directories::open(source)?;
    let (entries, _) = directories.directory(first)?;
    let mut side = |tag| -> Result<Option<u32>, MediaError> {
        let side = directories.number(&entries, tag)?;
        side.map(|side| u32::try_from(side).map_err(|_| MediaError::Broken)).transpose()
    };
    let (width, height) = (side(WIDTH)?.unwrap_or(0), side(LENGTH)?.unwrap_or(0));
    let tile = side(TILE_WIDTH)?.zip(side(TILE_LENGTH)?);
    let chunk = match tile {
        Some(tile) => tile,
        None => (width, side(ROWS_PER_STRIP)?.unwrap_or(height).min(height)),
    };
    let bits = directories.number(&entries, BITS_PER_SAMPLE)?.unwrap_or(1);
    let samples = directories.number(&entries, SAMPLES_PER_PIXEL)?.unwrap_or(1);
    limits.check_size(chunk.0, chunk.1, bits.saturating_mul(samples).div_ceil(8))?;
    if directories.number(&entries, COMPRESSION)? != Some(COMPRESSION_JPEG) {
        return Ok(());
    }
    if let Some(tables) = entries.iter().find(|entry| entry.tag == JPEG_TABLES) {
        let tables = directories.content(*tables)?;
        if jpeg_sizes(part(file, tables.start, tables.end)).next().is_some() {
            return Err(MediaError::Broken);
        }
    }
    let offsets = if tile.is_some() { TILE_OFFSETS } else { STRIP_OFFSETS };
    let counts = if tile.is_some() { TILE_BYTE_COUNTS } else { STRIP_BYTE_COUNTS };
    let mut field = |tag| {
        let entry = entries.iter().find(|entry| entry.tag == tag).ok_or(MediaError::Broken)?;
        directories.numbers(*entry)
    };
    for (offset, count) in field(offsets)?.into_iter().zip(field(counts)?) {
        let fits = |(jpeg_width, jpeg_height)| jpeg_width <= chunk.0 && jpeg_height <= chunk.1;
        if !jpeg_sizes(part(file, offset, offset.saturating_add(count))).all(fits) {
            return Err(MediaError::Broken);
        }
    }
    Ok(())
}

/// A part of the file, empty where it lies outside.
fn part(file: &[u8], start: u64, end: u64) -> &[u8] {
    let bound = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(file.len());
    file.get(bound(start)..bound(end)).unwrap_or(&[])
}

/// Width and height of everything in a JPEG stream that a decoder could take for a frame header. Within coded pixels
/// there is none, because there a zero follows each 0xff.
fn jpeg_sizes(stream: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    stream.windows(9).filter_map(|bytes| match bytes {
        &[0xff, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf, _, _, _, h1, h0, w1, w0] => {
            let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
            Some((side(w1, w0), side(h1, h0)))
        }
        _ => None,
    })
}
