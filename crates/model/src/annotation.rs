//! Annotations: one drawn object or tag, with its shape, class and attributes.

use abox_ids::{AnnotationId, AttributeId, ClassId, MemberId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::schema::{AttributeValue, ShapeKind};

/// A point in image pixels after EXIF orientation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Pixels from the left edge of the image.
    pub x: f64,
    /// Pixels from the top edge of the image.
    pub y: f64,
}

/// Where an annotation is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Shape {
    /// An axis-parallel rectangle with `min.x < max.x` and `min.y < max.y`.
    Box {
        /// The corner nearest to the image's origin.
        min: Point,
        /// The opposite corner.
        max: Point,
    },
    /// A closed polygon. Each part is a ring of at least three points, without the first point repeated.
    Polygon {
        /// The rings; an object that is hidden in the middle has several.
        parts: Vec<Vec<Point>>,
    },
    /// The whole image.
    Tag,
}

impl Shape {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> ShapeKind {
        match self {
            Self::Box { .. } => ShapeKind::Box,
            Self::Polygon { .. } => ShapeKind::Polygon,
            Self::Tag => ShapeKind::Tag,
        }
    }
}

/// The value of one attribute of one object or item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AttributeEntry {
    /// Which attribute of the schema.
    pub attribute: AttributeId,
    /// Its value.
    pub value: AttributeValue,
}

/// One object or tag on an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Annotation {
    /// Its lasting identifier.
    pub id: AnnotationId,
    /// Its class in the batch's schema.
    pub class: ClassId,
    /// Where it is.
    pub shape: Shape,
    /// The attributes that have a value, sorted by identifier.
    pub attributes: Vec<AttributeEntry>,
    /// Who drew it.
    pub author: MemberId,
}
