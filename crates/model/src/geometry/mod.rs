//! Measures of shapes and the rule for what may be stored: finite, inside the image, not degenerate.
//!
//! Everything is in image pixels after EXIF orientation ([`Point`]); areas are square pixels. This is not a library of
//! computational geometry: it holds what labels need. The parts of a polygon are pieces of one object: a point is
//! inside when it is inside any part, and the area is the sum of the parts (so that parts which overlap count twice;
//! [`Shape::parts_overlap`] tells).

mod bounds;
mod clip;
mod ring;

pub use bounds::Bounds;
pub use clip::{MAX_POINTS, MIN_AREA_PX2, MIN_SIDE_PX, ShapeError};

use crate::annotation::{Point, Shape};

impl Shape {
    /// Square pixels: width times height of a box, the shoelace area of each part of a polygon summed, 0 for a tag.
    #[must_use]
    pub fn area(&self) -> f64 {
        match self {
            Self::Box { min, max } => (max.x - min.x) * (max.y - min.y),
            Self::Polygon { parts } => parts.iter().map(|part| ring::signed_area(part).abs()).sum(),
            Self::Tag => 0.0,
        }
    }

    /// The smallest rectangle around it; `None` for a tag and for a polygon without points.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Box { min, max } => Some(Bounds { min: *min, max: *max }),
            Self::Polygon { parts } => Bounds::around(parts.iter().flatten()),
            Self::Tag => None,
        }
    }

    /// Whether `at` is inside: between the corners of a box (edges included), or inside any part of a polygon by the
    /// even-odd rule. A tag contains every point, as it is about the whole image.
    #[must_use]
    pub fn contains(&self, at: Point) -> bool {
        match self {
            Self::Box { min, max } => Bounds { min: *min, max: *max }.contains(at),
            Self::Polygon { parts } => parts.iter().any(|part| ring::contains(part, at)),
            Self::Tag => true,
        }
    }

    /// Pixels from `at` to the nearest edge, from inside or outside; `None` where there is no edge (a tag).
    #[must_use]
    pub fn distance_to_edge(&self, at: Point) -> Option<f64> {
        match self {
            Self::Box { min, max } => ring::distance(&Bounds { min: *min, max: *max }.corners(), at),
            Self::Polygon { parts } => {
                parts.iter().filter_map(|part| ring::distance(part, at)).min_by(f64::total_cmp)
            }
            Self::Tag => None,
        }
    }

    /// The same shape `dx` pixels further right and `dy` pixels further down. It may leave the image: clip it before
    /// it is stored.
    #[must_use]
    pub fn translated(&self, dx: f64, dy: f64) -> Self {
        let moved = |at: &Point| Point { x: at.x + dx, y: at.y + dy };
        match self {
            Self::Box { min, max } => Self::Box { min: moved(min), max: moved(max) },
            Self::Polygon { parts } => {
                Self::Polygon { parts: parts.iter().map(|part| part.iter().map(moved).collect()).collect() }
            }
            Self::Tag => Self::Tag,
        }
    }

    /// Whether two parts of a polygon cover a common point. Readers that unite the parts then see a smaller area than
    /// [`Shape::area`].
    #[must_use]
    pub fn parts_overlap(&self) -> bool {
        let Self::Polygon { parts } = self else { return false };
        parts
            .iter()
            .enumerate()
            .any(|(index, part)| parts[..index].iter().any(|other| ring::overlap(part, other)))
    }
}

#[cfg(test)]
mod tests;
