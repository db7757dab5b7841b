//! Windows bitmaps by the `image` crate.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::{ColorType, ImageDecoder, ImageError};

use super::blank;
use crate::header::{Header, ImageFormat};
use crate::raster::{Layout, Raster};
use crate::{Feature, MediaError};

pub(super) fn decode(header: &Header, file: &[u8]) -> Result<Raster, MediaError> {
    let decoder = BmpDecoder::new(Cursor::new(file)).map_err(error)?;
    let layout = match decoder.color_type() {
        ColorType::L8 => Layout::L8,
        ColorType::Rgb8 => Layout::Rgb8,
        ColorType::Rgba8 => Layout::Rgba8,
        _ => return Err(MediaError::Broken),
    };
    if decoder.dimensions() != header.stored {
        return Err(MediaError::Broken);
    }
    let mut raster = blank(header, layout);
    decoder.read_image(&mut raster.data).map_err(error)?;
    Ok(raster)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err asks for")]
fn error(error: ImageError) -> MediaError {
    match error {
        ImageError::Unsupported(_) => {
            MediaError::UnsupportedVariant { format: ImageFormat::Bmp, feature: Feature::BmpCoding }
        }
        _ => MediaError::Broken,
    }
}
