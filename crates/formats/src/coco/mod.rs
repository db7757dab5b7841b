//! COCO instances: the JSON of the COCO detection task, as `pycocotools`, Datumaro and CVAT read it.
//!
//! `docs/formats/coco.md` says what goes where. Two decisions: a box is written with its four corners as segmentation,
//! because `pycocotools.annToMask` fails on an empty one, and read back as a box when these corners are exactly its
//! bbox; attributes of objects are in `"attributes"`, as Datumaro and CVAT have them. Crowd masks (RLE) are not shapes
//! of this product: reading counts them as dropped.

mod plan;
mod read;
mod write;

pub use plan::plan;
pub use read::read;
pub use write::write;

/// The format's name in the registry.
pub const NAME: &str = "coco";

#[cfg(test)]
mod tests;
