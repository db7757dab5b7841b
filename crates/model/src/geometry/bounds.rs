//! Axis-parallel rectangles as a measure (not as a label: that is [`crate::annotation::Shape::Box`]).

use crate::annotation::Point;

/// The smallest axis-parallel rectangle around something, in image pixels. `min` is never beyond `max`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The corner nearest to the image's origin.
    pub min: Point,
    /// The opposite corner.
    pub max: Point,
}

impl Bounds {
    /// Around all points; `None` when there are none.
    pub fn around<'a>(points: impl IntoIterator<Item = &'a Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = *points.next()?;
        Some(points.fold(Self { min: first, max: first }, |bounds, at| Self {
            min: Point { x: bounds.min.x.min(at.x), y: bounds.min.y.min(at.y) },
            max: Point { x: bounds.max.x.max(at.x), y: bounds.max.y.max(at.y) },
        }))
    }

    /// Pixels from left to right.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.max.x - self.min.x
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.max.y - self.min.y
    }

    /// Whether `at` is inside or on the edge.
    #[must_use]
    pub fn contains(&self, at: Point) -> bool {
        at.x >= self.min.x && at.x <= self.max.x && at.y >= self.min.y && at.y <= self.max.y
    }

    /// Whether the two have an area in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.min.x < other.max.x
            && other.min.x < self.max.x
            && self.min.y < other.max.y
            && other.min.y < self.max.y
    }

    /// Clockwise on the screen, from the corner nearest to the origin.
    #[must_use]
    pub fn corners(&self) -> [Point; 4] {
        [self.min, Point { x: self.max.x, y: self.min.y }, self.max, Point { x: self.min.x, y: self.max.y }]
    }
}
