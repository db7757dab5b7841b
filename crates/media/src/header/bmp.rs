//! Windows bitmaps: the two headers.

use std::io::{Read, Seek};

use super::source::Source;
use super::{Header, ImageFormat, Parts};
use crate::orientation::Orientation;
use crate::{Feature, Limits, MediaError};

pub(super) fn read<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Header, MediaError> {
    source.skip(10)?;
    let pixels_at = u64::from(source.u32_le()?);
    let (width, height, depth, compression) = if source.u32_le()? == 12 {
        let (width, height) = (source.u16_le()?, source.u16_le()?);
        source.skip(2)?;
        (u32::from(width), u32::from(height), source.u16_le()?, 0)
    } else {
        // A negative height says that the rows run from the top; a negative width says nothing.
        let width = u32::try_from(source.u32_le()?.cast_signed()).map_err(|_| MediaError::Broken)?;
        let height = source.u32_le()?.cast_signed().unsigned_abs();
        source.skip(2)?;
        (width, height, source.u16_le()?, source.u32_le()?)
    };
    if !matches!(depth, 1 | 2 | 4 | 8 | 16 | 24 | 32) {
        return Err(MediaError::Broken);
    }
    limits.check_size(width, height, 4)?;
    match compression {
        // Rows as they are: the file has all of them, or it was cut.
        0 | 3 | 6 => {
            let row = (u64::from(width) * u64::from(depth)).div_ceil(32) * 4;
            if pixels_at.saturating_add(row * u64::from(height)) > source.len() {
                return Err(MediaError::Broken);
            }
        }
        1 | 2 => {}
        _ => {
            let feature = Feature::BmpContainer;
            return Err(MediaError::UnsupportedVariant { format: ImageFormat::Bmp, feature });
        }
    }
    Ok(Header {
        format: ImageFormat::Bmp,
        stored: (width, height),
        orientation: Orientation::UPRIGHT,
        frames: 1,
        bytes_per_pixel: 4,
        pixel_parts: Parts::one(0..source.len()),
    })
}
