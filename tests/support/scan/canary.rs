//! What is planted and searched for.

use std::fmt::Write as _;
use std::io::{Cursor, Read};

use aho_corasick::{AhoCorasick, MatchKind};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, imageops::FilterType};

/// Pixels of one side of a block of one colour. Halving a picture of aligned blocks is exact down to one pixel a block,
/// whatever filter averages two by two pixels, so that the rows of every level are known beforehand.
const BLOCK: u32 = 8;

/// Blocks in one searched stretch of a row.
const STRETCH: u32 = 8;

/// Bytes of one searched stretch of a file.
const FILE_STRETCH: usize = 40;

/// The correlation of two thumbnails from which on one is a picture of the other. Pictures of random blocks are not
/// correlated.
const LOOKS_ALIKE: f64 = 0.7;

/// The side of the thumbnails that are compared.
const THUMBNAIL: u32 = 16;

/// A picture of random blocks.
#[derive(Debug, Clone)]
pub struct CanaryPicture {
    pixels: RgbImage,
}

impl CanaryPicture {
    /// A new picture of this many blocks, eight pixels each.
    ///
    /// # Panics
    /// If the system has no randomness.
    #[must_use]
    pub fn random(columns: u32, rows: u32) -> Self {
        let mut colours = vec![0; (columns * rows * 3) as usize];
        getrandom::fill(&mut colours).expect("randomness");
        let pixels = RgbImage::from_fn(columns * BLOCK, rows * BLOCK, |x, y| {
            let place = ((y / BLOCK * columns + x / BLOCK) * 3) as usize;
            Rgb([colours[place], colours[place + 1], colours[place + 2]])
        });
        Self { pixels }
    }

    /// The picture as a file.
    ///
    /// # Panics
    /// If the format cannot be written.
    #[must_use]
    pub fn encoded(&self, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(self.pixels.clone()).write_to(&mut file, format).expect("an encoded picture");
        file.into_inner()
    }

    /// The picture as a JPEG whose EXIF description is this text.
    #[must_use]
    pub fn jpeg_with_description(&self, text: &str) -> Vec<u8> {
        let jpeg = self.encoded(ImageFormat::Jpeg);
        let exif = exif_description(text);
        [&jpeg[..2], &exif, &jpeg[2..]].concat()
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.pixels.dimensions()
    }

    fn thumbnail(&self) -> RgbImage {
        thumbnail(&DynamicImage::ImageRgb8(self.pixels.clone()))
    }

    /// Stretches of rows of the picture halved `level` times.
    fn stretches(&self, level: u32) -> Vec<Vec<[u8; 3]>> {
        let (width, height) = self.pixels.dimensions();
        let repeat = (BLOCK >> level) as usize;
        let mut found = Vec::new();
        for part in 0..6 {
            let y = height * part / 6 / BLOCK * BLOCK;
            let columns = width / BLOCK;
            let first = columns.saturating_sub(STRETCH) * part / 5;
            let colours = (0..STRETCH).filter(|column| first + column < columns).flat_map(|column| {
                std::iter::repeat_n(self.pixels.get_pixel((first + column) * BLOCK, y).0, repeat)
            });
            found.push(colours.collect());
        }
        found
    }
}

fn thumbnail(picture: &DynamicImage) -> RgbImage {
    picture.resize_exact(THUMBNAIL, THUMBNAIL, FilterType::Triangle).to_rgb8()
}

/// An APP1 segment with an EXIF block of one entry, ImageDescription.
fn exif_description(text: &str) -> Vec<u8> {
    let mut value = text.as_bytes().to_vec();
    value.push(0);
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    tiff.extend([0x01, 0x0e, 0, 2]);
    tiff.extend(length.to_be_bytes());
    tiff.extend(26_u32.to_be_bytes());
    tiff.extend([0; 4]);
    tiff.extend(value);
    let size = u16::try_from(tiff.len() + 8).unwrap_or(u16::MAX);
    let mut segment = vec![0xff, 0xe1];
    segment.extend(size.to_be_bytes());
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    segment
}

/// Everything that is searched for.
#[derive(Debug, Default)]
pub struct Canaries {
    names: Vec<String>,
    patterns: Vec<Vec<u8>>,
    pictures: Vec<(String, RgbImage)>,
}

