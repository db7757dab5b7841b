//! Still images: from the bytes of a file to pixels, previews and tiles, wholly in memory.
//!
//! [`inspect`] reads what a file says about itself, [`decode`] makes a [`Picture`] of RGBA8 rows as they are meant to
//! be seen, [`preview`] a small JPEG, [`Pyramid`] levels and regions for a canvas, and [`PyramidCache`] keeps the
//! pictures that are in use within a budget of memory.
//!
//! Bytes come from any `Read + Seek`, in the product from the reader of a sealed object. Nothing here opens, writes
//! or names a file, knows keys, or applies colour profiles: pixels are those of the file, so that every member sees and
//! exports the same numbers.
//!
//! Files are hostile until shown otherwise. Sizes are checked before memory is taken, decoders never see metadata,
//! and a decoder that panics gives [`MediaError::Broken`]. Against a decoder that does worse, the product calls this from a
//! process of its own, which is the business of `abox-decoder`. A file that ends early is refused as broken rather than
//! shown with a grey rest, for labels on a picture that others see whole would be wrong.

mod cache;
mod decode;
mod error;
mod feature;
mod header;
mod limits;
mod orientation;
mod picture;
mod preview;
mod pyramid;
mod raster;

use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use cache::PyramidCache;
pub use error::{Ending, Measure, MediaError};
pub use feature::Feature;
pub use header::{ImageFacts, ImageFormat};
pub use limits::Limits;
pub use picture::{Picture, wipe};
pub use preview::preview;
pub use pyramid::Pyramid;

/// What an image says about itself: format by content, size as seen, orientation, frames. Reads headers and EXIF only,
/// from the start of `source` whatever its position is.
///
/// A picture that passes can still turn out to be damaged when it is decoded.
///
/// # Errors
/// Any [`MediaError`] but `Preview`; in particular `TooLarge` for what [`decode`] would refuse with the same limits.
pub fn inspect(source: impl Read + Seek, limits: &Limits) -> Result<ImageFacts, MediaError> {
    let mut source = header::Source::new(source)?;
    Ok(header::read(&mut source, limits)?.facts())
}

/// Decodes an image to RGBA8, upright: EXIF orientation is applied, 16-bit samples are scaled, CMYK becomes RGB
/// without a profile, and the first page or frame is taken of several.
///
/// # Errors
/// Any [`MediaError`] but `Preview`. Files that end early are `Broken`.
pub fn decode(source: impl Read + Seek, limits: &Limits) -> Result<Picture, MediaError> {
    let mut source = header::Source::new(source)?;
    let header = header::read(&mut source, limits)?;
    let mut parts = decode::pixel_parts(&mut source, &header)?;
    // A source in memory would otherwise be there twice while the decoder needs the most.
    drop(source);
    // Only buffers that are local to the decoder cross this border, and they are dropped with the panic.
    let raster = catch_unwind(AssertUnwindSafe(|| decode::raster(&header, &parts, limits)));
    picture::wipe(&mut parts);
    Ok(raster.map_err(|_| MediaError::Broken)??.into_picture(header.orientation))
}
