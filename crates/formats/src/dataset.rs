//! What formats write and read, whatever the format.

use abox_model::document::ItemDocument;
use abox_model::intent::Intent;
use abox_model::schema::LabelSchema;

/// A schema and the items that are labelled with it.
#[derive(Debug, Clone, Copy)]
pub struct Dataset<'a> {
    /// What is labelled and how.
    pub schema: &'a LabelSchema,
    /// The items, in the order in which they are written. Those without labels belong to it as well.
    pub items: &'a [DatasetItem<'a>],
}

/// One item of a dataset.
#[derive(Debug, Clone, Copy)]
pub struct DatasetItem<'a> {
    /// Its path below the folder that was sealed, with `/` between the parts.
    pub path: &'a str,
    /// Image pixels after orientation.
    pub width: u32,
    /// Image pixels after orientation.
    pub height: u32,
    /// Labels, remarks and state of review.
    pub document: &'a ItemDocument,
}

/// An item that labels can be read for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Its path below the folder that was sealed, with `/` between the parts.
    pub path: &'a str,
    /// Image pixels after orientation.
    pub width: u32,
    /// Image pixels after orientation.
    pub height: u32,
}

/// What a file says about one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemIntents {
    /// Index of the item in the targets.
    pub target: usize,
    /// What to do on it: [`Intent::Create`] for each object, clipped to the image and checked against the schema.
    pub intents: Vec<Intent>,
}
