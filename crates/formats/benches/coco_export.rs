//! Export of 100,000 annotations as COCO, half boxes with attributes and half polygons of 20 points, against Python
//! writing the same dataset from pycocotools in the same run. Prints one JSON list; `ratio` is value by reference, so
//! that more is better. Planning (what is lost) is part of the measured time, reading the labels from the database is
//! not.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at what fails")]
#![expect(clippy::print_stdout, reason = "its result")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use abox_formats::{Dataset, DatasetItem};
use abox_ids::{AnnotationId, MemberId};
use abox_model::annotation::{Annotation, AttributeEntry, Point, Shape};
use abox_model::document::ItemDocument;
use abox_model::schema::{AttributeValue, LabelSchema};

const ITEMS: u32 = 1_000;
const OBJECTS: u32 = 100;

fn main() {
    let schema = LabelSchema::from_file_json(
        r#"{"classes": [
            {"name": "car", "shapes": ["box"], "attributes": [
                {"name": "occluded", "type": "checkbox"}, {"name": "side", "type": "select", "options": ["left", "right"]}]},
            {"name": "tree", "shapes": ["polygon"]}]}"#,
    )
    .unwrap();
    let documents: Vec<_> = (0..ITEMS).map(|item| document(&schema, item)).collect();
    let paths: Vec<_> = (0..ITEMS).map(|item| format!("camera/{item:06}.jpg")).collect();
    let items: Vec<_> = documents
        .iter()
        .zip(&paths)
        .map(|(document, path)| DatasetItem { path, width: 4032, height: 3024, document })
        .collect();
    let dataset = Dataset { schema: &schema, items: &items };
    let format = abox_formats::find("coco").unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let labels = folder.path().join("labels.json");

    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        let mut file = std::fs::File::create(&labels).unwrap();
        let report = (format.write)(&dataset, &mut file).unwrap();
        best = best.min(start.elapsed().as_secs_f64());
        assert_eq!(report.written, u64::from(ITEMS * OBJECTS));
    }

    let interop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop");
    let venv = Command::new("bash").arg(interop.join("venv.sh")).output().unwrap();
    assert!(venv.status.success(), "{}", String::from_utf8_lossy(&venv.stderr));
    let python = String::from_utf8(venv.stdout).unwrap();
    let reference = Command::new(python.trim())
        .arg(interop.join("bench_coco.py"))
        .args([&labels, &folder.path().join("python.json")])
        .output()
        .unwrap();
    assert!(reference.status.success(), "{}", String::from_utf8_lossy(&reference.stderr));
    let reference: serde_json::Value = serde_json::from_slice(&reference.stdout).unwrap();

    let total = f64::from(ITEMS * OBJECTS);
    let (ours, theirs) = (total / best, total / reference["seconds"].as_f64().unwrap());
    let result = serde_json::json!([{
        "name": "formats.coco.export.100000-annotations",
        "value": ours.round(),
        "unit": "annotations/s",
        "reference": theirs.round(),
        "ratio": (ours / theirs * 100.0).round() / 100.0,
    }]);
    println!("{result:#}");
}

fn document(schema: &LabelSchema, item: u32) -> ItemDocument {
    let [car, tree] = &schema.classes[..] else { return ItemDocument::default() };
    let mut attributes = vec![
        AttributeEntry { attribute: car.attributes[0].id, value: AttributeValue::Checkbox(true) },
        AttributeEntry { attribute: car.attributes[1].id, value: AttributeValue::Select("left".to_owned()) },
    ];
    attributes.sort_by_key(|entry| entry.attribute);
    let annotations = (0..OBJECTS)
        .map(|number| {
            let (x, y) = (100.0 + f64::from(number) * 31.37, 100.0 + f64::from(item) * 2.713);
            let (class, shape, attributes) = if number % 2 == 0 {
                let max = Point { x: x + 71.3, y: y + 55.5 / 7.0 };
                (car.id, Shape::Box { min: Point { x, y }, max }, attributes.clone())
            } else {
                let ring = (0..20).map(|corner| {
                    let angle = std::f64::consts::TAU * f64::from(corner) / 20.0;
                    Point { x: x + 60.0 * angle.cos(), y: y + 60.0 * angle.sin() }
                });
                (tree.id, Shape::Polygon { parts: vec![ring.collect()] }, Vec::new())
            };
            let author = MemberId::from_bytes([1; 16]);
            Annotation { id: AnnotationId::random(), class, shape, attributes, author }
        })
        .collect();
    ItemDocument { annotations, ..ItemDocument::default() }
}
