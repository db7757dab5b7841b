//! WebP chunks. The decoder reads metadata chunks only when it is asked for them, which never happens, so that it can
//! be given the whole file.

use std::io::{Read, Seek};

use super::ifd::exif_orientation;
use super::source::Source;
use super::{Header, ImageFormat, Parts};
use crate::orientation::Orientation;
use crate::{Limits, MediaError};

pub(super) fn read<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Header, MediaError> {
    source.skip(4)?;
    let end = 8 + u64::from(source.u32_le()?);
    if end > source.len() {
        return Err(MediaError::Broken);
    }
    source.skip(4)?;
    let kind: [u8; 4] = source.array()?;
    let length = u64::from(source.u32_le()?);
    let mut header = Header {
        format: ImageFormat::WebP,
        stored: (0, 0),
        orientation: Orientation::UPRIGHT,
        frames: 1,
        bytes_per_pixel: 4,
        pixel_parts: Parts::one(0..source.len()),
    };
    match &kind {
        b"VP8 " => header.stored = lossy_size(source)?,
        b"VP8L" => header.stored = lossless_size(source)?,
        b"VP8X" => {
            let first_chunk = source.position() + length + length % 2;
            source.skip(4)?;
            header.stored = (source.u24_le()? + 1, source.u24_le()? + 1);
            // What is too large is said to be so even if the frames are damaged or missing.
            limits.check_size(header.stored.0, header.stored.1, header.bytes_per_pixel)?;
            source.go_to(first_chunk)?;
            extended(source, limits, end, &mut header)?;
        }
        _ => return Err(MediaError::Broken),
    }
    Ok(header)
}

/// Width and height in the header of a lossy frame.
fn lossy_size<R: Read + Seek>(source: &mut Source<R>) -> Result<(u32, u32), MediaError> {
    let [_, _, _, 0x9d, 0x01, 0x2a] = source.array()? else { return Err(MediaError::Broken) };
    Ok((u32::from(source.u16_le()? & 0x3fff), u32::from(source.u16_le()? & 0x3fff)))
}

/// Width and height in the header of a lossless frame.
fn lossless_size<R: Read + Seek>(source: &mut Source<R>) -> Result<(u32, u32), MediaError> {
    let [0x2f] = source.array()? else { return Err(MediaError::Broken) };
    let sizes = source.u32_le()?;
    Ok(((sizes & 0x3fff) + 1, ((sizes >> 14) & 0x3fff) + 1))
}

/// Walks the chunks of an extended file for frames and EXIF.
fn extended<R: Read + Seek>(
    source: &mut Source<R>,
    limits: &Limits,
    end: u64,
    header: &mut Header,
) -> Result<(), MediaError> {
    let mut frames = 0;
    let mut metadata_bytes = 0;
    let mut orientation = None;
    while source.position() + 8 <= end {
        let kind: [u8; 4] = source.array()?;
        let length = u64::from(source.u32_le()?);
        let next = source.position() + length + length % 2;
        metadata_bytes += 8;
        match &kind {
            b"ANMF" => frames += 1,
            b"ALPH" => {}
            b"VP8 " | b"VP8L" => {
                let size = if &kind == b"VP8L" { lossless_size(source)? } else { lossy_size(source)? };
                // The decoder would take memory for the whole canvas before it finds out.
                if size != header.stored {
                    return Err(MediaError::Broken);
                }
            }
            _ => metadata_bytes += length,
        }
        limits.check_metadata(metadata_bytes)?;
        if &kind == b"EXIF" && orientation.is_none() {
            orientation = exif_orientation(&source.bytes(length)?);
        }
        // The padding of the last chunk is often left out.
        source.go_to(next.min(source.len()).max(source.position()))?;
    }
    header.frames = frames.max(1);
    header.orientation = orientation.unwrap_or(Orientation::UPRIGHT);
    Ok(())
}
