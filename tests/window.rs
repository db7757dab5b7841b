//! The main path in the real window, with the pointer: enrol, label, restart, submit, review offline, fix, accept, export.
//! What is exported is compared with what was drawn: outlines point by point, areas, classes and the picture.

use std::fs;

use serde_json::Value;
use support::{Desktop, Organisation, Window, coco_of, workspace};

/// Drawn shapes may be off by what the pointer cannot do: whole pixels of the display, at this zoom.
const PIXELS: f64 = 2.5;

#[test]
fn the_main_path() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    let photos = desktop.folder("client/photos");
    for name in ["000000116740.jpg", "000000204805.jpg"] {
        fs::copy(workspace().join("assets/demo/photos/street").join(name), photos.join(name))
            .expect("a photo");
    }
    let schema = workspace().join("assets/demo/schema.json");

    // The annotator joins in the window. There is nothing to do yet.
    let window = Window::open(&desktop, &organisation.annotator);
    window.marked("enrol-code");
    window.screenshot("01-enrolment");
    window.enroll(&organisation.invite);
    window.skip_tour();
    window.screenshot("02-no-batches");

    // The lead seals a batch for the annotator, whose window then shows it.
    let batch = organisation.seal("Streets", &schema, &photos);
    window.sync();
    window.marked("batch-row");
    window.screenshot("03-batches");
    window.press_marked("batch-pull");
    window.press_marked("batch-open");
    window.wait_picture();
    window.screenshot("04-item");

    // Two boxes and a polygon.
    window.press(&["1"]);
    window.draw_box((100.0, 80.0), (300.0, 240.0));
    window.wait_count("object-row", 1);
    window.draw_box((320.0, 100.0), (420.0, 300.0));
    window.wait_count("object-row", 2);
    let polygon = [(120.0, 260.0), (260.0, 260.0), (280.0, 360.0), (140.0, 380.0)];
    window.press(&["2"]);
    window.draw_polygon(&polygon);
    window.wait_count("object-row", 3);
    window.wait_saved();
    window.screenshot("05-labelled");

    // The view moves by keys, and comes back.
    let fitted = window.camera();
    window.press(&["v"]);
    window.press(&["Escape"]);
    window.press(&["+"]);
    window.press(&["Right"]);
    let moved = window.camera();
    assert!(moved.zoom > fitted.zoom && moved.origin.0 < fitted.origin.0, "{fitted:?} {moved:?}");
    window.press(&["0"]);
    assert_eq!(window.camera(), fitted);

    // Undo and redo, one gesture at a time.
    window.press(&["Control", "z"]);
    window.wait_count("object-row", 2);
    window.press(&["Control", "z"]);
    window.wait_count("object-row", 1);
    window.press(&["Control", "y"]);
    window.press(&["Control", "y"]);
    window.wait_count("object-row", 3);
    window.wait_saved();

    // A restart forgets nothing, not even what can be undone.
    window.close();
    let window = Window::open(&desktop, &organisation.annotator);
    window.press_marked("batch-open");
    window.wait_picture();
    window.wait_count("object-row", 3);
    window.press(&["Control", "z"]);
    window.wait_count("object-row", 2);
    window.press(&["Control", "y"]);
    window.wait_count("object-row", 3);
    let item = window.marked_attribute("workspace", "data-item");
    window.press_marked("submit-item");
    window.wait_saved();
    window.sync();
    window.screenshot("06-submitted");

    // The lead takes it, and the server stops: the review is offline.
    let _ = organisation.lead.abox(&["pull", &batch]);
    let _ = organisation.lead.abox(&["sync"]);
    let stopped = organisation.server.stop();
    let review = Window::open(&desktop, &organisation.lead);
    review.skip_tour();
    review.wait_attribute("sync-state", "data-state", "offline");
    review.press_marked("batch-open");
    review.wait_picture();
    if review.marked_attribute("workspace", "data-item") != item {
        review.press(&["Shift", "f"]);
        review.wait_attribute("workspace", "data-item", &item);
        review.wait_picture();
    }
    assert_eq!(review.marked_attribute("workspace", "data-mode"), "review");
    review.wait_count("object-row", 3);
    review.screenshot("07-review-offline");
    review.press_marked("comment-item");
    review.fill("comment-text", "The third object is missing a corner.");
    review.press_marked("comment-send");
    review.wait_count("comment", 1);
    review.press(&["1"]);
    review.draw_box((20.0, 420.0), (100.0, 520.0));
    review.wait_count("object-row", 4);
    review.press_marked("reject");
    review.fill("reject-reason", "Look at the comment.");
    review.press_marked("reject-confirm");
    review.marked("rejection-reason");
    review.wait_saved();
    review.screenshot("08-sent-back-offline");

    // The server comes back; both sides meet.
    let server = stopped.restart(&desktop);
    review.sync();
    window.sync();
    let thumb = window.find(&format!("[data-testid=item-thumb][data-item=\"{item}\"]"));
    window.click(&thumb);
    window.wait_picture();
    window.marked("rejection-reason");
    window.wait_count("object-row", 4);
    window.wait_count("comment", 1);
    window.see("missing a corner");
    window.screenshot("09-sent-back");
    window.press(&["1"]);
    window.draw_box((30.0, 30.0), (90.0, 70.0));
    window.wait_count("object-row", 5);
    window.press_marked("submit-item");
    window.wait_saved();
    window.sync();

    // Accepted, and exported from the window's own export.
    review.sync();
    review.wait_count("object-row", 5);
    review.press_marked("accept");
    review.wait_saved();
    review.sync();
    review.screenshot("10-accepted");
    review.close();
    window.close();

    let out = desktop.folder("client").join("delivery");
    let written = organisation.lead.abox(&[
        "export",
        &batch,
        "--format",
        "coco",
        "--out",
        out.to_str().expect("a plain path"),
    ]);
    assert!(!written["written"].is_null(), "{written}");
    let mut drawn = vec![
        ("person", corners((100.0, 80.0), (300.0, 240.0))),
        ("person", corners((320.0, 100.0), (420.0, 300.0))),
        ("vehicle", polygon.to_vec()),
        ("person", corners((20.0, 420.0), (100.0, 520.0))),
        ("person", corners((30.0, 30.0), (90.0, 70.0))),
    ];
    let coco = coco_of(&out);
    let annotations = coco["annotations"].as_array().expect("annotations");
    assert_eq!(annotations.len(), drawn.len(), "{coco}");
    for annotation in annotations {
        let outline = outline(annotation);
        let place = drawn
            .iter()
            .position(|(_, wanted)| is_near(wanted, &outline))
            .unwrap_or_else(|| panic!("{outline:?} was not drawn: {drawn:?}"));
        let (class, _) = drawn.swap_remove(place);
        let area = annotation["area"].as_f64().expect("an area");
        assert!((area - area_of(&outline)).abs() < 0.5, "{annotation}");
        assert_eq!(category(&coco, annotation), class, "{annotation}");
        let image = find(&coco["images"], &annotation["image_id"]);
        assert_eq!(image["file_name"], "000000116740.jpg", "{annotation}");
    }
    assert!(
        server.stop().restart(&desktop).setup_token.is_none(),
        "a founded organisation gets no new token"
    );
}

