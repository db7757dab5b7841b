//! The cache under several threads: one decode for many askers, a budget, and nothing left after `clear`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly, too")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use abox_media::{MediaError, Picture, PyramidCache};

/// Bytes of a picture of `picture`: small enough for a single level.
const SIZE: u64 = 10 * 10 * 4;

fn picture(colour: u8) -> Result<Picture, MediaError> {
    Picture::from_rgba(10, 10, vec![colour; 400])
}

fn never() -> Result<Picture, MediaError> {
    panic!("must not be decoded")
}

#[test]
fn askers_of_one_picture_share_one_decode() {
    let cache = PyramidCache::new(10 * SIZE);
    let decodes = AtomicUsize::new(0);
    let start = Barrier::new(8);
    thread::scope(|scope| {
        let askers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    cache.get_or_decode("a", || {
                        decodes.fetch_add(1, Ordering::SeqCst);
                        thread::sleep(Duration::from_millis(50));
                        picture(7)
                    })
                })
            })
            .collect();
        let pyramids: Vec<_> = askers.into_iter().map(|asker| asker.join().unwrap().unwrap()).collect();
        assert!(pyramids.iter().all(|pyramid| Arc::ptr_eq(pyramid, &pyramids[0])));
    });
    assert_eq!(decodes.load(Ordering::SeqCst), 1);
    assert_eq!(cache.bytes(), SIZE);
}

#[test]
fn the_least_recently_used_goes_first() {
    let cache = PyramidCache::new(3 * SIZE);
    for key in 1..=3 {
        cache.get_or_decode(key, || picture(key)).unwrap();
    }
    assert!(cache.get(&1).is_some(), "used again, so that 2 is the oldest");
    cache.get_or_decode(4, || picture(4)).unwrap();
    assert_eq!([1, 2, 3, 4].map(|key| cache.contains(&key)), [true, false, true, true]);
    assert_eq!(cache.bytes(), 3 * SIZE);
    assert_eq!(cache.get_or_decode(1, never).unwrap().region(0, 0, 0, 1, 1), [1; 4]);
}

#[test]
fn a_picture_above_the_budget_stays_while_it_is_the_newest() {
    let cache = PyramidCache::new(SIZE / 2);
    cache.get_or_decode(1, || picture(1)).unwrap();
    assert!(cache.get_or_decode(1, never).is_ok());
    cache.get_or_decode(2, || picture(2)).unwrap();
    assert!(!cache.contains(&1));
    assert!(cache.contains(&2));
    assert_eq!(cache.bytes(), SIZE);
}

#[test]
fn errors_reach_the_asker_and_are_not_kept() {
    let cache = PyramidCache::new(SIZE);
    assert_eq!(cache.get_or_decode(1, || Err(MediaError::Empty)).unwrap_err().code(), "image-empty");
    assert!(!cache.contains(&1));
    assert!(cache.get_or_decode(1, || picture(1)).is_ok());
}

/// A decode on another thread that has begun and ends when it is told to.
fn slow_decode<'s>(
    scope: &'s thread::Scope<'s, '_>,
    cache: &'s PyramidCache<u8>,
    end: impl FnOnce() -> Result<Picture, MediaError> + Send + 's,
) -> (thread::ScopedJoinHandle<'s, Option<u8>>, Sender<()>) {
    let (started, has_started): (Sender<()>, Receiver<()>) = channel();
    let (go, may_go) = channel();
    let handle = scope.spawn(move || {
        let decode = || {
            started.send(()).unwrap();
            may_go.recv().unwrap();
            end()
        };
        let pyramid = catch_unwind(AssertUnwindSafe(|| cache.get_or_decode(1, decode))).ok()?.ok()?;
        pyramid.region(0, 0, 0, 1, 1).first().copied()
    });
    has_started.recv().unwrap();
    (handle, go)
}

#[test]
fn a_panic_of_the_decoder_wakes_those_who_wait() {
    let cache = PyramidCache::new(SIZE);
    thread::scope(|scope| {
        let (decoding, go) = slow_decode(scope, &cache, || panic!("on purpose"));
        let waiting = scope.spawn(|| cache.get_or_decode(1, never).unwrap_err().code());
        thread::sleep(Duration::from_millis(50));
        go.send(()).unwrap();
        assert_eq!(waiting.join().unwrap(), "image-broken");
        assert_eq!(decoding.join().unwrap(), None);
    });
    assert!(!cache.contains(&1));
    assert!(cache.get_or_decode(1, || picture(1)).is_ok(), "the next asker decodes again");
}

#[test]
fn what_was_being_decoded_while_the_cache_was_cleared_is_not_kept() {
    let cache = PyramidCache::new(10 * SIZE);
    thread::scope(|scope| {
        let (decoding, go) = slow_decode(scope, &cache, || picture(5));
        cache.get_or_decode(2, || picture(2)).unwrap();
        cache.clear();
        assert_eq!(cache.bytes(), 0);
        // A second decode of the same picture after the clearing is its own.
        cache.get_or_decode(1, || picture(6)).unwrap();
        go.send(()).unwrap();
        assert_eq!(decoding.join().unwrap(), Some(5), "who asked before still gets it");
    });
    assert_eq!(cache.bytes(), SIZE);
    assert_eq!(cache.get_or_decode(1, never).unwrap().region(0, 0, 0, 1, 1), [6; 4]);
    cache.clear();
    assert!(!cache.contains(&1));
}

#[test]
fn one_picture_can_be_forgotten() {
    let cache = PyramidCache::new(10 * SIZE);
    cache.get_or_decode(1, || picture(1)).unwrap();
    cache.get_or_decode(2, || picture(2)).unwrap();
    cache.remove(&1);
    cache.remove(&1);
    assert_eq!(cache.bytes(), SIZE);
    assert!(cache.get(&1).is_none());
    assert!(cache.get(&2).is_some());
}

/// Threads that ask for, forget and clear pictures at random never see a wrong one, and the accounts balance.
#[test]
fn threads_at_random_see_the_right_pictures() {
    let cache = PyramidCache::new(3 * SIZE);
    thread::scope(|scope| {
        for seed in 0..4u32 {
            let cache = &cache;
            scope.spawn(move || {
                let mut random = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9);
                for _ in 0..5_000 {
                    random ^= random << 13;
                    random ^= random >> 17;
                    random ^= random << 5;
                    let [_, key, ..] = random.to_le_bytes();
                    let key = key % 7;
                    match random % 50 {
                        0 => cache.clear(),
                        1..=4 => cache.remove(&key),
                        _ => {
                            let pyramid = cache.get_or_decode(key, || picture(key)).unwrap();
                            assert_eq!(pyramid.region(0, 3, 3, 1, 1), [key; 4]);
                        }
                    }
                }
            });
        }
    });
    assert!(cache.bytes() <= 3 * SIZE);
    let held = (0..7).filter(|key| cache.contains(key)).count() as u64;
    assert_eq!(cache.bytes(), held * SIZE);
}
