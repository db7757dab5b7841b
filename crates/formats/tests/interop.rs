//! What other tools see in an export: pycocotools and Datumaro, from a virtual environment that is made once
//! (`tests/interop/venv.sh`). The dataset has the values that real work has: fractions, several parts, edges of the
//! image, names in other scripts, sub-folders, items without labels.

#![expect(clippy::unwrap_used, reason = "a test stops at what fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use abox_formats::{Dataset, DatasetItem};
use abox_ids::MemberId;
use abox_model::annotation::{AttributeEntry, Point, Shape};
use abox_model::change::{Actor, plan};
use abox_model::document::ItemDocument;
use abox_model::intent::Intent;
use abox_model::schema::{AttributeValue, LabelSchema};
use serde_json::{Value, json};

fn interop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop")
}

fn python() -> PathBuf {
    let output = Command::new("bash").arg(interop().join("venv.sh")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

/// A draw of numbers that is the same in every run.
struct Draw(u64);

impl Draw {
    fn up_to(&mut self, end: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64 * end
    }
}

/// A ring of a dozen points around a place, without crossings, inside the image.
fn ring(draw: &mut Draw, size: (u32, u32), radius: f64) -> Vec<Point> {
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    let x = radius + draw.up_to(width - 2.0 * radius);
    let y = radius + draw.up_to(height - 2.0 * radius);
    (0..12)
        .map(|corner| {
            let angle = std::f64::consts::TAU * f64::from(corner) / 12.0;
            let reach = radius * (0.6 + draw.up_to(0.4));
            Point { x: x + reach * angle.cos(), y: y + reach * angle.sin() }
        })
        .collect()
}

fn flat(part: &[Point]) -> Vec<f64> {
    part.iter().flat_map(|at| [at.x, at.y]).collect()
}

#[test]
fn pycocotools_and_datumaro_see_what_was_drawn() {
    let schema = LabelSchema::from_file_json(
        r#"{"classes": [
            {"name": "person", "shapes": ["box", "polygon"], "attributes": [
                {"name": "occluded", "type": "checkbox"}, {"name": "age", "type": "number"},
                {"name": "pose", "type": "select", "options": ["sitting", "standing"]}]},
            {"name": "Straße \"A\" 道路", "shapes": ["polygon"]},
            {"name": "rain", "shapes": ["tag"]},
            {"name": "sign", "shapes": ["box"]}]}"#,
    )
    .unwrap();
    let [person, road, rain, sign] = [0, 1, 2, 3].map(|index| &schema.classes[index]);
    let sizes = [(640, 480), (4032, 3024), (333, 500), (1280, 720)];
    let paths = ["a.jpg", "deep/er/ü ñ.jpg", "deep/名.png", "empty.tif"];
    let who = Actor { member: MemberId::random(), can_review: false, now: 0 };
    let mut draw = Draw(2_026);
    let (mut documents, mut expected) = (Vec::new(), Vec::new());
    for (index, size) in sizes.into_iter().enumerate() {
        let (mut intents, mut objects) = (Vec::new(), Vec::new());
        let attribute =
            |name: &str, value| AttributeEntry { attribute: person.attribute_named(name).unwrap().id, value };
        if index < 3 {
            for number in 0..25 {
                let (width, height) = (f64::from(size.0), f64::from(size.1));
                let (x, y) = (draw.up_to(width - 130.0), draw.up_to(height - 130.0));
                let max = Point { x: x + 1.0 + draw.up_to(120.0), y: y + 1.0 + draw.up_to(120.0) };
                let age = draw.up_to(90.0);
                let shape = Shape::Box { min: Point { x, y }, max };
                let boxed = [x, y, max.x - x, max.y - y];
                if number % 2 == 0 {
                    let attributes = vec![
                        attribute("occluded", AttributeValue::Checkbox(number % 4 == 0)),
                        attribute("age", AttributeValue::Number(age)),
                        attribute("pose", AttributeValue::Select("standing".to_owned())),
                    ];
                    intents.push(Intent::Create { id: None, class: person.id, shape, attributes });
                    let attributes = json!({"occluded": number % 4 == 0, "age": age, "pose": "standing"});
                    objects.push(json!({"class": person.name, "box": boxed, "attributes": attributes}));
                } else {
                    intents.push(Intent::Create { id: None, class: sign.id, shape, attributes: Vec::new() });
                    objects.push(json!({"class": sign.name, "box": boxed}));
                }
                // Up to three parts, which COCO readers unite: side by side, so that none lies in another.
                let thirds = f64::from(size.0) / 3.0;
                let parts: Vec<Vec<Point>> = (0..=number % 3)
                    .map(|part| {
                        let mut ring = ring(&mut draw, (size.0 / 3, size.1), 50.0);
                        ring.iter_mut().for_each(|at| at.x += thirds * f64::from(part));
                        ring
                    })
                    .collect();
                let polygon: Vec<_> = parts.iter().map(|part| flat(part)).collect();
                objects.push(json!({"class": road.name, "polygon": polygon}));
                let shape = Shape::Polygon { parts };
                intents.push(Intent::Create { id: None, class: road.id, shape, attributes: Vec::new() });
            }
            // The whole image, and something that COCO does not carry.
            let whole = Shape::Box { min: Point { x: 0.0, y: 0.0 }, max: Point { x: 1e9, y: 1e9 } };
            intents.push(Intent::Create { id: None, class: sign.id, shape: whole, attributes: Vec::new() });
            objects.push(json!({"class": sign.name, "box": [0, 0, size.0, size.1]}));
            intents.push(Intent::Create {
                id: None,
                class: rain.id,
                shape: Shape::Tag,
                attributes: Vec::new(),
            });
        }
        let mut document = ItemDocument::default();
        document.apply(&plan(&document, &schema, size, &who, &intents).unwrap()).unwrap();
        documents.push(document);
        expected.push(json!({"path": paths[index], "width": size.0, "height": size.1, "objects": objects}));
    }

    let items: Vec<_> = (0..4)
        .map(|index| DatasetItem {
            path: paths[index],
            width: sizes[index].0,
            height: sizes[index].1,
            document: &documents[index],
        })
        .collect();
    let dataset = Dataset { schema: &schema, items: &items };
    let coco = abox_formats::find("coco").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join(coco.label_path);
    std::fs::create_dir_all(labels.parent().unwrap()).unwrap();
    std::fs::create_dir_all(folder.path().join(coco.media_folder)).unwrap();
    let mut file = std::fs::File::create(&labels).unwrap();
    let report = (coco.write)(&dataset, &mut file).unwrap();
    assert_eq!((report.written, report.items), (153, 4));
    assert_eq!(
        report.dropped.iter().map(|dropped| (dropped.what, dropped.count)).collect::<Vec<_>>(),
        [("image tags", 3)]
    );

    let classes: Vec<_> = schema.classes.iter().map(|class| &class.name).collect();
    let drawn = folder.path().join("drawn.json");
    std::fs::write(&drawn, json!({"classes": classes, "items": expected}).to_string()).unwrap();
    let check = |folder: &Path| {
        Command::new(python()).arg(interop().join("check_coco.py")).arg(folder).arg(&drawn).output().unwrap()
    };
    let output = check(folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["pycocotools"]["objects"], 153);
    assert!(seen["pycocotools"]["masks"].as_u64().unwrap() > 75);
    assert_eq!(seen["datumaro"]["boxes"], 153);

    // The check can fail: a label that moved by a tenth of a pixel is noticed.
    let text = std::fs::read_to_string(&labels).unwrap();
    let whole = "\"bbox\":[0.0,0.0,640.0,480.0]";
    assert!(text.contains(whole));
    std::fs::write(&labels, text.replace(whole, "\"bbox\":[0.1,0.0,640.0,480.0]")).unwrap();
    assert!(!check(folder.path()).status.success());
}
