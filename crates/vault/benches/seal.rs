//! Seals and opens 1 GiB, with `age` and a plain copy measured in the same run. Prints a JSON list of
//! `{name, value, unit, reference, ratio}`: medians in seconds; `ratio` is reference divided by value, so more is better.
//!
//! From file to file, everything ends with the output on the disk: all sides are timed up to a successful fsync, after
//! older writes have drained. In memory, ours goes from one buffer to another, `age` from tmpfs to tmpfs. Runs take
//! turns, so that a busy moment hits all sides. `ABOX_BENCH_MIB` and `ABOX_BENCH_RUNS` make it smaller.

use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use abox_attest::{Digest, ObjectDigest};
use abox_ids::{BatchId, ItemId, OrgId};
use abox_vault::{ItemKey, ObjectRole, Opener, SealContext, Sealer};
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A directory that is removed whatever happens.
struct Scratch(PathBuf);

impl Scratch {
    fn create(below: &Path) -> Outcome<Self> {
        let path = below.join(format!("abox-seal-bench-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}
impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn main() -> Outcome<()> {
    // `cargo test --benches` runs benchmarks too, unless they notice.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let mib: usize = setting("ABOX_BENCH_MIB", 1024)?;
    let runs: usize = setting("ABOX_BENCH_RUNS", 5)?;
    let mut plain = vec![0; mib << 20];
    // The random source gives at most so much at a time.
    plain.chunks_mut(1 << 20).try_for_each(getrandom::fill).map_err(|error| error.to_string())?;
    let disk = Scratch::create(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let memory = Scratch::create(Path::new("/dev/shm"))?;
    let mut results = files(&disk, &plain, runs)?;
    results.extend(in_memory(&memory, &plain, runs)?);
    results.extend(ciphers(&plain, runs)?);
    results.push(digests(&plain, runs)?);
    writeln!(std::io::stdout(), "{:#}", Value::Array(results))?;
    Ok(())
}

fn setting(name: &str, default: usize) -> Outcome<usize> {
    std::env::var(name).map_or(Ok(default), |text| Ok(text.parse()?))
}

fn context() -> SealContext {
    SealContext {
        org: OrgId::random(),
        batch: BatchId::random(),
        item: Some(ItemId::random()),
        role: ObjectRole::Media,
        epoch: 0,
    }
}

fn seconds(work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// One line of the report, and what all runs were, on the error stream.
fn entry(name: &str, value: &mut [f64], reference: &mut [f64]) -> Outcome<Value> {
    let (value_median, reference_median) = (median(value), median(reference));
    writeln!(std::io::stderr(), "{name}: {value:.3?} against {reference:.3?}")?;
    let round = |number: f64| (number * 1000.0).round() / 1000.0;
    Ok(json!({
        "name": name,
        "value": round(value_median),
        "unit": "s",
        "reference": round(reference_median),
        "ratio": round(reference_median / value_median),
    }))
}

struct Age {
    identity: PathBuf,
    recipient: String,
}

impl Age {
    fn create(scratch: &Scratch) -> Outcome<Self> {
        let identity = scratch.file("age-key");
        let made = Command::new("age-keygen").arg("-o").arg(&identity).stderr(Stdio::null()).status()?;
        let recipient = Command::new("age-keygen").arg("-y").arg(&identity).output()?;
        if !made.success() || !recipient.status.success() {
            return Err("age-keygen failed".into());
        }
        Ok(Self { identity, recipient: String::from_utf8(recipient.stdout)?.trim().to_owned() })
    }

    fn run(command: &mut Command) -> Outcome<()> {
        if command.status()?.success() { Ok(()) } else { Err("age failed".into()) }
    }
    fn encrypt(&self, from: &Path, to: &Path) -> Outcome<()> {
        Self::run(Command::new("age").args(["-r", &self.recipient, "-o"]).arg(to).arg(from))
    }
    fn decrypt(&self, from: &Path, to: &Path) -> Outcome<()> {
        Self::run(Command::new("age").arg("-d").arg("-i").arg(&self.identity).arg("-o").arg(to).arg(from))
    }
}

/// Removes `path` and waits until nothing is left to be written, so that no side pays for another.
fn settle(path: &Path) -> Outcome<()> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    if Command::new("sync").status()?.success() { Ok(()) } else { Err("sync failed".into()) }
}

/// Times `work`, which creates `output`, and then until that is on the disk.
fn to_disk(output: &Path, work: impl FnOnce() -> Outcome<()>) -> Outcome<(f64, f64)> {
    settle(output)?;
    let start = Instant::now();
    work()?;
    let written = start.elapsed().as_secs_f64();
    File::open(output)?.sync_all()?;
    Ok((written, start.elapsed().as_secs_f64()))
}

fn seal(key: &ItemKey, context: &SealContext, from: &Path, to: &Path) -> Outcome<()> {
    let mut sealer = Sealer::new(key, context, File::create(to)?);
    sealer.seal_from(&mut File::open(from)?)?;
    sealer.finish()?;
    Ok(())
}

fn open(key: &ItemKey, context: &SealContext, from: &Path, to: &Path) -> Outcome<()> {
    let source = File::open(from)?;
    let length = source.metadata()?.len();
    Opener::open(key, context, source, length)?.open_to(&mut File::create(to)?)?;
    Ok(())
}

fn same(path: &Path, plain: &[u8]) -> Outcome<()> {
    let (mut file, mut buffer, mut at) = (File::open(path)?, vec![0; 1 << 20], 0);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return if at == plain.len() { Ok(()) } else { Err("the output is too short".into()) };
        }
        if plain.get(at..at + count) != Some(&buffer[..count]) {
            return Err("the output is not what went in".into());
        }
        at += count;
    }
}

/// What one side took, run by run: until its work was done, and until it was on the disk.
#[derive(Default)]
struct Times {
    written: Vec<f64>,
    on_disk: Vec<f64>,
}
impl Times {
    fn add(&mut self, (written, on_disk): (f64, f64)) {
        self.written.push(written);
        self.on_disk.push(on_disk);
    }
}

fn files(scratch: &Scratch, plain: &[u8], runs: usize) -> Outcome<Vec<Value>> {
    let age = Age::create(scratch)?;
    let (key, context) = (ItemKey::generate(), context());
    let [source, sealed, aged, output] = ["plain", "sealed", "aged", "output"].map(|name| scratch.file(name));
    fs::write(&source, plain)?;
    let mut times: [Times; 5] = Default::default();
    let [ours_seal, ours_open, age_seal, age_open, copy] = &mut times;
    for _ in 0..runs {
        ours_seal.add(to_disk(&sealed, || seal(&key, &context, &source, &sealed))?);
        age_seal.add(to_disk(&aged, || age.encrypt(&source, &aged))?);
        ours_open.add(to_disk(&output, || open(&key, &context, &sealed, &output))?);
        same(&output, plain)?;
        age_open.add(to_disk(&output, || age.decrypt(&aged, &output))?);
        same(&output, plain)?;
        copy.add(to_disk(&output, || Ok(fs::copy(&source, &output).map(|_| ())?))?);
    }
    Ok(vec![
        entry("vault.seal.file-to-disk.vs-age", &mut ours_seal.on_disk, &mut age_seal.on_disk)?,
        entry("vault.open.file-to-disk.vs-age", &mut ours_open.on_disk, &mut age_open.on_disk)?,
        entry("vault.seal.file-to-disk.vs-copy", &mut ours_seal.on_disk, &mut copy.on_disk)?,
        entry("vault.open.file-to-disk.vs-copy", &mut ours_open.on_disk, &mut copy.on_disk)?,
        entry("vault.seal.file-to-cache.vs-age", &mut ours_seal.written, &mut age_seal.written)?,
        entry("vault.open.file-to-cache.vs-age", &mut ours_open.written, &mut age_open.written)?,
        entry("vault.seal.file-to-cache.vs-copy", &mut ours_seal.written, &mut copy.written)?,
        entry("vault.open.file-to-cache.vs-copy", &mut ours_open.written, &mut copy.written)?,
    ])
}

fn in_memory(scratch: &Scratch, plain: &[u8], runs: usize) -> Outcome<Vec<Value>> {
    let age = Age::create(scratch)?;
    let (key, context) = (ItemKey::generate(), context());
    let [source, aged, output] = ["plain", "aged", "output"].map(|name| scratch.file(name));
    fs::write(&source, plain)?;
    let mut sealed = Vec::with_capacity(plain.len() + plain.len() / 512 + 1024);
    let mut opened = Vec::with_capacity(plain.len());
    let mut times: [Vec<f64>; 4] = Default::default();
    let [ours_seal, ours_open, age_seal, age_open] = &mut times;
    for _ in 0..runs {
        ours_seal.push(seconds(|| {
            sealed.clear();
            let mut sealer = Sealer::new(&key, &context, &mut sealed);
            sealer.seal_from(&mut &*plain)?;
            sealer.finish()?;
            Ok(())
        })?);
        age_seal.push(seconds(|| age.encrypt(&source, &aged))?);
        ours_open.push(seconds(|| {
            opened.clear();
            let length = sealed.len() as u64;
            Opener::open(&key, &context, Cursor::new(sealed.as_slice()), length)?.open_to(&mut opened)?;
            Ok(())
        })?);
        if opened != plain {
            return Err("what was opened is not what was sealed".into());
        }
        age_open.push(seconds(|| age.decrypt(&aged, &output))?);
        same(&output, plain)?;
        for path in [&aged, &output] {
            fs::remove_file(path)?;
        }
    }
    Ok(vec![
        entry("vault.seal.memory.vs-age", ours_seal, age_seal)?,
        entry("vault.open.memory.vs-age", ours_open, age_open)?,
    ])
}

/// AES-256-GCM alone, in chunks of 16 KiB on one thread: aws-lc against the `aes-gcm` crate.
fn ciphers(plain: &[u8], runs: usize) -> Outcome<Vec<Value>> {
    use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    let aws = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).map_err(|error| error.to_string())?);
    let rust = aes_gcm::Aes256Gcm::new_from_slice(&[7; 32]).map_err(|error| error.to_string())?;
    let mut buffer = plain[..plain.len().min(256 << 20)].to_vec();
    let (mut with_aws, mut with_rust) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        with_aws.push(seconds(|| {
            for chunk in buffer.chunks_mut(16 << 10) {
                let nonce = Nonce::assume_unique_for_key([0; 12]);
                let tag = aws.seal_in_place_separate_tag(nonce, Aad::empty(), chunk);
                let _ = black_box(tag.map_err(|error| error.to_string())?);
            }
            Ok(())
        })?);
        with_rust.push(seconds(|| {
            for chunk in buffer.chunks_mut(16 << 10) {
                let tag = rust.encrypt_inout_detached(&[0; 12].into(), b"", chunk.into());
                let _ = black_box(tag.map_err(|error| error.to_string())?);
            }
            Ok(())
        })?);
    }
    Ok(vec![entry("vault.aes-256-gcm.256-mib.aws-lc.vs-aes-gcm-crate", &mut with_aws, &mut with_rust)?])
}

/// The digest of sealed objects alone, on one thread, against that of statements.
fn digests(plain: &[u8], runs: usize) -> Outcome<Value> {
    let sealed = &plain[..plain.len().min(256 << 20)];
    let (mut blake3, mut sha_256) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        blake3.push(seconds(|| {
            black_box(ObjectDigest::of(sealed));
            Ok(())
        })?);
        sha_256.push(seconds(|| {
            black_box(Digest::of(sealed));
            Ok(())
        })?);
    }
    entry("vault.digest.256-mib.blake3.vs-sha-256", &mut blake3, &mut sha_256)
}
