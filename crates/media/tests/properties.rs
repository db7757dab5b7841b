//! Properties over arbitrary pictures and arbitrary bytes.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly, too")]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use abox_media::{Limits, Picture, Pyramid, decode, inspect, preview};
use proptest::prelude::*;

fn picture(sides: std::ops::Range<u32>) -> impl Strategy<Value = (u32, u32, Vec<u8>)> {
    (sides.clone(), sides, any::<bool>()).prop_flat_map(|(width, height, opaque)| {
        let size = (width * height * 4) as usize;
        prop::collection::vec(any::<u8>(), size).prop_map(move |mut rgba| {
            if opaque {
                rgba.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = 255);
            }
            (width, height, rgba)
        })
    })
}

/// The mean of each square, pixel by pixel, as its definition says. Level 0 is the picture itself, with the colours of
/// transparent pixels that a mean would lose.
fn naive_level(width: u32, height: u32, rgba: &[u8], level: u32) -> (u32, u32, Vec<u8>) {
    if level == 0 {
        return (width, height, rgba.to_vec());
    }
    let step = 1 << level;
    let (out_width, out_height) = (width.div_ceil(step), height.div_ceil(step));
    let mut out = Vec::new();
    for y in 0..out_height {
        for x in 0..out_width {
            let (mut colours, mut alphas, mut count) = ([0u64; 3], 0u64, 0u64);
            for source_y in (y * step..(y + 1) * step).take_while(|&y| y < height) {
                for source_x in (x * step..(x + 1) * step).take_while(|&x| x < width) {
                    let pixel = &rgba[((source_y * width + source_x) * 4) as usize..][..4];
                    let alpha = u64::from(pixel[3]);
                    (0..3).for_each(|sample| colours[sample] += u64::from(pixel[sample]) * alpha);
                    alphas += alpha;
                    count += 1;
                }
            }
            let mean = |sum: u64, weight: u64| match weight {
                0 => 0,
                weight => u8::try_from((sum + weight / 2) / weight).unwrap(),
            };
            out.extend(colours.map(|sum| mean(sum, alphas)));
            out.push(mean(alphas, count));
        }
    }
    (out_width, out_height, out)
}

fn naive_region(width: u32, height: u32, rgba: &[u8], (x, y, w, h): (u32, u32, u32, u32)) -> Vec<u8> {
    let mut out = Vec::new();
    for row in (y..y.saturating_add(h)).take_while(|&row| row < height) {
        for column in (x..x.saturating_add(w)).take_while(|&column| column < width) {
            out.extend_from_slice(&rgba[((row * width + column) * 4) as usize..][..4]);
        }
    }
    out
}

fn real_files() -> Vec<Vec<u8>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    [
        "grey.jpg",
        "rgb-not-ycbcr.jpg",
        "cmyk.jpg",
        "palette-4-bit.png",
        "orientation-6.png",
        "animated.webp",
        "lossy.webp",
        "palette.tif",
        "fax-4.tif",
        "jpeg-inside.tif",
        "grey-16-bit-deflate.tif",
        "palette.bmp",
        "1-bit.bmp",
    ]
    .map(|name| fs::read(data.join(name)).unwrap())
    .into()
}

/// Small enough that no mutation can make a test slow.
fn limits() -> Limits {
    Limits { max_side: 4096, max_pixels: 1 << 22, max_decoded_bytes: 1 << 26, max_metadata_bytes: 1 << 20 }
}

/// Neither call may panic, and what decodes has the size that was announced.
fn examine(file: &[u8]) -> Result<(), TestCaseError> {
    let facts = inspect(Cursor::new(file), &limits());
    let picture = decode(Cursor::new(file), &limits());
    if let Ok(picture) = picture {
        let facts = facts.unwrap();
        prop_assert_eq!((picture.width(), picture.height()), (facts.width, facts.height));
        prop_assert_eq!(picture.rgba().len() as u64, u64::from(facts.width) * u64::from(facts.height) * 4);
    }
    Ok(())
}

