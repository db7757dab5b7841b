//! TIFF by the `tiff` crate, and what it leaves to its users: palettes, packed depths, separate planes, CMYK and YCbCr.

use std::borrow::Cow;
use std::io::Cursor;

use tiff::decoder::{Decoder, DecodingResult};
use tiff::{ColorType, TiffError};

use crate::header::tiff::{self as tags, Bands, Palette};
use crate::header::{Header, ImageFormat, Source};
use crate::raster::{Layout, Raster};
use crate::{Feature, Limits, MediaError};

pub(super) fn decode(header: &Header, file: &[u8], limits: &Limits) -> Result<Raster, MediaError> {
    let mut source = Source::new(Cursor::new(file))?;
    tags::check_chunks(&mut source, file, limits)?;
    let palette = tags::palette(&mut source)?;
    let readable = match &palette {
        Some(palette) => Cow::Owned(with_grey_photometric(file, palette)?),
        None => Cow::Borrowed(file),
    };
    let bytes = usize::try_from(limits.max_decoded_bytes).unwrap_or(usize::MAX);
    let mut tiff_limits = tiff::decoder::Limits::default();
    tiff_limits.decoding_buffer_size = bytes;
    tiff_limits.intermediate_buffer_size = bytes;
    let mut decoder = Decoder::new(Cursor::new(&*readable)).map_err(error)?.with_limits(tiff_limits);
    if decoder.dimensions().map_err(error)? != header.stored {
        return Err(MediaError::Broken);
    }
    let colour = decoder.colortype().map_err(error)?;
    let mut samples = DecodingResult::U8(Vec::new());
    let buffer = decoder.read_image_to_buffer(&mut samples).map_err(error)?;
    if buffer.planes > 1 && samples.as_buffer(0).byte_len() < buffer.complete_len {
        return Err(MediaError::Broken);
    }
    let (width, height) = header.stored;
    let pixels = width as usize * height as usize;
    let (bytes, sample_bytes) = match samples {
        DecodingResult::U8(samples) => (samples, 1),
        DecodingResult::U16(samples) => (samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect(), 2),
        _ => return Err(unsupported(Feature::TiffSamples)),
    };
    let bytes = if buffer.planes > 1 { interleaved(&bytes, buffer.planes, sample_bytes)? } else { bytes };
    let (layout, data) = match (colour, &palette) {
        (ColorType::Gray(bits @ (1 | 2 | 4 | 8)), Some(palette)) => {
            (Layout::Rgb8, coloured(&unpacked(&bytes, width, bits), palette)?)
        }
        (ColorType::Gray(8), None) => (Layout::L8, bytes),
        (ColorType::Gray(bits @ (1 | 2 | 4)), None) => {
            let scale = u8::MAX / ((1 << bits) - 1);
            (Layout::L8, unpacked(&bytes, width, bits).into_iter().map(|level| level * scale).collect())
        }
        (ColorType::Gray(16), None) => (Layout::L16, bytes),
        (ColorType::GrayA(8), None) => (Layout::La8, bytes),
        (ColorType::GrayA(16), None) => (Layout::La16, bytes),
        (ColorType::RGB(8), None) => (Layout::Rgb8, bytes),
        (ColorType::RGB(16), None) => (Layout::Rgb16, bytes),
        (ColorType::RGBA(8), None) => (Layout::Rgba8, bytes),
        (ColorType::RGBA(16), None) => (Layout::Rgba16, bytes),
        (ColorType::CMYK(8), None) => (Layout::Rgb8, mapped(&bytes, rgb_from_cmyk)),
        (ColorType::YCbCr(8), None) => (Layout::Rgb8, mapped(&bytes, rgb_from_ycbcr)),
        (ColorType::Multiband { bit_depth: bits @ (8 | 16), num_samples: samples }, None) => {
            let (alone, with_alpha) =
                if bits == 8 { (Layout::L8, Layout::La8) } else { (Layout::L16, Layout::La16) };
            match tags::bands(&mut source)? {
                Bands::GreyAlpha => (with_alpha, bytes),
                Bands::Unknown => (alone, first_band(&bytes, samples, sample_bytes)),
                Bands::Jpeg => return Err(unsupported(Feature::TiffJpegBands)),
            }
        }
        _ => return Err(unsupported(Feature::TiffColours)),
    };
    if data.len() != pixels * layout.bytes_per_pixel() {
        return Err(MediaError::Broken);
    }
    Ok(Raster { width, height, layout, data })
}

