//! Tests of reading and writing COCO: what is written comes back, what is lost is counted, what is hostile is refused.

use std::path::PathBuf;

use abox_ids::{AnnotationId, ClassId, MemberId};
use abox_model::annotation::{Annotation, AttributeEntry, Point, Shape};
use abox_model::change::{Actor, plan as plan_edit};
use abox_model::document::{CommentAnchor, ItemDocument};
use abox_model::intent::Intent;
use abox_model::schema::{AttributeValue, LabelSchema};
use proptest::prelude::*;

use super::*;
use crate::{Dataset, DatasetItem, Dropped, FormatError, Target};

const SIZE: (u32, u32) = (640, 480);

fn schema() -> LabelSchema {
    LabelSchema::from_file_json(
        r#"{"classes": [
            {"name": "car", "shapes": ["box", "polygon"], "attributes": [
                {"name": "occluded", "type": "checkbox"}, {"name": "speed", "type": "number"},
                {"name": "side", "type": "select", "options": ["left", "right"]},
                {"name": "seen", "type": "multi-select", "options": ["day", "night"]},
                {"name": "note", "type": "text"}]},
            {"name": "Baum \"ü\" 木", "shapes": ["polygon"]},
            {"name": "sign", "shapes": ["box"]},
            {"name": "rain", "shapes": ["tag"]}],
          "attributes": [{"name": "scene", "type": "text"}]}"#,
    )
    .unwrap()
}

fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Shape {
    Shape::Box { min: at(x, y), max: at(x + width, y + height) }
}

fn ring(points: &[(f64, f64)]) -> Vec<Point> {
    points.iter().map(|(x, y)| at(*x, *y)).collect()
}

fn create(class: ClassId, shape: Shape) -> Intent {
    Intent::Create { id: None, class, shape, attributes: Vec::new() }
}

fn document(schema: &LabelSchema, intents: &[Intent]) -> ItemDocument {
    let lead = Actor { member: MemberId::from_bytes([1; 16]), can_review: true, now: 1 };
    let mut document = ItemDocument::default();
    document.apply(&plan_edit(&document, schema, SIZE, &lead, intents).unwrap()).unwrap();
    document
}

fn item<'a>(path: &'a str, document: &'a ItemDocument) -> DatasetItem<'a> {
    DatasetItem { path, width: SIZE.0, height: SIZE.1, document }
}

fn target(path: &str) -> Target<'_> {
    Target { path, width: SIZE.0, height: SIZE.1 }
}

