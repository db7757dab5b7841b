//! WebP by `image-webp`, the first frame of an animation.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::blank;
use crate::header::{Header, ImageFormat};
use crate::raster::{Layout, Raster};
use crate::{Feature, Limits, MediaError};

pub(super) fn decode(header: &Header, file: &[u8], limits: &Limits) -> Result<Raster, MediaError> {
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(error)?;
    decoder.set_memory_limit(usize::try_from(limits.max_decoded_bytes).unwrap_or(usize::MAX));
    if decoder.dimensions() != header.stored {
        return Err(MediaError::Broken);
    }
    let mut raster = blank(header, if decoder.has_alpha() { Layout::Rgba8 } else { Layout::Rgb8 });
    decoder.read_image(&mut raster.data).map_err(error)?;
    Ok(raster)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err asks for")]
fn error(error: DecodingError) -> MediaError {
    match error {
        DecodingError::UnsupportedFeature(_) => {
            MediaError::UnsupportedVariant { format: ImageFormat::WebP, feature: Feature::WebPFilm }
        }
        _ => MediaError::Broken,
    }
}
