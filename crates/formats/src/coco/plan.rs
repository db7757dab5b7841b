//! What COCO instances cannot carry, counted before anything is written.

use abox_model::annotation::Shape;
use abox_model::document::WorkState;

use crate::report::Tally;
use crate::{Dataset, LossReport};

/// What of this dataset will not be in the file.
#[must_use]
pub fn plan(dataset: &Dataset<'_>) -> LossReport {
    let mut tally = Tally::default();
    for item in dataset.items {
        let document = item.document;
        let tags = document.annotations.iter().filter(|object| object.shape == Shape::Tag);
        tally.add("image tags", "COCO instances have no labels of whole images", tags.clone().count());
        tally.add(
            "attributes of image tags",
            "COCO instances have no labels of whole images",
            tags.map(|tag| tag.attributes.len()).sum(),
        );
        tally.add("item attributes", "COCO has no attributes of images", document.attributes.len());
        tally.add("comments", "COCO has no remarks", document.comments.len());
        tally.add(
            "review states",
            "COCO has no state of review",
            usize::from(document.state != WorkState::Open),
        );
        tally.add(
            "other versions in open conflicts",
            "COCO has one value for each property: the one that is shown is written",
            document.conflicts.iter().map(|conflict| conflict.sides.len().saturating_sub(1)).sum(),
        );
        tally.add(
            "polygons whose parts overlap",
            "their area counts the overlap twice; readers that unite the parts count it once",
            document.annotations.iter().filter(|object| object.shape.parts_overlap()).count(),
        );
    }
    LossReport { dropped: tally.into_dropped() }
}