fn written(dataset: &Dataset<'_>) -> String {
    let mut bytes = Vec::new();
    write(dataset, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_file_is_as_documented() {
    let schema = schema();
    let [car, tree] = [schema.classes[0].clone(), schema.classes[1].clone()];
    let attributes = [
        ("occluded", AttributeValue::Checkbox(true)),
        ("speed", AttributeValue::Number(0.1)),
        ("side", AttributeValue::Select("left".to_owned())),
        ("seen", AttributeValue::MultiSelect(vec!["day".to_owned(), "night".to_owned()])),
    ];
    let attributes = attributes.map(|(name, value)| AttributeEntry {
        attribute: car.attributes.iter().find(|attribute| attribute.name == name).unwrap().id,
        value,
    });
    let boxed = Intent::Create {
        id: None,
        class: car.id,
        shape: rectangle(10.5, 20.0, 30.0, 40.25),
        attributes: attributes.to_vec(),
    };
    let parts =
        vec![ring(&[(0.0, 0.0), (4.0, 0.0), (0.0, 4.0)]), ring(&[(10.0, 10.0), (16.0, 10.0), (10.0, 14.0)])];
    let labelled = document(&schema, &[boxed, create(tree.id, Shape::Polygon { parts })]);
    let empty = ItemDocument::default();
    let dataset = Dataset { schema: &schema, items: &[item("a/ü 1.jpg", &labelled), item("b.png", &empty)] };
    let mut json: serde_json::Value = serde_json::from_str(&written(&dataset)).unwrap();
    // The order of attributes follows their random identifiers; as a JSON object they have none.
    let found = json["annotations"][0]["attributes"].take();
    assert_eq!(
        found,
        serde_json::json!({"occluded": true, "speed": 0.1, "side": "left", "seen": ["day", "night"]})
    );
    insta::assert_json_snapshot!(json);
}

#[test]
fn what_is_lost_is_counted_before_writing() {
    let schema = schema();
    let [car, rain] = [schema.classes[0].id, schema.classes[3].id];
    let square = ring(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
    let shifted = square.iter().map(|point| at(point.x + 5.0, point.y + 5.0)).collect();
    let labelled = document(
        &schema,
        &[
            create(rain, Shape::Tag),
            create(car, Shape::Polygon { parts: vec![square, shifted] }),
            Intent::SetItemAttribute {
                attribute: schema.attributes[0].id,
                value: Some(AttributeValue::Text("road".to_owned())),
            },
            Intent::AddComment { anchor: CommentAnchor::Item, text: "why?".to_owned() },
            Intent::Submit,
        ],
    );
    let dataset = Dataset { schema: &schema, items: &[item("a.jpg", &labelled), item("b.jpg", &labelled)] };
    let report = plan(&dataset);
    let counts: Vec<_> = report.dropped.iter().map(|dropped| (dropped.what, dropped.count)).collect();
    let expected = [
        ("comments", 2),
        ("image tags", 2),
        ("item attributes", 2),
        ("polygons whose parts overlap", 2),
        ("review states", 2),
    ];
    assert_eq!(counts, expected);
    let mut bytes = Vec::new();
    let done = write(&dataset, &mut bytes).unwrap();
    assert_eq!((done.written, done.items, done.dropped), (2, 2, report.dropped));
    let clean = document(&schema, &[create(car, rectangle(1.0, 1.0, 5.0, 5.0))]);
    assert!(plan(&Dataset { schema: &schema, items: &[item("a.jpg", &clean)] }).dropped.is_empty());
}

#[test]
fn an_invalid_document_and_a_full_disk_are_errors() {
    let schema = schema();
    let broken = |shape, class| ItemDocument {
        annotations: vec![Annotation {
            id: AnnotationId::random(),
            class,
            shape,
            attributes: Vec::new(),
            author: MemberId::from_bytes([1; 16]),
        }],
        ..ItemDocument::default()
    };
    let good = ItemDocument::default();
    for bad in [
        broken(rectangle(f64::NAN, 0.0, 1.0, 1.0), schema.classes[0].id),
        broken(rectangle(0.0, 0.0, f64::INFINITY, 1.0), schema.classes[0].id),
        broken(Shape::Polygon { parts: Vec::new() }, schema.classes[0].id),
        broken(rectangle(0.0, 0.0, 1.0, 1.0), ClassId::from_bytes([9; 16])),
    ] {
        let dataset = Dataset { schema: &schema, items: &[item("a", &good), item("b", &bad)] };
        assert_eq!(write(&dataset, std::io::sink()), Err(FormatError::InvalidItem { item: 2 }));
    }
    let mut no_room = [0_u8; 16];
    let dataset = Dataset { schema: &schema, items: &[item("a", &good)] };
    assert_eq!(write(&dataset, &mut no_room[..]), Err(FormatError::Write(std::io::ErrorKind::WriteZero)));
}

fn read_text(
    json: &str,
    schema: &LabelSchema,
    targets: &[Target<'_>],
) -> (Vec<crate::ItemIntents>, crate::ReadReport) {
    read(json.as_bytes(), schema, targets).unwrap()
}

fn reasons(dropped: &[Dropped]) -> Vec<(&'static str, u64)> {
    dropped.iter().map(|dropped| (dropped.why, dropped.count)).collect()
}

#[test]
fn files_of_other_tools_are_read_with_what_they_leave_out() {
    let schema = schema();
    let json = r#"{
        "images": [{"id": 7, "file_name": ".\\sub\\a.jpg", "width": 640, "height": 480}, {"id": 8, "file_name": "other.jpg"},
                   {"id": 9, "file_name": "b.jpg", "width": 480, "height": 640}],
        "categories": [{"id": 3, "name": " CAR "}, {"id": 4, "name": "sign"}, {"id": 5, "name": "bicycle"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4], "attributes": {"Occluded": true, "track": 5, "speed": "fast"}},
            {"id": 2, "image_id": 7, "category_id": 3, "segmentation": [[1, 1, 9, 1, 9, 9, 1, 1]]},
            {"id": 3, "image_id": 7, "category_id": 4, "segmentation": [[1, 1, 9, 1, 9, 9]], "bbox": [1, 1, 8, 8]},
            {"id": 4, "image_id": 7, "category_id": 3, "segmentation": {"counts": [1, 2], "size": [2, 2]}, "iscrowd": 1},
            {"id": 5, "image_id": 8, "category_id": 3, "bbox": [1, 2, 3, 4]},
            {"id": 6, "image_id": 9, "category_id": 3, "bbox": [1, 2, 3, 4]},
            {"id": 7, "image_id": 7, "category_id": 5, "bbox": [1, 2, 3, 4]},
            {"id": 8, "image_id": 7, "category_id": 3, "bbox": [1000, 2, 3, 4]}]}"#;
    let (items, report) = read_text(json, &schema, &[target("b.jpg"), target("sub/a.jpg")]);
    assert_eq!((report.read, report.applied), (8, 3));
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].target, 1);
    let document = document(&schema, &items[0].intents);
    let shapes: Vec<_> = document.annotations.iter().map(|object| object.shape.clone()).collect();
    let open = Shape::Polygon { parts: vec![ring(&[(1.0, 1.0), (9.0, 1.0), (9.0, 9.0)])] };
    assert_eq!(shapes, [rectangle(1.0, 2.0, 3.0, 4.0), open, rectangle(1.0, 1.0, 8.0, 8.0)]);
    assert_eq!(document.annotations[0].attributes.len(), 1);
    let expected = [
        ("the attribute does not take this value", 1),
        ("the class has no attribute of this name", 1),
        ("crowd regions are not single objects", 1),
        ("the picture has another size in the file than in the batch", 1),
        ("the picture is not in the batch", 1),
        ("the schema has no class of this name", 1),
        ("the shape is degenerate or outside the picture", 1),
        ("the class has boxes only: the box is kept", 1),
    ];
    assert_eq!(reasons(&report.dropped), expected);
}

