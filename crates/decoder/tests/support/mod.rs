//! A pool whose processes are the ones with an enemy inside, and real pictures.

#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::Duration;

use abox_decoder::{DecoderPool, Program};
use abox_media::{Limits, MediaError, Picture};

/// Far longer than any picture here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn pool() -> DecoderPool {
    pool_with(PATIENCE)
}

pub(crate) fn pool_with(patience: Duration) -> DecoderPool {
    DecoderPool::with_patience(Program::at(env!("CARGO_BIN_EXE_decoder-under-test")), patience)
}

pub(crate) fn decode(pool: &DecoderPool, file: &[u8]) -> Result<Picture, MediaError> {
    pool.decode(Cursor::new(file), &Limits::default(), &|| false)
}

/// Has a process try something. The code of the error that came of it, or "it worked".
pub(crate) fn attempt(pool: &DecoderPool, deed: &str) -> &'static str {
    match decode(pool, format!("do:{deed}").as_bytes()) {
        Ok(_) => "it worked",
        Err(error) => error.code(),
    }
}

/// A real picture comes back as it is.
pub(crate) fn expect_a_picture(pool: &DecoderPool) {
    let picture = decode(pool, &cat()).expect("the next picture decodes");
    assert_eq!((picture.width(), picture.height()), (320, 240));
}

pub(crate) fn cat() -> Vec<u8> {
    fs::read(data("cat.jpg")).unwrap()
}

pub(crate) fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../media/tests/data").join(file)
}

/// A square BMP whose run lengths say at once that all of it is blank.
pub(crate) fn blank_bmp(side: u32) -> Vec<u8> {
    const COLOURS: u32 = 256;
    const PIXELS: u32 = 14 + 40 + COLOURS * 4;
    let numbers = [PIXELS + 2, 0, PIXELS, 40, side, side, 1 | 8 << 16, 1, 2, 0, 0, COLOURS, 0];
    let mut file = b"BM".to_vec();
    file.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
    file.resize(PIXELS as usize, 0);
    file.extend([0, 1]);
    file
}

/// The pictures in a folder.
pub(crate) fn pictures_in(folder: &Path) -> Vec<PathBuf> {
    let kinds = ["jpg", "png", "webp", "tif", "bmp"];
    let is_picture =
        |path: &PathBuf| path.extension().is_some_and(|kind| kinds.iter().any(|other| kind == *other));
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(is_picture);
    files.sort();
    assert!(files.len() >= 10, "the pictures are there");
    files
}
