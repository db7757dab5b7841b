//! PNG chunks. Decoders get header, palette, transparency, pixels and end, so that no text, profile or animation is
//! ever unpacked. The whole chain of chunks is walked, for EXIF may follow the pixels.

use std::io::{Read, Seek};

use super::ifd::exif_orientation;
use super::source::Source;
use super::{Header, ImageFormat, Parts};
use crate::orientation::Orientation;
use crate::{Limits, MediaError};

/// Deflate cannot do better than this many bytes from one.
const MAX_INFLATION: u64 = 1032;

pub(super) fn read<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Header, MediaError> {
    source.skip(8)?;
    if (source.u32_be()?, &source.array()?) != (13, b"IHDR") {
        return Err(MediaError::Broken);
    }
    let stored = (source.u32_be()?, source.u32_be()?);
    let [depth, colour_type] = source.array()?;
    let (stored_channels, decoded_channels) = match (colour_type, depth) {
        (0, 1 | 2 | 4 | 8 | 16) => (1, 2),
        (2, 8 | 16) => (3, 4),
        (3, 1 | 2 | 4 | 8) => (1, 4),
        (4, 8 | 16) => (2, 2),
        (6, 8 | 16) => (4, 4),
        _ => return Err(MediaError::Broken),
    };
    let bytes_per_pixel = decoded_channels * if depth == 16 { 2 } else { 1 };
    // Sizes that are too large are said to be so even if the rest is damaged or missing.
    limits.check_size(stored.0, stored.1, bytes_per_pixel)?;
    source.skip(3 + 4)?;

    let mut pixel_parts = Parts::one(0..source.position());
    let mut metadata_bytes = 0;
    let mut packed_bytes = 0;
    let mut frames = 1;
    let mut orientation = None;
    loop {
        let start = source.position();
        let length = u64::from(source.u32_be()?);
        let kind: [u8; 4] = source.array()?;
        let end = start + 12 + length;
        // The framing of every chunk counts, so that a file of a million empty chunks is refused.
        metadata_bytes += 12;
        match &kind {
            b"IHDR" => return Err(MediaError::Broken),
            b"PLTE" | b"tRNS" => pixel_parts.add(start..end),
            b"IDAT" => {
                packed_bytes += length;
                pixel_parts.add(start..end);
            }
            b"IEND" => {
                pixel_parts.add(start..end);
                source.go_to(end)?;
                break;
            }
            b"acTL" if length == 8 => frames = source.u32_be()?.max(1),
            b"eXIf" if orientation.is_none() => {
                limits.check_metadata(metadata_bytes + length)?;
                orientation = exif_orientation(&source.bytes(length)?);
            }
            _ => {}
        }
        if !matches!(&kind, b"PLTE" | b"tRNS" | b"IDAT") {
            metadata_bytes += length;
        }
        limits.check_metadata(metadata_bytes)?;
        source.go_to(end)?;
    }
    let row_bytes = (u64::from(stored.0) * stored_channels * u64::from(depth)).div_ceil(8);
    if row_bytes * u64::from(stored.1) > packed_bytes.saturating_mul(MAX_INFLATION) {
        return Err(MediaError::Broken);
    }
    Ok(Header {
        format: ImageFormat::Png,
        stored,
        orientation: orientation.unwrap_or(Orientation::UPRIGHT),
        frames,
        bytes_per_pixel,
        pixel_parts,
    })
}
