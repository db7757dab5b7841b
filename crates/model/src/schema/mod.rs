//! Label schemas: which classes there are, with which shapes and attributes.
//!
//! The types are what batches carry and the window sees. [`SchemaFile`] is the form that people write, and
//! [`LabelSchema::validate`] the one place that says what a good schema is. A schema holds no labels.

mod file;
mod lookup;
mod palette;
mod validate;

pub use file::{AttributeFile, ClassFile, SchemaFile};
pub use lookup::MAX_TEXT_CHARS;
pub use palette::{KEYS, PALETTE};
pub use validate::{MAX_ENTRIES, MAX_NAME_CHARS, Position, SchemaError};

use abox_ids::{AttributeId, ClassId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The shapes an annotation can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ShapeKind {
    /// An axis-parallel rectangle.
    Box,
    /// A closed polygon of one or several parts.
    Polygon,
    /// A label of the whole image.
    Tag,
}

/// A label schema. Classes and attributes keep their identifiers when they are renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LabelSchema {
    /// The classes, in the order in which people see them.
    pub classes: Vec<Class>,
    /// Attributes of the item itself.
    pub attributes: Vec<Attribute>,
}

/// One class of objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its lasting identifier.
    pub id: ClassId,
    /// Its name: not empty, unique in the schema without regard to case.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// The key that picks it, one character, unique in the schema.
    pub key: Option<String>,
    /// The shapes it may have; at least one.
    pub shapes: Vec<ShapeKind>,
    /// Attributes of each object of the class.
    pub attributes: Vec<Attribute>,
}

/// One attribute of a class or of items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its lasting identifier.
    pub id: AttributeId,
    /// Its name: not empty, unique among its siblings.
    pub name: String,
    /// What values it takes.
    #[serde(rename = "type")]
    pub kind: AttributeKind,
    /// The value of a new object, if it has one from the start.
    pub default: Option<AttributeValue>,
    /// Whether an item can be submitted without it.
    pub required: bool,
}

/// The values an attribute takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AttributeKind {
    /// One of the options.
    Select {
        /// Not empty, without duplicates.
        options: Vec<String>,
    },
    /// Any of the options.
    MultiSelect {
        /// Not empty, without duplicates.
        options: Vec<String>,
    },
    /// Yes or no.
    Checkbox,
    /// A finite number.
    Number {
        /// The least value allowed.
        min: Option<f64>,
        /// The greatest value allowed.
        max: Option<f64>,
    },
    /// Free text.
    Text,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum AttributeValue {
    /// The chosen option.
    Select(String),
    /// The chosen options, in the schema's order.
    MultiSelect(Vec<String>),
    /// Yes or no.
    Checkbox(bool),
    /// A finite number.
    Number(f64),
    /// Text, at most 10,000 characters.
    Text(String),
}

#[cfg(test)]
mod tests;
