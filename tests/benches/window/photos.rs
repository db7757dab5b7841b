//! Photos as a camera makes them, and many tiny pictures.

use std::fs;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use support::workspace;

/// Writes `count` JPEGs of 12.2 megapixels: photos of the demo, enlarged, with the noise of a sensor, so that they are as
/// large and as laborious to decode as those of a camera (3 to 5 MB).
pub(crate) fn twelve_megapixels(folder: &Path, count: usize) {
    let sources = demo_photos();
    for number in 0..count {
        let source = image::open(&sources[number % sources.len()]).expect("a photo of the demo").to_rgb8();
        let mut photo = image::imageops::resize(&source, 4032, 3024, FilterType::CatmullRom);
        let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ number as u64;
        for pixel in photo.pixels_mut() {
            // Xorshift: the same noise in each run.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            for (channel, value) in pixel.0.iter_mut().enumerate() {
                let noise = ((state >> (channel * 8)) & 15) as u8;
                *value = value.saturating_add(noise).saturating_sub(7);
            }
        }
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, 88)
            .write_image(photo.as_raw(), photo.width(), photo.height(), ExtendedColorType::Rgb8)
            .expect("a JPEG");
        fs::write(folder.join(format!("photo-{number:03}.jpg")), file).expect("a photo");
    }
}

/// Writes `count` pictures of 32 pixels square, no two alike.
#[expect(clippy::cast_possible_truncation, reason = "bytes of a number")]
pub(crate) fn tiny(folder: &Path, count: u32) {
    for number in 0..count {
        let picture = RgbImage::from_fn(32, 32, |x, y| {
            Rgb([(number & 255) as u8, (number >> 8) as u8, ((x * 8) ^ (y * 8)) as u8])
        });
        picture.save(folder.join(format!("picture-{number:05}.png"))).expect("a picture");
    }
}

fn demo_photos() -> Vec<PathBuf> {
    let folder = workspace().join("assets/demo/photos/people");
    let mut photos: Vec<_> = fs::read_dir(folder)
        .expect("the demo's photos")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jpg"))
        .collect();
    photos.sort();
    photos
}