impl Canaries {
    /// A text that appears nowhere else, of letters and digits so that it fits everywhere.
    ///
    /// # Panics
    /// If the system has no randomness.
    #[must_use]
    pub fn random_text(kind: &str) -> String {
        let mut random = [0; 10];
        getrandom::fill(&mut random).expect("randomness");
        random.iter().fold(format!("Canary{kind}"), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Searches for a text, in UTF-8 and UTF-16.
    pub fn text(&mut self, name: &str, text: &str) {
        self.add(format!("{name} (UTF-8)"), text.as_bytes().to_vec());
        self.add(format!("{name} (UTF-16LE)"), text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        self.add(format!("{name} (UTF-16BE)"), text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }

    /// Searches for a file by stretches of it, from its second eighth on: what comes before may be common to many files.
    pub fn file(&mut self, name: &str, bytes: &[u8]) {
        for part in 1..8 {
            let start = bytes.len() * part / 8;
            if let Some(stretch) = bytes.get(start..start + FILE_STRETCH) {
                self.add(format!("{name} (bytes of the file)"), stretch.to_vec());
            }
        }
    }

    /// Searches for a picture: its rows at every level, and pictures that look like it.
    pub fn picture(&mut self, name: &str, picture: &CanaryPicture) {
        for level in 0..=BLOCK.ilog2() {
            for pixels in picture.stretches(level) {
                let form = |order: &dyn Fn([u8; 3]) -> Vec<u8>| {
                    pixels.iter().flat_map(|pixel| order(*pixel)).collect()
                };
                self.add(format!("{name} (RGB rows, level {level})"), form(&|[r, g, b]| vec![r, g, b]));
                self.add(format!("{name} (RGBA rows, level {level})"), form(&|[r, g, b]| vec![r, g, b, 255]));
                self.add(format!("{name} (BGRA rows, level {level})"), form(&|[r, g, b]| vec![b, g, r, 255]));
            }
        }
        self.pictures.push((name.to_owned(), picture.thumbnail()));
    }

    fn add(&mut self, name: String, pattern: Vec<u8>) {
        assert!(pattern.len() >= 12, "{name} is too short to search for: it could appear by chance");
        self.names.push(name);
        self.patterns.push(pattern);
    }

    /// The machine that searches.
    ///
    /// # Panics
    /// If there are far too many patterns.
    #[must_use]
    pub fn search(&self) -> Search<'_> {
        let patterns =
            AhoCorasick::builder().match_kind(MatchKind::Standard).build(&self.patterns).expect("patterns");
        Search { canaries: self, patterns }
    }
}

/// Searches streams for canaries.
#[derive(Debug)]
pub struct Search<'a> {
    canaries: &'a Canaries,
    patterns: AhoCorasick,
}

impl Search<'_> {
    /// The names of the canaries in a stream of bytes, each once.
    ///
    /// # Errors
    /// If the stream cannot be read.
    pub fn stream(&self, mut stream: impl Read) -> std::io::Result<Vec<String>> {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let mut found: Vec<String> = self
            .patterns
            .find_overlapping_iter(&bytes)
            .map(|hit| self.canaries.names[hit.pattern()].clone())
            .collect();
        found.extend(self.pictures(&bytes));
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Pictures in `bytes`, at whatever place, that look like a canary.
    fn pictures(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for (start, format) in starts(bytes) {
            let Ok(picture) = image::load_from_memory_with_format(&bytes[start..], format) else { continue };
            let seen = thumbnail(&picture);
            for (name, canary) in &self.canaries.pictures {
                if correlation(&seen, canary) > LOOKS_ALIKE {
                    found.push(format!("{name} (a {format:?} that looks like it)"));
                }
            }
        }
        found
    }
}

/// The correlation of two pictures of one size, from -1 to 1; 0 for a picture of one colour.
fn correlation(a: &RgbImage, b: &RgbImage) -> f64 {
    let mean = |picture: &RgbImage| picture.iter().map(|v| f64::from(*v)).sum::<f64>() / picture.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b.iter()) {
        let (x, y) = (f64::from(*x) - mean_a, f64::from(*y) - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa * bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// Where a JPEG or PNG may start. Chance gives a JPEG's three bytes every 16 MiB; decoding then fails at once.
fn starts(bytes: &[u8]) -> Vec<(usize, ImageFormat)> {
    let jpeg: &[u8] = b"\xff\xd8\xff";
    let png: &[u8] = b"\x89PNG\r\n\x1a\n";
    let find = |magic: &'static [u8], format| {
        bytes
            .windows(magic.len())
            .enumerate()
            .filter(move |(_, w)| *w == magic)
            .map(move |(i, _)| (i, format))
    };
    find(jpeg, ImageFormat::Jpeg).chain(find(png, ImageFormat::Png)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> (Canaries, CanaryPicture, Vec<u8>) {
        let picture = CanaryPicture::random(60, 40);
        let jpeg = picture.jpeg_with_description("CanaryDescription0123");
        let mut canaries = Canaries::default();
        canaries.text("comment", "Überführung 42 z");
        canaries.file("photo", &jpeg);
        canaries.picture("photo", &picture);
        (canaries, picture, jpeg)
    }

    fn found(canaries: &Canaries, bytes: &[u8]) -> Vec<String> {
        canaries.search().stream(bytes).unwrap()
    }

    fn surrounded(bytes: &[u8]) -> Vec<u8> {
        let mut noise = vec![0; 1000];
        getrandom::fill(&mut noise).unwrap();
        [&noise, bytes, &noise].concat()
    }

    #[test]
    fn texts_are_found_in_every_encoding() {
        let (canaries, ..) = one_of_each();
        let text = "Überführung 42 z";
        assert_eq!(found(&canaries, &surrounded(text.as_bytes())), ["comment (UTF-8)"]);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&canaries, &surrounded(&little)), ["comment (UTF-16LE)"]);
    }

    #[test]
    fn a_part_of_the_file_is_found() {
        let (canaries, _, jpeg) = one_of_each();
        let part = &jpeg[jpeg.len() / 2 - 100..jpeg.len() / 2 + 100];
        assert_eq!(found(&canaries, &surrounded(part)), ["photo (bytes of the file)"]);
    }

    #[test]
    fn decoded_rows_are_found_at_every_halving_and_in_every_order() {
        let (canaries, picture, _) = one_of_each();
        let mut level = picture.pixels.clone();
        for number in 0..4 {
            let rgba: Vec<u8> = level.pixels().flat_map(|p| [p[0], p[1], p[2], 255]).collect();
            assert_eq!(found(&canaries, &surrounded(&rgba)), [format!("photo (RGBA rows, level {number})")]);
            let bgra: Vec<u8> = level.pixels().flat_map(|p| [p[2], p[1], p[0], 255]).collect();
            assert_eq!(found(&canaries, &surrounded(&bgra)), [format!("photo (BGRA rows, level {number})")]);
            assert_eq!(
                found(&canaries, &surrounded(level.as_raw())),
                [format!("photo (RGB rows, level {number})")]
            );
            level =
                image::imageops::resize(&level, level.width() / 2, level.height() / 2, FilterType::Nearest);
        }
    }

    #[test]
    fn a_thumbnail_that_was_encoded_again_is_found_inside_another_file() {
        let (canaries, picture, _) = one_of_each();
        let small = DynamicImage::ImageRgb8(picture.pixels.clone()).resize(256, 256, FilterType::Triangle);
        for (format, name) in [(ImageFormat::Jpeg, "Jpeg"), (ImageFormat::Png, "Png")] {
            let mut file = Cursor::new(Vec::new());
            small.write_to(&mut file, format).unwrap();
            assert_eq!(
                found(&canaries, &surrounded(file.get_ref())),
                [format!("photo (a {name} that looks like it)")]
            );
        }
    }

    #[test]
    fn another_picture_and_noise_are_not_taken_for_it() {
        let (canaries, ..) = one_of_each();
        let other = CanaryPicture::random(60, 40);
        assert_eq!(found(&canaries, &other.encoded(ImageFormat::Jpeg)), Vec::<String>::new());
        assert_eq!(found(&canaries, other.pixels.as_raw()), Vec::<String>::new());
    }

    #[test]
    fn the_description_is_where_readers_of_exif_look() {
        let picture = CanaryPicture::random(8, 8);
        let file = picture.jpeg_with_description("CanaryDescription0123");
        assert!(image::load_from_memory_with_format(&file, ImageFormat::Jpeg).is_ok());
        assert!(file.windows(21).any(|w| w == b"CanaryDescription0123"));
    }
}
