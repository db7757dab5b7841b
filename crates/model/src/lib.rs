//! What is labelled and how: label schemas, the document of one item, its annotations, and every change to them.
//!
//! Pure: no files, no clock, no randomness but fresh identifiers. Every computation on labels has its home here:
//! validation, change sets and their inverse, merge, geometry. It knows nothing of batches, keys, sync or windows.
//!
//! Coordinates are [`annotation::Point`]s in image pixels after EXIF orientation, as floats: (0, 0) is the outer corner
//! of the first pixel, (width, height) the outer corner of the last.
//!
//! The path of an edit: the window sends [`intent::Intent`]s; [`change::plan`] turns them into a
//! [`change::ChangeSet`], which knows what was there before; [`document::ItemDocument::apply`] applies it or its
//! [inverse](change::ChangeSet::inverse). Documents of two devices come together in [`merge::merge`].

pub mod annotation;
pub mod change;
pub mod document;
pub mod geometry;
pub mod intent;
pub mod merge;
pub mod schema;

#[cfg(test)]
mod fixtures;
