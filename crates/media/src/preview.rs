//! Small JPEGs for lists. They hold pixels only: no EXIF, no profile, no comment, and above all no position.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{ExtendedColorType, ImageBuffer, ImageEncoder, Rgba};

use crate::MediaError;
use crate::picture::{Picture, wipe};

/// JPEG quality, of 100. At the sizes of a list nobody sees more.
const QUALITY: u8 = 80;

/// A JPEG of the picture, its longer side at most `max_side` pixels (at least 1) and never larger than the picture.
/// Transparent parts are shown on white.
///
/// # Errors
/// `MediaError::Preview` when the encoder fails, which a side above 65535 makes it do.
pub fn preview(picture: &Picture, max_side: u32) -> Result<Vec<u8>, MediaError> {
    let max_side = max_side.max(1);
    // Whole levels down to less than twice the size, exactly and fast; then the fraction that is left.
    let longer = picture.width().max(picture.height());
    let whole = (longer / max_side).checked_ilog2().unwrap_or(0);
    let halved;
    let near = if whole == 0 {
        picture
    } else {
        halved = picture.level(whole);
        &halved
    };
    let (width, height) = fit(picture.width(), picture.height(), max_side);
    let pixels = ImageBuffer::<Rgba<u8>, &[u8]>::from_raw(near.width(), near.height(), near.rgba())
        .ok_or(MediaError::Preview)?;
    let mut small = resize(&pixels, width, height, FilterType::Triangle).into_raw();
    let mut rgb: Vec<u8> =
        small.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [r, g, b].map(|c| on_white(c, a))).collect();
    wipe(&mut small);
    let mut jpeg = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, QUALITY).write_image(
        &rgb,
        width,
        height,
        ExtendedColorType::Rgb8,
    );
    wipe(&mut rgb);
    encoded.map_err(|_| MediaError::Preview)?;
    Ok(jpeg)
}

/// The largest size with the same shape whose longer side is at most `max_side`.
fn fit(width: u32, height: u32, max_side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= max_side {
        return (width, height);
    }
    let scale = |side: u32| {
        let scaled = (u64::from(side) * u64::from(max_side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(max_side).max(1)
    };
    (scale(width), scale(height))
}

fn on_white(colour: u8, alpha: u8) -> u8 {
    let mixed = (u32::from(colour) * u32::from(alpha) + 255 * u32::from(255 - alpha) + 127) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}
