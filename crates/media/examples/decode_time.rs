//! Prints how long images take: `cargo run --release -p abox-media --example decode_time -- FILE…`.
//! The best of several runs, in milliseconds. A measuring aid, not a test.
#![allow(clippy::print_stdout, reason = "printing is its purpose")]

use std::io::Cursor;
use std::time::{Duration, Instant};

use abox_media::{Limits, MediaError, Pyramid, decode, inspect, preview};

const RUNS: u32 = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let limits = Limits::default();
    for path in std::env::args_os().skip(1) {
        let file = std::fs::read(path)?;
        let facts = inspect(Cursor::new(&file), &limits)?;
        println!("{facts:?}, {} bytes", file.len());
        print("inspect", || inspect(Cursor::new(&file), &limits))?;
        print("decode", || decode(Cursor::new(&file), &limits))?;
        let picture = decode(Cursor::new(&file), &limits)?;
        for level in 1..4 {
            print(&format!("level {level}"), || Ok(picture.level(level)))?;
        }
        print("preview 320", || preview(&picture, 320))?;
        let pyramid = Pyramid::new(picture);
        let (width, height) = pyramid.level_size(1);
        print("region: level 1", || Ok(pyramid.region(1, 0, 0, width, height)))?;
        print("region: 512 x 512", || Ok(pyramid.region(0, 100, 100, 512, 512)))?;
    }
    Ok(())
}

fn print<T>(what: &str, run: impl Fn() -> Result<T, MediaError>) -> Result<(), MediaError> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        let result = run()?;
        best = best.min(start.elapsed());
        drop(result);
    }
    println!("  {what:<18} {:8.2} ms", best.as_secs_f64() * 1000.0);
    Ok(())
}
