//! How large an image may be before it is refused. Checked on what the header claims, before memory is taken.

use crate::error::{Measure, MediaError};
use crate::picture::MAX_SIDE;

/// Bounds on one image.
///
/// The memory that a decode takes is bounded by about three times `max_decoded_bytes`: the file as stored, the
/// decoder's own buffers (a progressive JPEG keeps two bytes for each sample) and the finished picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest width or height, in pixels. Never above 2^24, whatever is asked.
    pub max_side: u32,
    /// Largest width times height, in pixels.
    pub max_pixels: u64,
    /// Largest decoded size in bytes, as RGBA8 or as the decoder delivers it, whichever is more. A file that is
    /// itself larger than this is refused, too.
    pub max_decoded_bytes: u64,
    /// Most bytes of metadata in the file: everything that is not needed for pixels, and the framing of all chunks.
    pub max_metadata_bytes: u64,
}

impl Default for Limits {
    /// Enough for a 200-megapixel photograph with an embedded depth map, and far below what a work station has.
    fn default() -> Self {
        Limits {
            max_side: 65_535,
            max_pixels: 200_000_000,
            max_decoded_bytes: 1 << 30,
            max_metadata_bytes: 32 << 20,
        }
    }
}

impl Limits {
    /// Refuses a size that no picture within these limits has, whoever claims it.
    ///
    /// # Errors
    /// [`MediaError::TooLarge`], and [`MediaError::Broken`] for a side of zero.
    pub fn check_picture(&self, width: u32, height: u32) -> Result<(), MediaError> {
        self.check_size(width, height, 4)
    }

    pub(crate) fn check_size(&self, width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), MediaError> {
        if width == 0 || height == 0 {
            return Err(MediaError::Broken);
        }
        within(Measure::Side, u64::from(width.max(height)), u64::from(self.max_side.min(MAX_SIDE)))?;
        let pixels = u64::from(width) * u64::from(height);
        within(Measure::Pixels, pixels, self.max_pixels)?;
        within(Measure::DecodedBytes, pixels.saturating_mul(bytes_per_pixel.max(4)), self.max_decoded_bytes)
    }

    /// Refuses a file that is too long to be read.
    ///
    /// # Errors
    /// [`MediaError::TooLarge`].
    pub fn check_file(&self, bytes: u64) -> Result<(), MediaError> {
        within(Measure::FileBytes, bytes, self.max_decoded_bytes)
    }

    pub(crate) fn check_metadata(&self, bytes: u64) -> Result<(), MediaError> {
        within(Measure::MetadataBytes, bytes, self.max_metadata_bytes)
    }
}

fn within(measure: Measure, size: u64, limit: u64) -> Result<(), MediaError> {
    if size > limit { Err(MediaError::TooLarge { measure, size, limit }) } else { Ok(()) }
}
