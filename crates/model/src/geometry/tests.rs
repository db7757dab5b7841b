//! Tests of geometry: figures done by hand, and properties.

use proptest::prelude::*;

use super::*;
use crate::fixtures::{SIZE, point, rectangle, triangle};

fn polygon(parts: &[&[(f64, f64)]]) -> Shape {
    Shape::Polygon {
        parts: parts.iter().map(|part| part.iter().map(|(x, y)| point(*x, *y)).collect()).collect(),
    }
}

/// An L: a square of 4 without its upper right quarter of 2.
const ELL: [(f64, f64); 6] = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (0.0, 4.0)];

#[test]
fn areas_by_hand() {
    assert_eq!(rectangle(10.0, 20.0, 3.0, 4.0).area(), 12.0);
    assert_eq!(triangle(100.0, 100.0, 6.0).area(), 18.0);
    assert_eq!(polygon(&[&ELL]).area(), 12.0);
    let mut other_way = ELL;
    other_way.reverse();
    assert_eq!(polygon(&[&other_way]).area(), 12.0, "whichever way round it was drawn");
    assert_eq!(polygon(&[&ELL, &[(10.0, 10.0), (12.0, 10.0), (10.0, 12.0)]]).area(), 14.0);
    assert_eq!(Shape::Tag.area(), 0.0);
}

#[test]
fn inside_and_outside_by_hand() {
    let ell = polygon(&[&ELL, &[(10.0, 0.0), (12.0, 0.0), (12.0, 2.0), (10.0, 2.0)]]);
    for (x, y, inside) in
        [(1.0, 1.0, true), (3.0, 1.0, false), (3.0, 3.0, true), (11.0, 1.0, true), (7.0, 1.0, false)]
    {
        assert_eq!(ell.contains(point(x, y)), inside, "{x} {y}");
    }
    // A ring that crosses itself: the middle of a five-pointed star is outside by the even-odd rule.
    let star = polygon(&[&[(50.0, 0.0), (79.0, 90.0), (2.0, 35.0), (98.0, 35.0), (21.0, 90.0)]]);
    assert!(!star.contains(point(50.0, 50.0)));
    assert!(star.contains(point(50.0, 15.0)));
}

#[test]
fn distances_by_hand() {
    let square = rectangle(10.0, 10.0, 10.0, 10.0);
    assert_eq!(square.distance_to_edge(point(15.0, 12.0)), Some(2.0));
    assert_eq!(square.distance_to_edge(point(7.0, 6.0)), Some(5.0), "to the corner: 3, 4, 5");
    assert_eq!(square.distance_to_edge(point(20.0, 15.0)), Some(0.0));
    assert_eq!(Shape::Tag.distance_to_edge(point(0.0, 0.0)), None);
}

#[test]
fn bounds_by_hand() {
    let around = polygon(&[&ELL, &[(10.0, -1.0), (12.0, 0.0), (11.0, 9.0)]]).bounds().unwrap();
    assert_eq!((around.min, around.max), (point(0.0, -1.0), point(12.0, 9.0)));
    assert_eq!(Shape::Tag.bounds(), None);
}

#[test]
fn clipping_intersects_boxes_and_moves_points() {
    let both_out = Shape::Box { min: point(-10.0, 400.0), max: point(20.0, 600.0) };
    assert_eq!(both_out.clip(SIZE), Ok(Shape::Box { min: point(0.0, 400.0), max: point(20.0, 480.0) }));
    let backwards = Shape::Box { min: point(20.0, 30.0), max: point(10.0, 10.0) };
    assert_eq!(backwards.clip(SIZE), Ok(rectangle(10.0, 10.0, 10.0, 20.0)));
    let out = polygon(&[&[(-5.0, 10.0), (700.0, 10.0), (10.0, 500.0)]]);
    assert_eq!(out.clip(SIZE), Ok(polygon(&[&[(0.0, 10.0), (640.0, 10.0), (10.0, 480.0)]])));
    let many = Shape::Polygon { parts: vec![vec![point(1.0, 1.0); MAX_POINTS + 1]] };
    assert_eq!(many.clip(SIZE), Err(ShapeError::TooManyPoints));
    let Ok(Shape::Box { min, .. }) = rectangle(-0.0, -0.0, 5.0, 5.0).clip(SIZE) else { panic!("a box") };
    assert!(min.x.is_sign_positive(), "there is one zero");
}

