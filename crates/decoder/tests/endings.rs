//! A process that ends badly costs one picture: the error says how, and the next picture decodes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail loudly, too")]

mod support;

use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use abox_decoder::{DecoderPool, Program};
use abox_media::{Limits, Measure, MediaError};
use support::{PATIENCE, attempt, blank_bmp, cat, decode, expect_a_picture, pool, pool_with};

#[test]
fn crashes_cost_one_picture() {
    let pool = pool();
    for (deed, code) in [
        ("overflow-stack", "image-out-of-memory"),
        ("leave", "image-ended-decoder"),
        ("chatter", "image-ended-decoder"),
        ("abort", "image-out-of-memory"),
        ("panic", "image-broken"),
    ] {
        if cfg!(unix) || code != "image-out-of-memory" {
            assert_eq!(attempt(&pool, deed), code, "{deed}");
        }
        expect_a_picture(&pool);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_limited() {
    let pool = pool();
    assert_eq!(attempt(&pool, "eat-memory"), "image-out-of-memory");
    expect_a_picture(&pool);
}

#[test]
fn time_is_limited() {
    let pool = pool_with(Duration::from_secs(2));
    let start = Instant::now();
    assert_eq!(attempt(&pool, "spin"), "image-out-of-time");
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    expect_a_picture(&pool);
}

/// A file of a kilobyte that is a picture of 196 megapixels: within the limits of size, and too much for the time.
#[test]
fn a_small_file_that_is_much_work_is_ended_in_time() {
    let pool = pool_with(Duration::from_millis(250));
    let file = blank_bmp(14_000);
    assert!(file.len() < 1200);
    assert_eq!(decode(&pool, &file).unwrap_err().code(), "image-out-of-time");
    expect_a_picture(&pool);
}

#[test]
#[cfg(target_os = "linux")]
fn to_sleep_is_nothing_that_a_decoder_does_in_time() {
    let pool = pool_with(Duration::from_secs(2));
    assert_eq!(attempt(&pool, "hang"), "image-out-of-time");
    expect_a_picture(&pool);
}

#[test]
fn who_does_not_want_a_picture_any_more_is_let_go_at_once() {
    let pool = pool();
    expect_a_picture(&pool);
    let asked = AtomicUsize::new(0);
    // The third look is the moment when somebody presses the key.
    let stopped = || asked.fetch_add(1, Ordering::SeqCst) >= 3;
    let start = Instant::now();
    let error = pool.decode(Cursor::new(b"do:spin"), &Limits::default(), &stopped).unwrap_err();
    assert_eq!(error.code(), "image-stopped");
    assert!(start.elapsed() < PATIENCE / 2, "{:?}", start.elapsed());
    expect_a_picture(&pool);
}

#[test]
fn closing_ends_what_is_at_work() {
    let pool = pool();
    let under_way = AtomicBool::new(false);
    thread::scope(|scope| {
        let spinning = scope.spawn(|| {
            let looked = || {
                under_way.store(true, Ordering::SeqCst);
                false
            };
            pool.decode(Cursor::new(b"do:spin"), &Limits::default(), &looked).unwrap_err().code()
        });
        wait_for(&under_way);
        pool.close();
        assert_eq!(spinning.join().unwrap(), "image-stopped");
    });
    assert_eq!(decode(&pool, &cat()).unwrap_err().code(), "image-stopped");
    pool.warm_up();
    assert!(pool.confinement().is_err());
}

/// Waits until another thread has come to its work.
fn wait_for(under_way: &AtomicBool) {
    let start = Instant::now();
    while !under_way.load(Ordering::SeqCst) {
        assert!(start.elapsed() < PATIENCE, "the other thread does not come to its work");
        thread::sleep(Duration::from_millis(1));
    }
}

/// As the kernel does when memory is short, or a person who ends what they do not know.
#[test]
#[cfg(target_os = "linux")]
fn a_process_that_is_killed_costs_no_picture_unless_it_is_killed_again() {
    use rustix::process::{Signal, getpid, kill_process};

    let pool = pool();
    expect_a_picture(&pool);
    let waiting = children(getpid());
    assert_eq!(waiting.len(), 1, "one serves one caller");
    kill_process(waiting[0], Signal::KILL).unwrap();
    wait_for_the_end(waiting[0]);
    expect_a_picture(&pool);

    // What happens to the processes that are at a file one after the other, each ended as soon as it is there.
    let large = blank_bmp(12_000);
    for (file, signals, outcome) in [
        (large.as_slice(), vec![Signal::KILL], Ok(12_000)),
        (b"do:spin", vec![Signal::KILL, Signal::KILL], Err("image-interrupted")),
        (b"do:spin", vec![Signal::ILL], Err("image-ended-decoder")),
    ] {
        thread::scope(|scope| {
            let at_work = scope.spawn(|| decode(&pool, file).map(|picture| picture.width()));
            let mut ended = Vec::new();
            for signal in signals {
                let process = busy_child(&ended);
                kill_process(process, signal).unwrap();
                ended.push(process);
            }
            assert_eq!(at_work.join().unwrap().map_err(|error| error.code()), outcome);
        });
        expect_a_picture(&pool);
    }

    /// A process that is at a file, and none of those that have ended: it is confined and takes processor time.
    fn busy_child(ended: &[rustix::process::Pid]) -> rustix::process::Pid {
        let start = Instant::now();
        loop {
            assert!(start.elapsed() < PATIENCE, "no process comes to its work");
            let busy = |process: &rustix::process::Pid| {
                let path = format!("/proc/{}/status", process.as_raw_nonzero());
                let is_at_work =
                    |status: String| status.contains("Seccomp:\t2") && status.contains("State:\tR");
                std::fs::read_to_string(path).is_ok_and(is_at_work)
            };
            let found = children(getpid()).into_iter().find(|process| {
                !ended.contains(process)
                    && (0..5).all(|_| {
                        thread::sleep(Duration::from_millis(2));
                        busy(process)
                    })
            });
            if let Some(process) = found {
                return process;
            }
        }
    }

    // Killing asks; the end comes a moment later.
    fn wait_for_the_end(process: rustix::process::Pid) {
        let status = format!("/proc/{}/status", process.as_raw_nonzero());
        let start = Instant::now();
        while std::fs::read_to_string(&status).is_ok_and(|status| !status.contains("State:\tZ")) {
            assert!(start.elapsed() < PATIENCE, "a killed process does not end");
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn children(parent: rustix::process::Pid) -> Vec<rustix::process::Pid> {
        let id = parent.as_raw_nonzero();
        let mut children = Vec::new();
        // Each thread has the children that it started.
        for task in std::fs::read_dir(format!("/proc/{id}/task")).unwrap() {
            let list = task.unwrap().path().join("children");
            let list = std::fs::read_to_string(list).unwrap_or_default();
            children.extend(
                list.split_whitespace()
                    .filter_map(|child| rustix::process::Pid::from_raw(child.parse().ok()?)),
            );
        }
        children
    }
}

#[test]
fn processes_are_replaced_before_they_have_seen_much() {
    let pool = pool();
    for _ in 0..70 {
        expect_a_picture(&pool);
    }
}

#[test]
fn threads_decode_beside_each_other() {
    let pool = pool();
    thread::scope(|scope| {
        for turn in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                for round in 0..6 {
                    if turn == round {
                        assert_eq!(attempt(pool, "leave"), "image-ended-decoder");
                    }
                    expect_a_picture(pool);
                }
            });
        }
    });
}

#[test]
fn limits_are_those_that_are_asked_for() {
    let pool = pool();
    let file = cat();
    let refused = |limits: Limits| match pool.decode(Cursor::new(&file), &limits, &|| false).unwrap_err() {
        MediaError::TooLarge { measure, size, limit } => (measure, size, limit),
        other => panic!("{other:?}"),
    };
    let limits = Limits::default();
    assert_eq!(refused(Limits { max_side: 239, ..limits }), (Measure::Side, 320, 239));
    let small = Limits { max_decoded_bytes: 5, ..limits };
    assert_eq!(refused(small), (Measure::FileBytes, file.len() as u64, 5), "before it is sent");
    assert_eq!(decode(&pool, b"").unwrap_err().code(), "image-empty");
}

/// As the reader of a damaged sealed object does.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.0.position() > 0 {
            return Err(std::io::Error::new(ErrorKind::InvalidData, "chunk 1 is damaged"));
        }
        let half = out.len().min(1000);
        self.0.read(&mut out[..half])
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_source_that_fails_is_told_apart_from_a_broken_image() {
    let pool = pool();
    let error = pool.decode(Failing(Cursor::new(cat())), &Limits::default(), &|| false).unwrap_err();
    assert_eq!(error.code(), "image-unreadable");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "chunk 1 is damaged");
    expect_a_picture(&pool);
}

#[test]
fn without_a_decoder_there_is_an_error_and_no_client_data_leaves() {
    let missing = DecoderPool::new(Program::at("/nowhere/abox"));
    assert_eq!(decode(&missing, &cat()).unwrap_err().code(), "image-no-decoder");
    // This very test program is none: it takes the argument for the name of a test.
    let other = DecoderPool::new(Program::own());
    assert_eq!(decode(&other, &cat()).unwrap_err().code(), "image-no-decoder");
}
