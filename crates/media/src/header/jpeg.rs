//! JPEG up to the first scan. Application segments and comments are metadata, but for JFIF (APP0), which some video
//! frames need, and Adobe (APP14), which says how colours are stored.

use std::io::{Read, Seek};

use super::ifd::exif_orientation;
use super::source::Source;
use super::{Header, ImageFormat, Parts};
use crate::orientation::Orientation;
use crate::{Feature, Limits, MediaError};

/// Pixels for each byte of the file beyond which a JPEG cannot be whole: every 8 by 8 block of the finest component
/// takes at least one bit, and no component is more than 4 times finer in one direction than another is.
const MAX_PIXELS_PER_BYTE: u64 = 8 * 64 * 4;

pub(super) fn read<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Header, MediaError> {
    source.skip(2)?;
    let mut orientation = None;
    let mut frame = None;
    let mut metadata_bytes = 0;
    let mut pixel_parts = Parts::one(0..2);
    loop {
        let segment_start = source.position();
        metadata_bytes += to_marker(source)?;
        let marker = source.marker()?;
        match marker {
            // Start of scan: the rest is pixels.
            0xda => {
                pixel_parts.add(segment_start..source.len());
                break;
            }
            0x01 | 0xd0..=0xd8 => continue,
            0xd9 => return Err(MediaError::Broken),
            _ => {}
        }
        let length = u64::from(source.u16_be()?).checked_sub(2).ok_or(MediaError::Broken)?;
        let end = source.position() + length;
        let is_metadata = matches!(marker, 0xe1..=0xed | 0xef | 0xfe);
        if is_metadata {
            metadata_bytes += length;
            limits.check_metadata(metadata_bytes)?;
        } else {
            pixel_parts.add(segment_start..end);
        }
        match marker {
            0xc0..=0xc2 => frame = Some(frame_header(source)?),
            // Huffman tables and arithmetic conditioning share the range of the frame types.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let feature = Feature::RareJpegCoding;
                return Err(MediaError::UnsupportedVariant { format: ImageFormat::Jpeg, feature });
            }
            0xe1 if orientation.is_none() => {
                let segment = source.bytes(length)?;
                if segment.starts_with(b"Exif\0") {
                    orientation = segment.get(6..).and_then(exif_orientation);
                }
            }
            _ => {}
        }
        source.go_to(end)?;
    }
    let (stored, components) = frame.ok_or(MediaError::Broken)?;
    if u64::from(stored.0) * u64::from(stored.1) > source.len().saturating_mul(MAX_PIXELS_PER_BYTE) {
        // First say what is simply too large, in its own words.
        limits.check_size(stored.0, stored.1, components)?;
        return Err(MediaError::Broken);
    }
    Ok(Header {
        format: ImageFormat::Jpeg,
        stored,
        orientation: orientation.unwrap_or(Orientation::UPRIGHT),
        frames: 1,
        bytes_per_pixel: components,
        pixel_parts,
    })
}

/// Goes behind the next 0xff and returns how many bytes were in the way.
fn to_marker<R: Read + Seek>(source: &mut Source<R>) -> Result<u64, MediaError> {
    let mut stray = 0;
    while source.u8()? != 0xff {
        stray += 1;
    }
    Ok(stray)
}

impl<R: Read + Seek> Source<R> {
    /// The code of a marker, after any number of fill bytes.
    fn marker(&mut self) -> Result<u8, MediaError> {
        loop {
            let code = self.u8()?;
            if code != 0xff {
                return Ok(code);
            }
        }
    }
}

/// Width, height and number of components.
fn frame_header<R: Read + Seek>(source: &mut Source<R>) -> Result<((u32, u32), u64), MediaError> {
    let precision = source.u8()?;
    if precision != 8 {
        let feature = Feature::DeepJpegSamples;
        return Err(MediaError::UnsupportedVariant { format: ImageFormat::Jpeg, feature });
    }
    let (height, width) = (source.u16_be()?, source.u16_be()?);
    match source.u8()? {
        components @ (1 | 3 | 4) => Ok(((u32::from(width), u32::from(height)), u64::from(components))),
        0 => Err(MediaError::Broken),
        _ => {
            let feature = Feature::JpegComponents;
            Err(MediaError::UnsupportedVariant { format: ImageFormat::Jpeg, feature })
        }
    }
}
