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
    // The decoder fills what is missing with grey.
    let stream = Stream::measure(file).ok_or(MediaError::Broken)?;
    let pixels = header.stored.0 as usize * header.stored.1 as usize;
    if stream.scans > MAX_SCANS || stream.scans.saturating_mul(pixels) > MAX_SCANNED_PIXELS {
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
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&file[..stream.end]), options);
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

/// The extent of a JPEG stream. What follows its end, such as the film of a "live" photo, is none of it.
struct Stream {
    scans: usize,
    /// Offset behind the end marker.
    end: usize,
}

impl Stream {
    /// Walks the markers; `None` when the end marker is missing, which means that the file was cut.
    fn measure(file: &[u8]) -> Option<Stream> {
        let mut scans = 0;
        let mut at = 2;
        loop {
            at += file.get(at..)?.iter().position(|&byte| byte == 0xff)? + 1;
            match *file.get(at)? {
                0xd9 => return Some(Stream { scans, end: at + 1 }),
                // Fill bytes, an 0xff among coded pixels, and markers without content.
                0x00 | 0x01 | 0xd0..=0xd8 | 0xff => {}
                marker => {
                    scans += usize::from(marker == 0xda);
                    at += 1 + usize::from(u16::from_be_bytes([*file.get(at + 1)?, *file.get(at + 2)?]));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;

    #[test]
    fn markers_within_tables_and_behind_the_end_do_not_count() {
        let table = [0xff, 0xdb, 0, 8, 0xff, 0xd9, 0xff, 0xda, 0xff, 0xd9];
        let scan = [0xff, 0xda, 0, 4, 0xff, 0xd9, 7, 0xff, 0, 0xff, 0xd0, 7, 0xff, 0xff];
        let file = [&[0xff, 0xd8][..], &table, &scan, &scan, &[0xff, 0xd9], &scan].concat();
        let stream = Stream::measure(&file).unwrap();
        assert_eq!((stream.scans, stream.end), (2, file.len() - scan.len()));
        for cut in 0..stream.end {
            assert!(Stream::measure(&file[..cut]).is_none(), "cut at {cut}");
        }
    }
}
