//! Real pictures of every format and kind against what Pillow makes of them; see `data/make.py`.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly, too")]

use std::fs::{self, File};
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use abox_media::{ImageFacts, Limits, Picture, decode, inspect, preview};
use serde::Deserialize;

/// Mean difference, in steps of 255, up to which two JPEG or WebP decoders are taken to agree.
const TOLERANCE: f64 = 0.7;

#[derive(Deserialize)]
struct Expected {
    file: String,
    facts: ImageFacts,
    hash: Option<String>,
    reference: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    file: String,
    level: u32,
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn expectations() -> Vec<Expected> {
    serde_json::from_slice(&fs::read(data().join("expected.json")).unwrap()).unwrap()
}

fn picture(file: &str) -> Picture {
    let file = BufReader::new(File::open(data().join(file)).unwrap());
    decode(file, &Limits::default()).unwrap()
}

/// The hash of `make.py`: FNV-1a over 32-bit words.
fn hash(rgba: &[u8]) -> String {
    let words = rgba.as_chunks::<4>().0.iter().map(|&word| u64::from(u32::from_le_bytes(word)));
    let hash = words.fold(0xcbf2_9ce4_8422_2325u64, |hash, word| (hash ^ word).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}")
}

fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

#[test]
fn facts_are_those_that_pillow_sees() {
    for expected in expectations() {
        let facts = inspect(File::open(data().join(&expected.file)).unwrap(), &Limits::default()).unwrap();
        assert_eq!(facts, expected.facts, "{}", expected.file);
    }
}

#[test]
fn pixels_are_those_that_pillow_sees() {
    let mut compared = 0;
    for expected in expectations() {
        let picture = picture(&expected.file);
        assert_eq!((picture.width(), picture.height()), (expected.facts.width, expected.facts.height));
        if let Some(expected_hash) = &expected.hash {
            assert_eq!(&hash(picture.rgba()), expected_hash, "{}", expected.file);
            compared += 1;
        }
        if let Some(Reference { file, level }) = &expected.reference {
            let (small, reference) = (picture.level(*level), self::picture(file));
            let difference = mean_difference(small.rgba(), reference.rgba());
            assert!(difference <= TOLERANCE, "{}: {difference}", expected.file);
            compared += 1;
        }
    }
    assert_eq!(compared, expectations().len(), "every picture has an expectation");
}

#[test]
fn every_picture_of_the_folder_is_expected() {
    let expected: Vec<String> = expectations().into_iter().map(|expected| expected.file).collect();
    for entry in fs::read_dir(data()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_picture = !name.ends_with(".reference.png")
            && ["jpg", "png", "webp", "tif", "tiff", "bmp"].iter().any(|suffix| name.ends_with(suffix));
        assert!(!is_picture || expected.contains(&name), "{name}: run make.py");
    }
}

/// The landscapes were one picture before they were stored in eight ways: upright, they are alike again, and unlike
/// the same picture turned by half.
#[test]
fn pictures_stored_in_different_orientations_look_alike() {
    let upright = picture("orientation-1.jpg");
    for other in [3, 5, 6, 8] {
        let picture = picture(&format!("orientation-{other}.jpg"));
        assert_eq!((picture.width(), picture.height()), (upright.width(), upright.height()));
        let mut turned = upright.rgba().as_chunks::<4>().0.to_vec();
        turned.reverse();
        let same = mean_difference(picture.level(2).rgba(), upright.level(2).rgba());
        let wrong = mean_difference(picture.rgba(), turned.as_flattened());
        assert!(same < 4.0, "orientation {other} differs by {same}");
        assert!(wrong > 20.0, "the test cannot tell directions apart: {wrong}");
    }
}

#[test]
fn format_is_told_by_content_whatever_the_position_of_the_source() {
    let mut source = Cursor::new(fs::read(data().join("ball.png")).unwrap());
    source.set_position(1000);
    let facts = inspect(&mut source, &Limits::default()).unwrap();
    assert_eq!(serde_json::to_value(facts.format).unwrap(), "png");
    assert!(decode(&mut source, &Limits::default()).is_ok());
}

#[test]
fn facts_serialise_as_others_store_them() {
    let facts = inspect(File::open(data().join("orientation-6.jpg")).unwrap(), &Limits::default()).unwrap();
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(json, r#"{"format":"jpeg","width":150,"height":100,"orientation":6,"frames":1}"#);
}

#[test]
fn previews_are_small_upright_and_hold_nothing_but_pixels() {
    for file in ["orientation-6.jpg", "cmyk.jpg", "5_webp_a.webp", "50020484-00001.png"] {
        let original = picture(file);
        let jpeg = preview(&original, 64).unwrap();
        let facts = inspect(Cursor::new(&jpeg), &Limits::default()).unwrap();
        assert_eq!((facts.width.max(facts.height), facts.orientation), (64, 1), "{file}");
        assert_eq!(facts.width >= facts.height, original.width() >= original.height(), "{file}");
        for metadata in [&b"Exif"[..], b"ICC_PROFILE", b"http://ns.adobe.com", b"Photoshop"] {
            assert!(!jpeg.windows(metadata.len()).any(|bytes| bytes == metadata), "{file}");
        }
    }
    // Never larger than the picture, and the colours are kept.
    let cat = picture("cat.jpg");
    let jpeg = preview(&cat, 10_000).unwrap();
    let again = decode(Cursor::new(&jpeg), &Limits::default()).unwrap();
    assert_eq!((again.width(), again.height()), (cat.width(), cat.height()));
    assert!(mean_difference(again.level(3).rgba(), cat.level(3).rgba()) < 2.0);
}
