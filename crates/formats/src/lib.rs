//! Label formats: one folder each, and an explicit list of them.
//!
//! A format writes a [`Dataset`] to a `Write` and reads intents from a `Read`. It says with counts what it cannot carry
//! ([`LossReport`]) before anything is written. This crate opens no file, knows no batch and no key, and leaves where
//! files go and that they appear all at once to the caller.

pub mod coco;
mod dataset;
mod error;
mod registry;
mod report;

pub use dataset::{Dataset, DatasetItem, ItemIntents, Target};
pub use error::FormatError;
pub use registry::{Capabilities, Format, ReadLabels, find, registry};
pub use report::{Dropped, LossReport, ReadReport, WriteReport};