/// A copy of the file whose photometric field says "black is zero".
fn with_grey_photometric(file: &[u8], palette: &Palette) -> Result<Vec<u8>, MediaError> {
    let at = usize::try_from(palette.photometric_at).map_err(|_| MediaError::Broken)?;
    let mut file = file.to_vec();
    let field = file.get_mut(at..at + 2).ok_or(MediaError::Broken)?;
    field.copy_from_slice(&if palette.big_endian { 1u16.to_be_bytes() } else { 1u16.to_le_bytes() });
    Ok(file)
}

/// One sample a byte from rows of packed samples, the highest bits first.
fn unpacked(packed: &[u8], width: u32, bits: u8) -> Vec<u8> {
    if bits == 8 {
        return packed.to_vec();
    }
    let width = width as usize;
    let per_byte = 8 / usize::from(bits);
    let mask = (1u8 << bits) - 1;
    packed
        .chunks(width.div_ceil(per_byte))
        .flat_map(|row| {
            row.iter()
                .flat_map(|&byte| (1..=8 / bits).map(move |index| (byte >> (8 - index * bits)) & mask))
                .take(width)
        })
        .collect()
}

fn coloured(indices: &[u8], palette: &Palette) -> Result<Vec<u8>, MediaError> {
    let mut out = Vec::with_capacity(indices.len() * 3);
    for &index in indices {
        out.extend_from_slice(palette.colours.get(usize::from(index)).ok_or(MediaError::Broken)?);
    }
    Ok(out)
}

fn interleaved(planes: &[u8], count: usize, sample_bytes: usize) -> Result<Vec<u8>, MediaError> {
    if count == 0 || !planes.len().is_multiple_of(count * sample_bytes) {
        return Err(MediaError::Broken);
    }
    let plane_bytes = planes.len() / count;
    let mut out = Vec::with_capacity(planes.len());
    for at in (0..plane_bytes).step_by(sample_bytes) {
        for plane in planes.chunks_exact(plane_bytes) {
            out.extend_from_slice(&plane[at..at + sample_bytes]);
        }
    }
    Ok(out)
}

/// Grey with bands that TIFF gives no meaning: the first band is the picture.
fn first_band(pixels: &[u8], samples: u16, sample_bytes: usize) -> Vec<u8> {
    pixels
        .chunks_exact(usize::from(samples.max(1)) * sample_bytes)
        .flat_map(|pixel| &pixel[..sample_bytes])
        .copied()
        .collect()
}

fn mapped<const N: usize>(pixels: &[u8], rgb_from: impl Fn([u8; N]) -> [u8; 3]) -> Vec<u8> {
    pixels.as_chunks::<N>().0.iter().flat_map(|&pixel| rgb_from(pixel)).collect()
}

/// Inks as light without a profile: each ink takes its share of what black leaves.
fn rgb_from_cmyk([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    let left = u16::from(255 - black);
    [cyan, magenta, yellow].map(|ink| {
        let light = (u16::from(255 - ink) * left + 127) / 255;
        u8::try_from(light).unwrap_or(u8::MAX)
    })
}

/// ITU-R BT.601 with full range, the default of TIFF and the only one that JPEG knows.
fn rgb_from_ycbcr([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    let luma = i32::from(luma) << 16;
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    [luma + 91_881 * red, luma - 22_554 * blue - 46_802 * red, luma + 116_130 * blue]
        .map(|value| u8::try_from(((value + (1 << 15)) >> 16).clamp(0, 255)).unwrap_or(u8::MAX))
}

fn unsupported(feature: Feature) -> MediaError {
    MediaError::UnsupportedVariant { format: ImageFormat::Tiff, feature }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err asks for")]
fn error(error: TiffError) -> MediaError {
    match error {
        TiffError::UnsupportedError(_) => unsupported(Feature::TiffKind),
        _ => MediaError::Broken,
    }
}
