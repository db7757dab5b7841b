//! What can go wrong with an image, in words for a person. Nothing here carries content: no file names, no bytes
//! of the image, no text that a decoder made up from them.

use std::io;
use std::sync::Arc;

use crate::{Feature, ImageFormat};

/// Which measure of an image was above its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Width or height in pixels.
    Side,
    /// Width times height in pixels.
    Pixels,
    /// Bytes of the decoded picture, or of what the decoder needs to make it.
    DecodedBytes,
    /// Bytes of the file as it is stored.
    FileBytes,
    /// Bytes of EXIF, colour profiles, comments and other parts that are not pixels.
    MetadataBytes,
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Measure::Side => "longer side in pixels",
            Measure::Pixels => "number of pixels",
            Measure::DecodedBytes => "decoded size in bytes",
            Measure::FileBytes => "file size in bytes",
            Measure::MetadataBytes => "metadata size in bytes",
        })
    }
}

/// How a process ends that decodes images and does not get to the end of one. All else goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ending {
    /// It crashed, or answered what is no answer.
    #[error("The image could not be decoded safely: the decoder crashed on it. Get the original again.")]
    Crash,
    /// It asked the system for what decoding does not need.
    #[error(
        "The image could not be decoded safely: it made the decoder try what decoding never does. It may have been made to \
         do harm; report it."
    )]
    Forbidden,
    /// It needed more memory than it may take.
    #[error("The image could not be decoded safely: it took too much memory.")]
    Memory,
    /// It was ended by a person, or by the system, which takes memory back in this way.
    #[error("The program that decodes was ended from outside, twice, while it read this image. Try again.")]
    Outside,
    /// It took longer than it may.
    #[error("The image could not be decoded safely: it took too long.")]
    Time,
}

/// Why an image cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MediaError {
    /// Not one of the formats that this crate reads.
    #[error("This is not a JPEG, PNG, WebP, TIFF or BMP image. Convert it to one of these and add it again.")]
    Unsupported,
    /// A known format, but a kind of it that is not read.
    #[error(
        "This {format} image uses {feature}, which cannot be read. Save it as a plain {format} or PNG image."
    )]
    UnsupportedVariant {
        /// The format of the container.
        format: ImageFormat,
        /// What is not supported.
        feature: Feature,
    },
    /// No bytes at all.
    #[error("The file is empty. Get the original again.")]
    Empty,
    /// Damaged, cut short, or contradicting itself.
    #[error("The image is damaged or incomplete. Get the original again.")]
    Broken,
    /// Beyond a limit; refused before memory was taken for it.
    #[error("The image is too large: its {measure} is {size}, and at most {limit} is allowed.")]
    TooLarge {
        /// What was measured.
        measure: Measure,
        /// The size that the image has or claims, in the unit of `measure`.
        size: u64,
        /// The limit, in the same unit.
        limit: u64,
    },
    /// The source of the bytes failed, for instance because a sealed object is damaged. The cause is the source's own error.
    #[error("The image data could not be read.")]
    Read(#[source] Arc<io::Error>),
    /// The process that decoded the image ended before the picture was there.
    #[error("{0}")]
    Ended(Ending),
    /// Whoever asked for the picture does not want it any more.
    #[error("The image was not decoded, because its decoding was stopped.")]
    Stopped,
    /// There is no process to decode images in.
    #[error(
        "The part of the program that decodes images could not be started. Restart the program, and install it again if \
         that does not help."
    )]
    NoDecoder,
    /// A preview could not be encoded.
    #[error("A preview of the image could not be made.")]
    Preview,
}

impl MediaError {
    /// A stable name of the variant for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            MediaError::Unsupported => "image-unsupported",
            MediaError::UnsupportedVariant { .. } => "image-unsupported-variant",
            MediaError::Empty => "image-empty",
            MediaError::Broken => "image-broken",
            MediaError::TooLarge { .. } => "image-too-large",
            MediaError::Read(_) => "image-unreadable",
            MediaError::Ended(Ending::Crash) => "image-ended-decoder",
            MediaError::Ended(Ending::Forbidden) => "image-forbidden-call",
            MediaError::Ended(Ending::Outside) => "image-interrupted",
            MediaError::Ended(Ending::Memory) => "image-out-of-memory",
            MediaError::Ended(Ending::Time) => "image-out-of-time",
            MediaError::Stopped => "image-stopped",
            MediaError::NoDecoder => "image-no-decoder",
            MediaError::Preview => "image-preview-failed",
        }
    }
}

impl From<io::Error> for MediaError {
    /// The end of the data before the end of the image means a damaged image; every other error is the source's.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            MediaError::Broken
        } else {
            MediaError::Read(Arc::new(error))
        }
    }
}
