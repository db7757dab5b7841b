//! Real pictures, cut and with flipped bits, through the process: each gives what it gives when it is decoded here, and
//! none brings anything down.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly, too"
)]

mod support;

use std::fs;
use std::io::Cursor;
use std::path::Path;

use abox_decoder::DecoderPool;
use abox_media::{Limits, decode as decode_here};
use support::{data, decode, expect_a_picture, pictures_in, pool};

/// Of each picture.
const FLIPPED: u32 = 24;
const CUT: usize = 8;

/// A cheap sequence that is the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }
}

#[track_caller]
fn expect_the_same(pool: &DecoderPool, file: &[u8], name: &str) -> bool {
    let here = decode_here(Cursor::new(file), &Limits::default());
    let there = decode(pool, file);
    match (here, there) {
        (Ok(here), Ok(there)) => {
            assert_eq!((here.width(), here.height()), (there.width(), there.height()), "{name}");
            assert_eq!(here.is_opaque(), there.is_opaque(), "{name}");
            assert!(here.rgba() == there.rgba(), "{name}");
            true
        }
        (Err(here), Err(there)) => {
            assert_eq!(here.to_string(), there.to_string(), "{name}");
            assert_eq!(here.code(), there.code(), "{name}");
            false
        }
        (here, there) => panic!("{name}: {here:?} here, {there:?} there"),
    }
}

#[test]
fn whole_pictures_are_the_same_pixels() {
    let pool = pool();
    for path in pictures_in(&data("")) {
        let file = fs::read(&path).unwrap();
        assert!(expect_the_same(&pool, &file, path.to_str().unwrap()), "{}", path.display());
    }
}

#[test]
fn hostile_pictures_are_refused_for_the_same_reasons() {
    let pool = pool();
    let hostile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/images");
    for path in pictures_in(&hostile) {
        let file = fs::read(&path).unwrap();
        assert!(!expect_the_same(&pool, &file, path.to_str().unwrap()), "{}", path.display());
    }
    for path in pictures_in(&hostile.join("disarmed")) {
        let file = fs::read(&path).unwrap();
        assert!(expect_the_same(&pool, &file, path.to_str().unwrap()), "{}", path.display());
    }
}

#[test]
fn damaged_pictures_bring_nothing_down() {
    let pool = pool();
    let mut random = Random(7);
    for path in pictures_in(&data("")) {
        let name = path.to_str().unwrap();
        let whole = fs::read(&path).unwrap();
        for _ in 0..CUT {
            expect_the_same(&pool, &whole[..random.below(whole.len())], name);
        }
        for _ in 0..FLIPPED {
            let mut file = whole.clone();
            for _ in 0..=random.below(4) {
                // Half of the time in the first bytes, where the sizes are.
                let reach = if random.below(2) == 0 { file.len() } else { file.len().min(64) };
                let at = random.below(reach);
                file[at] ^= 1 << random.below(8);
            }
            expect_the_same(&pool, &file, name);
        }
    }
    expect_a_picture(&pool);
}