#[test]
fn parts_overlap_or_touch_or_neither() {
    let square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)];
    let moved = |dx: f64, dy: f64| square.map(|(x, y)| (x + dx, y + dy));
    assert!(polygon(&[&square, &moved(2.0, 2.0)]).parts_overlap());
    assert!(polygon(&[&square, &[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]]).parts_overlap(), "one in the other");
    assert!(polygon(&[&square, &square]).parts_overlap(), "the same twice");
    assert!(polygon(&[&square, &moved(2.0, 0.0)]).parts_overlap(), "along an edge");
    assert!(!polygon(&[&square, &moved(4.0, 0.0)]).parts_overlap(), "side by side");
    assert!(
        !polygon(&[&ELL, &[(2.5, 0.0), (4.0, 0.0), (4.0, 1.5), (2.5, 1.5)]]).parts_overlap(),
        "in the bay"
    );
    assert!(!polygon(&[&square]).parts_overlap());
    assert!(!rectangle(0.0, 0.0, 1.0, 1.0).parts_overlap());
}

fn shapes() -> impl Strategy<Value = Shape> {
    let points = || (-100.0..800.0_f64, -100.0..600.0_f64).prop_map(|(x, y)| point(x, y));
    prop_oneof![
        (points(), points()).prop_map(|(min, max)| Shape::Box { min, max }),
        prop::collection::vec(prop::collection::vec(points(), 0..8), 0..4)
            .prop_map(|parts| Shape::Polygon { parts }),
        Just(Shape::Tag),
    ]
}

proptest! {
    #[test]
    fn what_is_clipped_is_inside_and_stays_as_it_is(shape in shapes()) {
        if let Ok(clipped) = shape.clip(SIZE) {
            prop_assert_eq!(clipped.clip(SIZE), Ok(clipped.clone()));
            if let Some(around) = clipped.bounds() {
                prop_assert!(around.min.x >= 0.0 && around.max.x <= 640.0 && around.min.y >= 0.0 && around.max.y <= 480.0);
                prop_assert!(around.width() >= MIN_SIDE_PX && around.height() >= MIN_SIDE_PX);
                prop_assert!(clipped.area() > 0.0);
            }
        }
    }

    #[test]
    fn any_floats_are_clipped_or_refused(a: f64, b: f64, c: f64, d: f64, e: f64, f: f64) {
        let corners = [point(a, b), point(c, d), point(e, f)];
        for shape in [Shape::Box { min: corners[0], max: corners[1] }, Shape::Polygon { parts: vec![corners.to_vec()] }] {
            if let Ok(clipped) = shape.clip(SIZE) {
                prop_assert!(clipped.area().is_finite());
            }
        }
    }

    #[test]
    fn moving_keeps_area_and_inside(shape in shapes(), dx in -50.0..50.0_f64, dy in -50.0..50.0_f64) {
        let moved = shape.translated(dx, dy);
        prop_assert!((moved.area() - shape.area()).abs() <= 1e-6 * shape.area().abs().max(1.0));
        let at = point(300.0, 200.0);
        // Where rounding cannot change the side.
        if shape.distance_to_edge(at).is_some_and(|pixels| pixels > 1e-6) {
            prop_assert_eq!(moved.contains(point(at.x + dx, at.y + dy)), shape.contains(at));
        }
    }

    #[test]
    fn the_area_of_a_simple_ring_is_that_of_its_points(radii in prop::collection::vec(20.0..200.0_f64, 3..24), seed: u64) {
        // A star-shaped ring around the middle has no crossings; throwing points at it measures its area.
        let middle = point(320.0, 240.0);
        let step = std::f64::consts::TAU / radii.len() as f64;
        let ring: Vec<_> = radii.iter().enumerate().map(|(index, radius)| {
            let angle = step * index as f64;
            point(middle.x + radius * angle.cos(), middle.y + radius * angle.sin())
        }).collect();
        let shape = Shape::Polygon { parts: vec![ring] };
        let shift = (seed % 1000) as f64 / 1000.0;
        let inside = (0..220).flat_map(|x| (0..220).map(move |y| (x, y)))
            .filter(|(x, y)| shape.contains(point(119.0 + (f64::from(*x) + shift) * 2.0, 39.0 + (f64::from(*y) + shift) * 2.0)))
            .count();
        prop_assert!((inside as f64 * 4.0 - shape.area()).abs() < 0.03 * shape.area() + 1200.0);
    }

    #[test]
    fn no_float_makes_geometry_panic(a: f64, b: f64, c: f64, d: f64) {
        let shape = Shape::Polygon { parts: vec![vec![point(a, b), point(c, d), point(b, c)], vec![point(d, a); 3]] };
        let _ = (shape.area(), shape.bounds(), shape.contains(point(c, a)), shape.distance_to_edge(point(b, d)), shape.parts_overlap());
    }
}
