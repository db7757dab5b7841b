//! Every file of `tests/hostile/images` is refused, with the code that `expected.tsv` there gives, at once and without
//! much memory; every file of its folder `disarmed` is shown as the small picture that it is. A new file there is a new
//! case here, and fails until its line is in `expected.tsv`.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly, too")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use abox_media::{Limits, Measure, MediaError, decode, inspect};

/// For each file, on a busy machine. Most take microseconds.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Resident memory of this process at its highest, in kilobytes. The claims in the files go up to a gigabyte each.
const LITTLE_MEMORY: u64 = 200_000;

fn hostile() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/images")
}

fn expected_codes() -> BTreeMap<String, String> {
    let table = fs::read_to_string(hostile().join("expected.tsv")).unwrap();
    table
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(file, code)| (file.into(), code.into()))
        .collect()
}

fn pictures_in(folder: &Path) -> Vec<PathBuf> {
    let is_picture = |path: &PathBuf| {
        path.extension().is_some_and(|extension| !["py", "tsv"].iter().any(|other| extension == *other))
    };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file() && is_picture(path));
    files.sort();
    assert!(files.len() >= 10, "the hostile files are there");
    files
}

/// Highest resident memory of this process so far, in kilobytes.
#[cfg(target_os = "linux")]
fn highest_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn hostile_files_are_refused_with_the_expected_code() {
    let expected = expected_codes();
    let mut refused = BTreeMap::new();
    for path in pictures_in(&hostile()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let file = fs::read(&path).unwrap();
        let start = Instant::now();
        let error = decode(Cursor::new(&file), &Limits::default()).expect_err(&name);
        assert!(start.elapsed() < AT_ONCE, "{name} took {:?}", start.elapsed());
        // What `inspect` refuses already, it refuses for the same reason.
        if let Err(early) = inspect(Cursor::new(&file), &Limits::default()) {
            assert_eq!(early.code(), error.code(), "{name}");
        }
        refused.insert(name, error.code().to_owned());
    }
    assert_eq!(refused, expected);
    #[cfg(target_os = "linux")]
    assert!(highest_memory() < LITTLE_MEMORY, "{} kB", highest_memory());
}

#[test]
fn disarmed_files_are_shown_and_what_they_carry_stays_packed() {
    for path in pictures_in(&hostile().join("disarmed")) {
        let file = fs::read(&path).unwrap();
        let start = Instant::now();
        let facts = inspect(Cursor::new(&file), &Limits::default()).unwrap();
        let picture = decode(Cursor::new(&file), &Limits::default()).unwrap();
        assert!(start.elapsed() < AT_ONCE, "{} took {:?}", path.display(), start.elapsed());
        assert_eq!((picture.width(), picture.height()), (facts.width, facts.height));
        assert!(picture.width() <= 131 && picture.height() <= 131);
    }
    #[cfg(target_os = "linux")]
    assert!(highest_memory() < LITTLE_MEMORY, "{} kB", highest_memory());
}

#[test]
fn limits_are_checked_before_memory_is_taken() {
    let file = fs::read(hostile().join("disarmed/png-text-inflates-to-64-megabytes.png")).unwrap();
    let refused = |limits: Limits| match inspect(Cursor::new(&file), &limits) {
        Err(MediaError::TooLarge { measure, size, limit }) => (measure, size, limit),
        other => panic!("{other:?}"),
    };
    let limits = Limits::default();
    assert_eq!(refused(Limits { max_side: 7, ..limits }), (Measure::Side, 8, 7));
    assert_eq!(refused(Limits { max_pixels: 63, ..limits }), (Measure::Pixels, 64, 63));
    let small = Limits { max_decoded_bytes: file.len() as u64 - 1, ..limits };
    assert_eq!(refused(small), (Measure::FileBytes, file.len() as u64, file.len() as u64 - 1));
    // The text and its framing are metadata, packed as they are.
    let (measure, size, limit) = refused(Limits { max_metadata_bytes: 1000, ..limits });
    assert_eq!((measure, limit), (Measure::MetadataBytes, 1000));
    assert!(size > 60_000, "{size}");
}

#[test]
fn decoded_bytes_are_limited_apart_from_file_bytes() {
    let file = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/grey.jpg")).unwrap();
    let decoded = 131 * 87 * 4;
    let limits = |max_decoded_bytes| Limits { max_decoded_bytes, ..Limits::default() };
    assert!(decode(Cursor::new(&file), &limits(decoded)).is_ok());
    let error = decode(Cursor::new(&file), &limits(decoded - 1)).unwrap_err();
    assert!(matches!(error, MediaError::TooLarge { measure: Measure::DecodedBytes, .. }), "{error:?}");
}

/// A source that fails after some bytes, as the reader of a damaged sealed object does.
struct Failing {
    file: Cursor<Vec<u8>>,
    good: u64,
}

impl Read for Failing {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let left = self.good.saturating_sub(self.file.position());
        if left == 0 {
            return Err(std::io::Error::new(ErrorKind::InvalidData, "chunk 1 is damaged"));
        }
        let length = out.len().min(usize::try_from(left).unwrap());
        self.file.read(&mut out[..length])
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn a_failing_source_is_told_apart_from_a_broken_image() {
    let file = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cat.jpg")).unwrap();
    for good in [0, 2, 500, 15_000] {
        let source = Failing { file: Cursor::new(file.clone()), good };
        let error = decode(source, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "image-unreadable", "after {good} bytes");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(cause, "chunk 1 is damaged");
    }
}

#[test]
fn messages_say_what_is_wrong_and_carry_no_content() {
    let limit = MediaError::TooLarge { measure: Measure::Pixels, size: 300_000_000, limit: 200_000_000 };
    assert_eq!(
        limit.to_string(),
        "The image is too large: its number of pixels is 300000000, and at most 200000000 is allowed."
    );
    let read = MediaError::from(std::io::Error::other("secret"));
    assert_eq!(read.to_string(), "The image data could not be read.");
}