/// Every file of `tests/hostile/labels` is named for its defect; adding a file adds a test.
fn hostile() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hostile/labels");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn hostile_files_are_refused_or_leave_nothing_but_a_reason() {
    let files = hostile();
    assert!(files.len() >= 20);
    let schema = schema();
    for (path, bytes) in files {
        match read(&bytes[..], &schema, &[target("a.jpg")]) {
            Err(error) => assert!(!error.to_string().contains("secret"), "{error}"),
            Ok((items, report)) => {
                assert_eq!((items.len(), report.applied), (0, 0), "{}", path.display());
                assert!(!report.dropped.is_empty(), "{}", path.display());
            }
        }
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    let point = || (0.0..640.0_f64, 0.0..480.0_f64).prop_map(|(x, y)| at(x, y));
    prop_oneof![
        (point(), point()).prop_map(|(min, max)| Shape::Box { min, max }),
        prop::collection::vec(prop::collection::vec(point(), 3..9), 1..4)
            .prop_map(|parts| Shape::Polygon { parts }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_to_the_last_bit(shapes in prop::collection::vec(shapes(), 0..12), number: f64, text: String) {
        let schema = schema();
        let car = &schema.classes[0];
        let named = |name| car.attribute_named(name).unwrap().id;
        let mut document = ItemDocument::default();
        for shape in shapes.iter().filter_map(|shape| shape.clip(SIZE).ok()) {
            let mut attributes = vec![
                AttributeEntry { attribute: named("note"), value: AttributeValue::Text(text.clone()) },
            ];
            if number.is_finite() {
                attributes.push(AttributeEntry { attribute: named("speed"), value: AttributeValue::Number(number + 0.0) });
            }
            attributes.sort_by_key(|entry| entry.attribute);
            let (id, author) = (AnnotationId::random(), MemberId::from_bytes([1; 16]));
            document.annotations.push(Annotation { id, class: car.id, shape, attributes, author });
        }
        let json = written(&Dataset { schema: &schema, items: &[item(&text, &document)] });
        let (items, report) = read(json.as_bytes(), &schema, &[target(&text)]).unwrap();
        prop_assert_eq!(report.dropped, []);
        let intents = items.into_iter().flat_map(|item| item.intents).collect::<Vec<_>>();
        let expected: Vec<_> = document.annotations.into_iter().map(|object| {
            Intent::Create { id: None, class: object.class, shape: object.shape, attributes: object.attributes }
        }).collect();
        prop_assert_eq!(intents, expected);
    }

    #[test]
    fn mutated_files_never_panic(which: prop::sample::Index, cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut files = hostile();
        let (_, mut bytes) = files.swap_remove(which.index(files.len()));
        for (place, byte) in cuts {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                if byte < 16 { bytes.truncate(place) } else { bytes[place] = byte }
            }
        }
        // One schema: each has identifiers of its own.
        let schema = schema();
        if let Ok((items, report)) = read(&bytes[..], &schema, &[target("a.jpg")]) {
            prop_assert!(report.applied <= report.read);
            for one in items {
                document(&schema, &one.intents);
            }
        }
    }
}
