//! What is labelled and how: label schemas, the document of one item, its annotations, and every change to them.
//!
//! Pure: no files, no clock, no randomness but fresh identifiers. Every computation on labels has its home here:
//! validation, change sets and their inverse, merge, geometry. It knows nothing of batches, keys, sync or windows.
//!
//! Coordinates are [`Point`]s in image pixels after EXIF orientation, as floats: (0, 0) is the outer corner of the first
//! pixel, (width, height) the outer corner of the last.

pub mod annotation;
pub mod document;
pub mod intent;
pub mod schema;