/// The corners of a box, from the upper left one clockwise.
fn corners((left, top): (f64, f64), (right, bottom): (f64, f64)) -> Vec<(f64, f64)> {
    vec![(left, top), (right, top), (right, bottom), (left, bottom)]
}

/// The outline of a COCO annotation in image pixels: its one polygon, or its box.
fn outline(annotation: &Value) -> Vec<(f64, f64)> {
    let numbers = |value: &Value| -> Vec<f64> {
        value.as_array().expect("numbers").iter().filter_map(Value::as_f64).collect()
    };
    let frame = numbers(&annotation["bbox"]);
    let frame = corners((frame[0], frame[1]), (frame[0] + frame[2], frame[1] + frame[3]));
    match annotation["segmentation"].as_array().map(Vec::as_slice) {
        Some([polygon]) => {
            let points: Vec<_> = numbers(polygon).chunks(2).map(|pair| (pair[0], pair[1])).collect();
            let around = |pick: fn(f64, f64) -> f64, start: f64| {
                points.iter().fold((start, start), |a, b| (pick(a.0, b.0), pick(a.1, b.1)))
            };
            let (least, most) = (around(f64::min, f64::INFINITY), around(f64::max, f64::NEG_INFINITY));
            assert!(is_near(&corners(least, most), &frame), "the box is that of the polygon: {annotation}");
            points
        }
        Some([]) | None => frame,
        Some(_) => panic!("one outline was drawn: {annotation}"),
    }
}

/// Whether both have the same points in the same order, whichever comes first, up to what the pointer cannot do.
fn is_near(wanted: &[(f64, f64)], found: &[(f64, f64)]) -> bool {
    let same = |(a, b): (&(f64, f64), &(f64, f64))| (a.0 - b.0).abs() < PIXELS && (a.1 - b.1).abs() < PIXELS;
    wanted.len() == found.len()
        && (0..found.len()).any(|turn| wanted.iter().zip(found.iter().cycle().skip(turn)).all(same))
}

/// The area of an outline in square pixels, by the shoelace formula.
fn area_of(outline: &[(f64, f64)]) -> f64 {
    let next = outline.iter().cycle().skip(1);
    outline.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
}

fn category<'a>(coco: &'a Value, annotation: &Value) -> &'a Value {
    &find(&coco["categories"], &annotation["category_id"])["name"]
}

/// The entry of a COCO list that has this id.
fn find<'a>(list: &'a Value, id: &Value) -> &'a Value {
    let entries = list.as_array().expect("a list");
    entries.iter().find(|entry| entry["id"] == *id).expect("an entry with this id")
}
