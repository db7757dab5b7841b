//! Bounds on rates, connections and repeated requests. All in memory: after a restart they begin anew, which is why
//! requests that were signed before the start are refused (see [`crate::auth`]).

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many different keys or addresses are remembered at most.
const MAX_BUCKETS: usize = 50_000;
/// So many nonces are remembered at most.
const MAX_NONCES: usize = 2_000_000;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The maps stay sound whatever a panicking holder was doing.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A token bucket for each key or address.
pub(crate) struct Rates<K> {
    rate: f64,
    burst: f64,
    buckets: Mutex<HashMap<K, (f64, Instant)>>,
}

impl<K: Eq + Hash> Rates<K> {
    pub(crate) fn new(rate: u32, burst: u32) -> Self {
        Self { rate: rate.into(), burst: burst.into(), buckets: Mutex::default() }
    }

    /// Takes one token of `key`'s bucket, if there is one.
    pub(crate) fn allows(&self, key: K) -> bool {
        self.reserve(key, Duration::ZERO).is_some()
    }

    /// Takes one token of `key`'s bucket: how long to wait for it, or none if that is longer than `patience`.
    pub(crate) fn reserve(&self, key: K, patience: Duration) -> Option<Duration> {
        let now = Instant::now();
        let mut buckets = lock(&self.buckets);
        if buckets.len() >= MAX_BUCKETS {
            let full = |tokens: f64, since: Instant| tokens + self.gained(since, now) >= self.burst;
            buckets.retain(|_, (tokens, since)| !full(*tokens, *since));
            if buckets.len() >= MAX_BUCKETS {
                return None;
            }
        }
        let (tokens, since) = buckets.entry(key).or_insert((self.burst, now));
        *tokens = (*tokens + self.gained(*since, now)).min(self.burst);
        *since = now;
        if *tokens < 1.0 - patience.as_secs_f64() * self.rate {
            return None;
        }
        *tokens -= 1.0;
        // Below nothing: the token is one that others before this one wait for, too.
        let missing = (-*tokens).max(0.0);
        Some(if missing > 0.0 {
            Duration::from_secs_f64(missing / self.rate).min(patience)
        } else {
            Duration::ZERO
        })
    }

    fn gained(&self, since: Instant, now: Instant) -> f64 {
        now.saturating_duration_since(since).as_secs_f64() * self.rate
    }
}

/// The nonces of the requests of the last minutes.
#[derive(Default)]
pub(crate) struct Nonces {
    seen: Mutex<(HashMap<[u8; 16], i64>, usize)>,
}

/// What became of a nonce.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Nonce {
    New,
    Seen,
    TooMany,
}

impl Nonces {
    /// Remembers a nonce until `expires`. Times in milliseconds since 1970 (UTC).
    pub(crate) fn take(&self, nonce: [u8; 16], expires: i64, now: i64) -> Nonce {
        let mut seen = lock(&self.seen);
        let (map, sweep_at) = &mut *seen;
        if map.len() >= (*sweep_at).max(1024) {
            map.retain(|_, expires| *expires >= now);
            *sweep_at = map.len() * 2;
            if map.len() >= MAX_NONCES {
                return Nonce::TooMany;
            }
        }
        if map.insert(nonce, expires).is_some() { Nonce::Seen } else { Nonce::New }
    }
}

/// Counts open connections.
pub(crate) struct Connections {
    total: usize,
    per_address: usize,
    open: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

/// One open connection; it is counted until this is dropped.
pub(crate) struct Seat {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Connections {
    pub(crate) fn new(total: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Self { total, per_address, open: Mutex::default() })
    }

    /// A seat, if there is one left for this address.
    pub(crate) fn seat(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let mut open = lock(&self.open);
        let (count, by_address) = &mut *open;
        let of_address = by_address.get(&address).copied().unwrap_or(0);
        if *count >= self.total || of_address >= self.per_address {
            return None;
        }
        *count += 1;
        by_address.insert(address, of_address + 1);
        Some(Seat { connections: Arc::clone(self), address })
    }

    pub(crate) fn count(&self) -> usize {
        lock(&self.open).0
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = lock(&self.connections.open);
        let (count, by_address) = &mut *open;
        *count -= 1;
        if let Some(of_address) = by_address.get_mut(&self.address) {
            *of_address -= 1;
            if *of_address == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_no_more() {
        let rates = Rates::new(0, 3);
        let given = (0..10).filter(|_| rates.allows(1)).count();
        assert_eq!(given, 3);
        assert!(rates.allows(2), "another key has a bucket of its own");
    }

    #[test]
    fn the_patient_wait_their_turn_until_it_is_too_long() {
        let rates = Rates::new(10, 2);
        let waits: Vec<_> = (0..10).map(|_| rates.reserve(1, Duration::from_millis(450))).collect();
        let given: Vec<_> = waits.iter().flatten().map(|wait| wait.as_millis()).collect();
        assert_eq!(waits.iter().position(Option::is_none), Some(given.len()));
        assert_eq!(given[..2], [0, 0]);
        for (turn, wait) in (1..).zip(&given[2..]) {
            assert!((turn * 100 - 60..=turn * 100).contains(wait), "{given:?}");
        }
        assert_eq!(given.len(), 6, "{given:?}");
    }

    #[test]
    fn a_bucket_fills_again() {
        let rates = Rates::new(1000, 1);
        assert!(rates.allows(1));
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(rates.allows(1));
    }

    #[test]
    fn a_nonce_is_new_once_and_forgotten_after_it_expired() {
        let nonces = Nonces::default();
        assert_eq!(nonces.take([1; 16], 10, 0), Nonce::New);
        assert_eq!(nonces.take([1; 16], 10, 0), Nonce::Seen);
        for count in 0..2000u128 {
            assert_eq!(nonces.take((count << 8).to_be_bytes(), 5, 0), Nonce::New);
        }
        for count in 0..5000u128 {
            nonces.take(((count << 8) + 7).to_be_bytes(), 100, 50);
        }
        assert!(lock(&nonces.seen).0.len() <= 5001, "expired nonces are let go");
    }

    #[test]
    fn seats_are_bounded_and_given_back() {
        let connections = Connections::new(3, 2);
        let one = IpAddr::from([127, 0, 0, 1]);
        let first = connections.seat(one).unwrap();
        let _second = connections.seat(one).unwrap();
        assert!(connections.seat(one).is_none());
        let _third = connections.seat(IpAddr::from([127, 0, 0, 2])).unwrap();
        assert!(connections.seat(IpAddr::from([127, 0, 0, 3])).is_none());
        drop(first);
        assert!(connections.seat(one).is_some());
    }
}
