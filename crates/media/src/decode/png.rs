//! PNG by the `png` crate, palettes and low depths expanded. Checksums of the chunks are verified.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Transformations};

use super::blank;
use crate::header::Header;
use crate::raster::{Layout, Raster};
use crate::{Limits, MediaError};

pub(super) fn decode(header: &Header, file: &[u8], limits: &Limits) -> Result<Raster, MediaError> {
    let bytes = usize::try_from(limits.max_decoded_bytes).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(|_| MediaError::Broken)?;
    let layout = match reader.output_color_type() {
        (ColorType::Grayscale, BitDepth::Eight) => Layout::L8,
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => Layout::La8,
        (ColorType::Rgb, BitDepth::Eight) => Layout::Rgb8,
        (ColorType::Rgba, BitDepth::Eight) => Layout::Rgba8,
        (ColorType::Grayscale, BitDepth::Sixteen) => Layout::L16,
        (ColorType::GrayscaleAlpha, BitDepth::Sixteen) => Layout::La16,
        (ColorType::Rgb, BitDepth::Sixteen) => Layout::Rgb16,
        (ColorType::Rgba, BitDepth::Sixteen) => Layout::Rgba16,
        // Expansion leaves no palette and no depth below eight.
        _ => return Err(MediaError::Broken),
    };
    let mut raster = blank(header, layout);
    if reader.output_buffer_size() != Some(raster.data.len()) {
        return Err(MediaError::Broken);
    }
    reader.next_frame(&mut raster.data).map_err(|_| MediaError::Broken)?;
    if matches!(layout, Layout::L16 | Layout::La16 | Layout::Rgb16 | Layout::Rgba16) {
        for sample in raster.data.as_chunks_mut::<2>().0 {
            *sample = u16::from_be_bytes(*sample).to_ne_bytes();
        }
    }
    Ok(raster)
}
