//! One closed ring of points: area, inside, distance, overlap. The first point is not repeated at the end.

use super::Bounds;
use crate::annotation::Point;

/// The edges, the closing one included.
fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(from, to)| (*from, *to))
}

/// Twice the area of the triangle `a b c`, positive when it turns clockwise on the screen.
fn cross(a: Point, b: Point, c: Point) -> f64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Shoelace formula, relative to the first point: far from the origin the products would cancel and lose digits.
pub(super) fn signed_area(ring: &[Point]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    edges(ring).map(|(from, to)| cross(origin, from, to)).sum::<f64>() / 2.0
}

/// Even-odd rule. A point exactly on an edge is inside on the left and top sides only, so that adjacent rings share
/// no point.
pub(super) fn contains(ring: &[Point], at: Point) -> bool {
    edges(ring)
        .filter(|(from, to)| (from.y > at.y) != (to.y > at.y))
        .filter(|(from, to)| at.x < (to.x - from.x) * (at.y - from.y) / (to.y - from.y) + from.x)
        .count()
        % 2
        == 1
}

/// Pixels to the nearest edge; `None` without points.
pub(super) fn distance(ring: &[Point], at: Point) -> Option<f64> {
    edges(ring).map(|(from, to)| distance_to_segment(from, to, at)).min_by(f64::total_cmp)
}

fn distance_to_segment(from: Point, to: Point, at: Point) -> f64 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared > 0.0 {
        (((at.x - from.x) * dx + (at.y - from.y) * dy) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (at.x - from.x - along * dx).hypot(at.y - from.y - along * dy)
}

/// Whether the two have an area in common: edges that cross, or one ring inside the other. Rings that only touch do
/// not overlap.
pub(super) fn overlap(a: &[Point], b: &[Point]) -> bool {
    let (Some(around_a), Some(around_b)) = (Bounds::around(a), Bounds::around(b)) else { return false };
    if !around_a.overlaps(&around_b) {
        return false;
    }
    let crossing =
        edges(a).any(|(from, to)| edges(b).any(|(start, end)| properly_cross(from, to, start, end)));
    crossing || strictly_inside(a, b) || strictly_inside(b, a)
}

fn properly_cross(from: Point, to: Point, start: Point, end: Point) -> bool {
    let sides =
        (cross(from, to, start), cross(from, to, end), cross(start, end, from), cross(start, end, to));
    sides.0 * sides.1 < 0.0 && sides.2 * sides.3 < 0.0
}

/// Whether a point of `inner` lies inside `outer` and off its edges. The middles of the edges and the mean of the
/// points count too, so that two equal rings, whose corners all lie on each other's edges, are seen.
fn strictly_inside(inner: &[Point], outer: &[Point]) -> bool {
    let inside = |at: Point| contains(outer, at) && distance(outer, at).is_some_and(|pixels| pixels > 1e-9);
    let middles = edges(inner)
        .map(|(from, to)| Point { x: f64::midpoint(from.x, to.x), y: f64::midpoint(from.y, to.y) });
    inner.iter().copied().chain(middles).any(inside) || (interior_point(inner)).is_some_and(inside)
}

/// A point inside the ring: half way along the first span of a horizontal line through its middle.
fn interior_point(ring: &[Point]) -> Option<Point> {
    let bounds = Bounds::around(ring)?;
    // Not exactly the middle, where corners of regular figures are.
    let y = bounds.min.y + bounds.height() * 0.487_654_321;
    let mut crossings: Vec<f64> = edges(ring)
        .filter(|(from, to)| (from.y > y) != (to.y > y))
        .map(|(from, to)| (to.x - from.x) * (y - from.y) / (to.y - from.y) + from.x)
        .collect();
    crossings.sort_by(f64::total_cmp);
    match crossings[..] {
        [left, right, ..] => Some(Point { x: f64::midpoint(left, right), y }),
        _ => None,
    }
}