proptest! {
    #[test]
    fn levels_are_means_of_the_pixels_they_cover((width, height, rgba) in picture(1..23), level in 0u32..6) {
        let picture = Picture::from_rgba(width, height, rgba.clone()).unwrap();
        let small = picture.level(level);
        let (expected_width, expected_height, expected) = naive_level(width, height, &rgba, level);
        prop_assert_eq!((small.width(), small.height()), (expected_width, expected_height));
        prop_assert_eq!(small.rgba(), &expected);
    }

    #[test]
    fn levels_beyond_the_last_are_one_pixel((width, height, rgba) in picture(1..9), level in 4u32..) {
        let small = Picture::from_rgba(width, height, rgba).unwrap().level(level);
        prop_assert_eq!((small.width(), small.height()), (1, 1));
    }

    #[test]
    fn regions_are_cut_out_of_levels(
        (width, height, rgba) in picture(1..40),
        level in 0u32..3,
        (x, y, w, h) in (0u32..50, 0u32..50, prop_oneof![0u32..50, Just(u32::MAX)], 0u32..50),
    ) {
        let pyramid = Pyramid::new(Picture::from_rgba(width, height, rgba.clone()).unwrap());
        // These pictures are so small that there is one level; what lies beyond is empty.
        prop_assert_eq!(pyramid.level_count(), 1);
        let region = pyramid.region(level, x, y, w, h);
        let (region_width, region_height) = pyramid.region_size(level, x, y, w, h);
        prop_assert_eq!(region.len() as u64, u64::from(region_width) * u64::from(region_height) * 4);
        let expected = if level == 0 { naive_region(width, height, &rgba, (x, y, w, h)) } else { Vec::new() };
        prop_assert_eq!(region, expected);
    }

    #[test]
    fn previews_fit_and_keep_the_shape((width, height, rgba) in picture(1..40), max_side in 0u32..50) {
        let picture = Picture::from_rgba(width, height, rgba).unwrap();
        let facts = inspect(Cursor::new(preview(&picture, max_side).unwrap()), &Limits::default()).unwrap();
        let max_side = max_side.max(1);
        prop_assert_eq!(facts.width.max(facts.height), width.max(height).min(max_side));
        // Each side is the exact one, rounded, but never nothing.
        let scale = f64::from(facts.width.max(facts.height)) / f64::from(width.max(height));
        for (side, original) in [(facts.width, width), (facts.height, height)] {
            prop_assert!((f64::from(side) - (f64::from(original) * scale).max(1.0)).abs() <= 0.5);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        magic in prop::sample::select(vec![
            &b""[..], b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\x40\0\0\0WEBPVP8 ", b"RIFF\x40\0\0\0WEBPVP8X",
            b"RIFF\x40\0\0\0WEBPVP8L", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0", b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        examine(&[magic, &rest].concat())?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_files_never_panic(
        file in prop::sample::select(real_files()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        head_changes in prop::collection::vec((0usize..200, any::<u8>()), 0..3),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut file = file;
        for (at, value) in changes {
            let at = at.index(file.len());
            file[at] = value;
        }
        for (at, value) in head_changes {
            if let Some(byte) = file.get_mut(at) {
                *byte = value;
            }
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        examine(&file)?;
    }
}

#[test]
fn large_pictures_have_levels_down_to_a_thumbnail() {
    let (width, height) = (1025, 300);
    let rgba: Vec<u8> =
        (0..width * height * 4u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let pyramid = Pyramid::new(Picture::from_rgba(width, height, rgba.clone()).unwrap());
    // 1025 → 513 → 257 → 129
    assert_eq!(pyramid.level_count(), 4);
    assert_eq!(
        [0, 1, 2, 3].map(|level| pyramid.level_size(level)),
        [(1025, 300), (513, 150), (257, 75), (129, 38)]
    );
    assert_eq!(pyramid.bytes(), 4 * (1025 * 300 + 513 * 150 + 257 * 75 + 129 * 38));
    for level in 0..4 {
        let (level_width, level_height, expected) = naive_level(width, height, &rgba, level);
        let rectangle = (100, 20, 300, 100);
        let region = pyramid.region(level, 100, 20, 300, 100);
        assert!(region == naive_region(level_width, level_height, &expected, rectangle), "level {level}");
        assert!(!region.is_empty());
    }
    assert!(pyramid.level(4).is_none());
    assert!(pyramid.region(4, 0, 0, 10, 10).is_empty());
}

#[test]
fn pictures_of_the_wrong_size_are_refused() {
    for (width, height, bytes) in
        [(0, 1, 0), (1, 0, 0), (2, 2, 15), (2, 2, 17), (1 << 25, 1, 4 << 25), (u32::MAX, u32::MAX, 4)]
    {
        assert_eq!(Picture::from_rgba(width, height, vec![0; bytes]).unwrap_err().code(), "image-broken");
    }
}
