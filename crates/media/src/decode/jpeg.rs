//! JPEG by `zune-jpeg`, which is asked for RGBA where no orientation follows: then its rows are the picture, without
//! another pass over them.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::blank;
use crate::header::Header;
use crate::orientation::Orientation;
use crate::raster::{Layout, Raster};
use crate::{Limits, MediaError};

/// Progressive JPEGs have about ten scans. Each one is a pass over the whole picture that may take no more than a few
/// bytes, so their number is a cost that a small file can ask for.
const MAX_SCANS: usize = 64;
/// Pixels times scans: twenty scans of 200 megapixels, which take about four seconds.
const MAX_SCANNED_PIXELS: usize = 4_000_000_000;

pub(super) fn decode(header: &Header, file: &[u8], limits: &Limits) -> Result<Raster, MediaError> {
    // The decoder fills what is missing with grey. The end marker cannot occur within coded pixels.
    if file.windows(2).rposition(|pair| pair == [0xff, 0xd9]).is_none() {
        return Err(MediaError::Broken);
    }
    let scans = file.windows(2).filter(|pair| *pair == [0xff, 0xda]).count();
    let pixels = header.stored.0 as usize * header.stored.1 as usize;
    if scans > MAX_SCANS || scans.saturating_mul(pixels) > MAX_SCANNED_PIXELS {
        return Err(MediaError::Broken);
    }
    let side = limits.max_side as usize;
    // From four inks to RGBA the decoder (0.5.15) counts three bytes a pixel and garbles the rows; to RGB it is right.
    let straight = header.orientation == Orientation::UPRIGHT && header.bytes_per_pixel == 3;
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(side)
        .set_max_height(side)
        .jpeg_set_max_scans(MAX_SCANS)
        // Fixed before the headers are read, for the decoder chooses its conversion from YCbCr while it reads them.
        .jpeg_set_out_colorspace(if straight { ColorSpace::RGBA } else { ColorSpace::RGB });
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(|_| MediaError::Broken)?;
    let layout = match decoder.input_colorspace().ok_or(MediaError::Broken)? {
        // Two kinds that need no conversion; from RGB to RGBA the decoder knows none.
        ColorSpace::Luma => {
            decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
            Layout::L8
        }
        ColorSpace::RGB => {
            decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::RGB));
            Layout::Rgb8
        }
        _ if straight => Layout::Rgbx8,
        _ => Layout::Rgb8,
    };
    let info = decoder.dimensions().ok_or(MediaError::Broken)?;
    if info != (header.stored.0 as usize, header.stored.1 as usize) {
        return Err(MediaError::Broken);
    }
    let mut raster = blank(header, layout);
    decoder.decode_into(&mut raster.data).map_err(|_| MediaError::Broken)?;
    Ok(raster)
}
