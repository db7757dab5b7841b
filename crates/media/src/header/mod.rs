//! What an image says about itself before any pixel is decoded: format, size, orientation, number of frames.
//!
//! These readers are the only code that looks at metadata. They read a handful of fields, never unpack anything, and
//! bound what they take by [`Limits`]; the decoders are then given the parts of the file that hold pixels, and no
//! metadata. The size limits of decoder libraries are therefore a second line of defence here, not the first.

mod bmp;
mod ifd;
mod jpeg;
mod png;
mod source;
pub(crate) mod tiff;
mod webp;

use std::io::{Read, Seek};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::orientation::Orientation;
use crate::{Limits, MediaError};
pub(crate) use source::Source;

/// A format of images that is read, told by content and not by the name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// JPEG: baseline and progressive, 8 bits, grey, YCbCr, RGB, CMYK and YCCK.
    Jpeg,
    /// PNG, all colour types and depths. Of an animation, the default picture.
    Png,
    /// WebP, lossy and lossless. Of an animation, the first frame.
    WebP,
    /// TIFF and BigTIFF. Of several pages, the first.
    Tiff,
    /// Windows bitmap.
    Bmp,
}

impl std::fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ImageFormat::Jpeg => "JPEG",
            ImageFormat::Png => "PNG",
            ImageFormat::WebP => "WebP",
            ImageFormat::Tiff => "TIFF",
            ImageFormat::Bmp => "BMP",
        })
    }
}

/// What an image says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// Format by content.
    pub format: ImageFormat,
    /// Width in pixels as seen, after EXIF orientation.
    pub width: u32,
    /// Height in pixels as seen, after EXIF orientation.
    pub height: u32,
    /// EXIF orientation of the stored pixels, 1 to 8; 1 when there is none or an undefined one.
    pub orientation: u8,
    /// Number of pages or animation frames, at least 1. Only the first is decoded.
    pub frames: u32,
}

/// The facts, and what the decoders need besides.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) format: ImageFormat,
    /// Width and height in pixels as stored.
    pub(crate) stored: (u32, u32),
    pub(crate) orientation: Orientation,
    pub(crate) frames: u32,
    /// Bytes per pixel of what the decoder delivers, at most.
    pub(crate) bytes_per_pixel: u64,
    /// The parts of the file that the decoder is given, in order.
    pub(crate) pixel_parts: Parts,
}

/// Ranges of a file, in order; ranges that touch are one.
#[derive(Debug, Default)]
pub(crate) struct Parts(Vec<Range<u64>>);

impl Parts {
    fn one(part: Range<u64>) -> Self {
        let mut parts = Parts::default();
        parts.add(part);
        parts
    }

    fn add(&mut self, part: Range<u64>) {
        match self.0.last_mut() {
            Some(last) if last.end == part.start => last.end = part.end,
            _ => self.0.push(part),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Range<u64>> {
        self.0.iter()
    }
}

impl Header {
    pub(crate) fn facts(&self) -> ImageFacts {
        let (width, height) = self.orientation.seen_size(self.stored.0, self.stored.1);
        ImageFacts {
            format: self.format,
            width,
            height,
            orientation: self.orientation.exif(),
            frames: self.frames,
        }
    }
}

/// Longest start of a file that `format` looks at.
const SNIFFED: usize = 26;

/// Reads the header of an image from the start of `source` and checks it against `limits`.
pub(crate) fn read<R: Read + Seek>(source: &mut Source<R>, limits: &Limits) -> Result<Header, MediaError> {
    if source.len() == 0 {
        return Err(MediaError::Empty);
    }
    limits.check_file(source.len())?;
    let format = format(&source.start::<SNIFFED>()?).ok_or(MediaError::Unsupported)?;
    source.go_to(0)?;
    let header = match format {
        ImageFormat::Jpeg => jpeg::read(source, limits),
        ImageFormat::Png => png::read(source, limits),
        ImageFormat::WebP => webp::read(source, limits),
        ImageFormat::Tiff => tiff::read(source, limits),
        ImageFormat::Bmp => bmp::read(source, limits),
    }?;
    limits.check_size(header.stored.0, header.stored.1, header.bytes_per_pixel)?;
    Ok(header)
}

/// The format of a file that starts with `start`; missing bytes are zeros.
fn format(start: &[u8; SNIFFED]) -> Option<ImageFormat> {
    match start {
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(ImageFormat::WebP),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(ImageFormat::Tiff),
        // Text can start with "BM": the reserved fields and the size of the second header tell.
        [b'B', b'M', _, _, _, _, _, _, _, _, _, _, _, _, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, ..] => {
            Some(ImageFormat::Bmp)
        }
        _ => None,
    }
}
