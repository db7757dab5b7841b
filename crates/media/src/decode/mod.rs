//! From the parts of a file that hold pixels to a raster of samples, through the decoder library of each format.
//! The header has been read and checked; here every size that a library reports is checked again before its buffer is made.

mod bmp;
mod jpeg;
mod png;
mod tiff;
mod webp;

use std::io::{Read, Seek};

use crate::header::{Header, ImageFormat, Source};
use crate::raster::{Layout, Raster};
use crate::{Limits, MediaError};

/// The parts of the file that the decoder needs, one after the other.
pub(crate) fn pixel_parts<R: Read + Seek>(
    source: &mut Source<R>,
    header: &Header,
) -> Result<Vec<u8>, MediaError> {
    let total: u64 = header.pixel_parts.iter().map(|part| part.end - part.start).sum();
    let mut out = vec![0; usize::try_from(total).map_err(|_| MediaError::Broken)?];
    let mut rest = out.as_mut_slice();
    for part in header.pixel_parts.iter() {
        source.go_to(part.start)?;
        let len = usize::try_from(part.end - part.start).map_err(|_| MediaError::Broken)?;
        let (now, later) = rest.split_at_mut(len);
        source.fill(now)?;
        rest = later;
    }
    Ok(out)
}

/// Decodes `file`, the pixel parts of a file with this header.
pub(crate) fn raster(header: &Header, file: &[u8], limits: &Limits) -> Result<Raster, MediaError> {
    let raster = match header.format {
        ImageFormat::Jpeg => jpeg::decode(header, file, limits),
        ImageFormat::Png => png::decode(header, file, limits),
        ImageFormat::WebP => webp::decode(header, file, limits),
        ImageFormat::Tiff => tiff::decode(header, file, limits),
        ImageFormat::Bmp => bmp::decode(header, file),
    }?;
    let pixels = raster.width as usize * raster.height as usize;
    if (raster.width, raster.height) != header.stored
        || raster.data.len() != pixels * raster.layout.bytes_per_pixel()
    {
        return Err(MediaError::Broken);
    }
    Ok(raster)
}

/// A raster of zeros for a decoder to fill; its size is that of the checked header.
fn blank(header: &Header, layout: Layout) -> Raster {
    let (width, height) = header.stored;
    let data = vec![0; width as usize * height as usize * layout.bytes_per_pixel()];
    Raster { width, height, layout, data }
}
