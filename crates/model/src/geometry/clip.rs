//! What may be stored: the rule that every shape passes before it becomes part of a document.

use super::ring;
use crate::annotation::{Point, Shape};

/// The least width and height of a shape, in image pixels. Less is a slip of the hand or of arithmetic.
pub const MIN_SIDE_PX: f64 = 1e-3;
/// The least area of each part of a polygon, in square pixels.
pub const MIN_AREA_PX2: f64 = 1e-6;
/// The most points in one shape.
pub const MAX_POINTS: usize = 100_000;

/// A shape cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// Nothing of it, or too little, is inside the image.
    #[error("the shape is too small, or outside the image")]
    Degenerate,
    /// A polygon without parts, or a part with fewer than three points.
    #[error("a polygon needs at least three points in each part")]
    TooFewPoints,
    /// More than [`MAX_POINTS`].
    #[error("the shape has more than 100,000 points")]
    TooManyPoints,
}

fn clamped(at: Point, (width, height): (u32, u32)) -> Result<Point, ShapeError> {
    if !at.x.is_finite() || !at.y.is_finite() {
        return Err(ShapeError::NotFinite);
    }
    // Adding zero turns -0.0 into 0.0: the two are equal but have different bytes, and bytes decide merges.
    Ok(Point { x: at.x.clamp(0.0, f64::from(width)) + 0.0, y: at.y.clamp(0.0, f64::from(height)) + 0.0 })
}

impl Point {
    /// The nearest point inside an image of `size` (width, height) pixels.
    ///
    /// # Errors
    /// [`ShapeError::NotFinite`].
    pub fn clip(self, size: (u32, u32)) -> Result<Self, ShapeError> {
        clamped(self, size)
    }
}

impl Shape {
    /// The shape as it may be stored on an image of `size` (width, height) pixels: a box intersected with the image
    /// (its corners sorted), the points of a polygon moved to the nearest point inside.
    ///
    /// # Errors
    /// [`ShapeError`] when a coordinate is not finite or what is left is degenerate.
    pub fn clip(&self, size: (u32, u32)) -> Result<Self, ShapeError> {
        match self {
            Self::Box { min, max } => {
                let (a, b) = (clamped(*min, size)?, clamped(*max, size)?);
                let min = Point { x: a.x.min(b.x), y: a.y.min(b.y) };
                let max = Point { x: a.x.max(b.x), y: a.y.max(b.y) };
                if max.x - min.x < MIN_SIDE_PX || max.y - min.y < MIN_SIDE_PX {
                    return Err(ShapeError::Degenerate);
                }
                Ok(Self::Box { min, max })
            }
            Self::Polygon { parts } => {
                if parts.iter().map(Vec::len).sum::<usize>() > MAX_POINTS {
                    return Err(ShapeError::TooManyPoints);
                }
                if parts.is_empty() || parts.iter().any(|part| part.len() < 3) {
                    return Err(ShapeError::TooFewPoints);
                }
                let parts = parts
                    .iter()
                    .map(|part| part.iter().map(|at| clamped(*at, size)).collect::<Result<Vec<_>, _>>())
                    .collect::<Result<Vec<_>, _>>()?;
                if parts.iter().any(|part| ring::signed_area(part).abs() < MIN_AREA_PX2) {
                    return Err(ShapeError::Degenerate);
                }
                let shape = Self::Polygon { parts };
                match shape.bounds() {
                    Some(around) if around.width() >= MIN_SIDE_PX && around.height() >= MIN_SIDE_PX => {
                        Ok(shape)
                    }
                    _ => Err(ShapeError::Degenerate),
                }
            }
            Self::Tag => Ok(Self::Tag),
        }
    }
}
