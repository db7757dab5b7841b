//! The formats there are: an explicit list, in the order in which people see it.

use std::io::{Read, Write};

use abox_model::schema::LabelSchema;
use serde::Serialize;

use crate::{Dataset, FormatError, ItemIntents, LossReport, ReadReport, Target, WriteReport, coco};

/// What a format can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent capabilities, not states")]
pub struct Capabilities {
    /// Axis-parallel boxes.
    pub boxes: bool,
    /// Polygons of one part.
    pub polygons: bool,
    /// Polygons of several parts.
    pub parts: bool,
    /// Labels of the whole image.
    pub tags: bool,
    /// Attributes of objects.
    pub object_attributes: bool,
    /// Attributes of items.
    pub item_attributes: bool,
}

/// Reads a label file: what it says about the targets, and what was left out.
pub type ReadLabels =
    fn(&mut dyn Read, &LabelSchema, &[Target<'_>]) -> Result<(Vec<ItemIntents>, ReadReport), FormatError>;

/// One format.
#[derive(Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// One line for people.
    pub description: &'static str,
    /// Whether it can be read.
    pub can_read: bool,
    /// Whether it can be written.
    pub can_write: bool,
    /// What it can carry.
    pub capabilities: Capabilities,
    /// Where the label file goes below the folder of an export.
    pub label_path: &'static str,
    /// Where the media go below the folder of an export, under their item paths. The folder belongs to the export even
    /// when the media do not: Datumaro refuses a COCO dataset without it.
    pub media_folder: &'static str,
    /// What it cannot carry of a dataset.
    pub plan: fn(&Dataset<'_>) -> LossReport,
    /// Writes the label file.
    pub write: fn(&Dataset<'_>, &mut dyn Write) -> Result<WriteReport, FormatError>,
    /// Reads a label file.
    pub read: ReadLabels,
}

static FORMATS: [Format; 1] = [Format {
    name: coco::NAME,
    description: "COCO instances (JSON): boxes, polygons with several parts, attributes",
    can_read: true,
    can_write: true,
    capabilities: Capabilities {
        boxes: true,
        polygons: true,
        parts: true,
        tags: false,
        object_attributes: true,
        item_attributes: false,
    },
    label_path: "annotations/instances_default.json",
    media_folder: "images/default",
    plan: coco::plan,
    write: |dataset, output| coco::write(dataset, output),
    read: |input, schema, targets| coco::read(input, schema, targets),
}];

/// All formats.
#[must_use]
pub fn registry() -> &'static [Format] {
    &FORMATS
}

/// The format with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_once_and_finds_its_format() {
        for format in registry() {
            assert_eq!(registry().iter().filter(|other| other.name == format.name).count(), 1);
            assert!(std::ptr::eq(find(format.name).unwrap(), format));
        }
        assert!(find("no-such-format").is_none());
    }
}
