//! Prints how long images take here and in a process of their own, and how long such a process takes to start:
//! `cargo run --release -p abox-decoder --example decode_apart -- FILE…`. The best of several runs, in milliseconds. A
//! measuring aid, not a test.
#![allow(clippy::print_stdout, reason = "printing is its purpose")]

use std::error::Error;
use std::io::Cursor;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use abox_decoder::{DecoderPool, Program, serve_when_asked};
use abox_media::{Limits, decode};

const RUNS: u32 = 15;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(served) = serve_when_asked() {
        return Ok(served);
    }
    let limits = Limits::default();
    let pool = DecoderPool::new(Program::own());
    println!("missing barriers: {:?}", pool.confinement()?.missing());
    for path in std::env::args_os().skip(1) {
        let file = std::fs::read(path)?;
        let picture = decode(Cursor::new(&file), &limits)?;
        println!("{} x {}, {} bytes", picture.width(), picture.height(), file.len());
        drop(picture);
        print("here", || decode(Cursor::new(&file), &limits))?;
        print("apart", || pool.decode(Cursor::new(&file), &limits, &|| false))?;
    }
    print("start", || DecoderPool::new(Program::own()).confinement())?;
    Ok(ExitCode::SUCCESS)
}

fn print<T, E>(what: &str, run: impl Fn() -> Result<T, E>) -> Result<(), E> {
    let (mut best, mut all) = (Duration::MAX, Duration::ZERO);
    for _ in 0..RUNS {
        let start = Instant::now();
        let result = run()?;
        let took = start.elapsed();
        best = best.min(took);
        all += took;
        print!(" {:.0}", took.as_secs_f64() * 1000.0);
        drop(result);
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("  {what:<8} {:8.2} ms, on average {:8.2}", milliseconds(best), milliseconds(all / RUNS));
    Ok(())
}
