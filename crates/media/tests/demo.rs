//! The demo photos: each can be decoded and is credited, and the starting labels lie within photos that are there.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly, too")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use abox_media::{Limits, Picture, decode};
use serde_json::Value;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo")
}

/// Photos by their path below `photos/`.
fn photos() -> BTreeMap<String, Picture> {
    let mut photos = BTreeMap::new();
    for folder in fs::read_dir(demo().join("photos")).unwrap() {
        let folder = folder.unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            let name =
                [folder.file_name(), file.file_name()].map(|name| name.into_string().unwrap()).join("/");
            let picture = decode(File::open(file.path()).unwrap(), &Limits::default());
            photos.insert(name, picture.unwrap());
        }
    }
    photos
}

fn json(file: &str) -> Value {
    serde_json::from_slice(&fs::read(demo().join(file)).unwrap()).unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

#[test]
fn every_photo_can_be_decoded_and_is_credited() {
    let credits = fs::read_to_string(demo().join("CREDITS.md")).unwrap();
    let photos = photos();
    assert!(photos.len() >= 24);
    for name in photos.keys() {
        assert!(credits.contains(&format!("| `{name}` |")), "{name}");
    }
    assert_eq!(credits.matches("\n| `").count(), photos.len(), "nothing is credited that is not there");
}

#[test]
fn labels_fit_the_schema_and_lie_within_their_photos() {
    let (photos, labels, schema) = (photos(), json("labels.json"), json("schema.json"));
    assert_eq!(names(&labels["categories"]), names(&schema["classes"]));
    let images: BTreeMap<u64, (f64, f64)> = labels["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| {
            let photo = &photos[image["file_name"].as_str().unwrap()];
            assert_eq!((&image["width"], &image["height"]), (&photo.width().into(), &photo.height().into()));
            (image["id"].as_u64().unwrap(), (photo.width().into(), photo.height().into()))
        })
        .collect();
    for annotation in labels["annotations"].as_array().unwrap() {
        let (width, height) = images[&annotation["image_id"].as_u64().unwrap()];
        let class =
            &schema["classes"][usize::try_from(annotation["category_id"].as_u64().unwrap()).unwrap() - 1];
        let attributes = names(&class["attributes"]);
        assert!(
            annotation["attributes"]
                .as_object()
                .unwrap()
                .keys()
                .all(|name| attributes.contains(&name.as_str()))
        );
        let numbers = |list: &Value| -> Vec<f64> {
            list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
        };
        let [x, y, w, h] = numbers(&annotation["bbox"])[..] else { panic!("a box has four numbers") };
        assert!(x >= 0.0 && y >= 0.0 && w > 0.0 && h > 0.0 && x + w <= width && y + h <= height);
        for part in annotation["segmentation"].as_array().unwrap() {
            let part = numbers(part);
            assert!(part.len() >= 6 && part.len().is_multiple_of(2));
            assert!(
                part.chunks(2)
                    .all(|point| (0.0..=width).contains(&point[0]) && (0.0..=height).contains(&point[1]))
            );
        }
    }
}
