//! Pyramids in use, within a budget of memory. A picture that several ask for at once is decoded once.
//!
//! The cache starts no threads: prefetching is [`PyramidCache::get_or_decode`] called on a thread of the caller's, and
//! who then needs the same picture waits for that decode instead of starting another.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::{MediaError, Picture, Pyramid};

/// A cache of pyramids with keys `K`, least recently used first out, that any number of threads may use.
///
/// A single picture above the budget is kept while it is the newest: it is being looked at, and would otherwise be
/// decoded again for every tile.
pub struct PyramidCache<K> {
    budget: u64,
    state: Mutex<State<K>>,
}

struct State<K> {
    slots: HashMap<K, Slot>,
    /// Sum of `bytes()` of all ready pyramids.
    bytes: u64,
    /// Counts uses, for their order.
    clock: u64,
}

enum Slot {
    Ready { pyramid: Arc<Pyramid>, used: u64 },
    Decoding(Arc<Flight>),
}

/// One decode under way, and those who wait for it.
#[derive(Default)]
struct Flight {
    outcome: Mutex<Option<Outcome>>,
    landed: Condvar,
}

type Outcome = Result<Arc<Pyramid>, MediaError>;

impl<K: Eq + Hash + Clone> PyramidCache<K> {
    /// A cache that keeps up to `budget` bytes of pixels.
    #[must_use]
    pub fn new(budget: u64) -> Self {
        PyramidCache { budget, state: Mutex::new(State { slots: HashMap::new(), bytes: 0, clock: 0 }) }
    }

    /// The pyramid of `key`: from the cache, from a decode that is already under way, or from `decode`, which is then
    /// called on this thread and without any lock held.
    ///
    /// # Errors
    /// What `decode` returned, to everybody who waited for it; `MediaError::Broken` if it panicked. Errors are not kept:
    /// the next asker decodes again.
    pub fn get_or_decode(
        &self,
        key: K,
        decode: impl FnOnce() -> Result<Picture, MediaError>,
    ) -> Result<Arc<Pyramid>, MediaError> {
        let flight = {
            let mut state = lock(&self.state);
            if let Some(ready) = state.touch(&key) {
                return Ok(ready);
            }
            match state.slots.get(&key) {
                Some(Slot::Decoding(flight)) => {
                    let flight = Arc::clone(flight);
                    drop(state);
                    return flight.wait();
                }
                _ => {
                    let flight = Arc::new(Flight::default());
                    state.slots.insert(key.clone(), Slot::Decoding(Arc::clone(&flight)));
                    flight
                }
            }
        };
        // Lands on every way out of this function, a panic of `decode` included, so that nobody waits for ever.
        let mut landing = Landing { cache: self, key, flight, outcome: Err(MediaError::Broken) };
        landing.outcome = decode().map(|picture| Arc::new(Pyramid::new(picture)));
        landing.outcome.clone()
    }

    /// The pyramid of `key` if it is ready; marks it as used.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<Arc<Pyramid>> {
        lock(&self.state).touch(key)
    }

    /// Whether `key` is ready or being decoded, so that prefetching it would do nothing.
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        lock(&self.state).slots.contains_key(key)
    }

    /// Bytes of pixels that the cache holds, levels not yet computed included.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        lock(&self.state).bytes
    }

    /// Forgets one picture. A decode of it that is under way reaches those who wait, but is not kept.
    pub fn remove(&self, key: &K) {
        let removed = {
            let mut state = lock(&self.state);
            let removed = state.slots.remove(key);
            if let Some(Slot::Ready { pyramid, .. }) = &removed {
                state.bytes -= pyramid.bytes();
            }
            removed
        };
        drop(removed);
    }

    /// Forgets everything, for instance when the application is locked. Pixels are overwritten with zeros at once, but
    /// for pictures that somebody still holds: those are when the last holder lets go. Decodes that are under
    /// way are not kept.
    pub fn clear(&self) {
        let forgotten = {
            let mut state = lock(&self.state);
            state.bytes = 0;
            std::mem::take(&mut state.slots)
        };
        // Wiping takes time; nobody needs to wait for the lock meanwhile.
        drop(forgotten);
    }
}

impl<K: Eq + Hash + Clone> State<K> {
    fn touch(&mut self, key: &K) -> Option<Arc<Pyramid>> {
        self.clock += 1;
        match self.slots.get_mut(key) {
            Some(Slot::Ready { pyramid, used }) => {
                *used = self.clock;
                Some(Arc::clone(pyramid))
            }
            _ => None,
        }
    }

    /// Takes out the least recently used pyramids until the budget holds, but never `newest`.
    fn evict(&mut self, budget: u64, newest: &K) -> Vec<Slot> {
        let mut evicted = Vec::new();
        while self.bytes > budget {
            let oldest = self
                .slots
                .iter()
                .filter_map(|(key, slot)| match slot {
                    Slot::Ready { used, .. } if key != newest => Some((*used, key)),
                    _ => None,
                })
                .min_by_key(|(used, _)| *used)
                .map(|(_, key)| key.clone());
            let Some(key) = oldest else { break };
            if let Some(slot) = self.slots.remove(&key) {
                if let Slot::Ready { pyramid, .. } = &slot {
                    self.bytes -= pyramid.bytes();
                }
                evicted.push(slot);
            }
        }
        evicted
    }
}

impl Flight {
    fn wait(&self) -> Outcome {
        let mut outcome = lock(&self.outcome);
        loop {
            match &*outcome {
                Some(outcome) => return outcome.clone(),
                None => outcome = self.landed.wait(outcome).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Puts the outcome of a decode into the cache and wakes those who wait, when dropped.
struct Landing<'a, K: Eq + Hash + Clone> {
    cache: &'a PyramidCache<K>,
    key: K,
    flight: Arc<Flight>,
    outcome: Outcome,
}

impl<K: Eq + Hash + Clone> Drop for Landing<'_, K> {
    fn drop(&mut self) {
        let evicted = {
            let mut state = lock(&self.cache.state);
            // After `clear` or `remove` the slot is gone, or belongs to a later decode.
            let ours =
                matches!(state.slots.get(&self.key), Some(Slot::Decoding(f)) if Arc::ptr_eq(f, &self.flight));
            match &self.outcome {
                Ok(pyramid) if ours => {
                    state.clock += 1;
                    let slot = Slot::Ready { pyramid: Arc::clone(pyramid), used: state.clock };
                    state.bytes += pyramid.bytes();
                    state.slots.insert(self.key.clone(), slot);
                    state.evict(self.cache.budget, &self.key)
                }
                Err(_) if ours => state.slots.remove(&self.key).into_iter().collect(),
                _ => Vec::new(),
            }
        };
        *lock(&self.flight.outcome) = Some(self.outcome.clone());
        self.flight.landed.notify_all();
        drop(evicted);
    }
}

/// A panic elsewhere cannot leave these maps half changed in a way that matters: entries are whole or absent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
