//! Decoded pictures of a profile: kept in memory within a budget, decoded by processes that have no keys.
//!
//! A picture that ended its process is marked, and not tried again while the profile is open: it costs a process and its
//! time once, not for every tile that the window asks for. Marks are in memory only.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use abox_decoder::{DecoderPool, Program};
use abox_ids::{BatchId, ItemId};
use abox_media::{Ending, Limits, MediaError, Pyramid, PyramidCache};

/// How many bytes of decoded pictures are kept in memory.
const BUDGET: u64 = 768 << 20;

/// The picture of which item.
pub(crate) type Place = (BatchId, ItemId);

pub(crate) struct Pictures {
    cache: PyramidCache<Place>,
    decoder: DecoderPool,
    marked: Mutex<BTreeMap<Place, Ending>>,
}

impl Pictures {
    pub(crate) fn new(program: Program) -> Self {
        Self {
            cache: PyramidCache::new(BUDGET),
            decoder: DecoderPool::new(program),
            marked: Mutex::default(),
        }
    }

    /// What decodes, for pictures that are not kept.
    pub(crate) fn decoder(&self) -> &DecoderPool {
        &self.decoder
    }

    /// A picture that is in memory.
    pub(crate) fn get(&self, place: &Place) -> Option<Arc<Pyramid>> {
        self.cache.get(place)
    }

    /// Whether decoding it ahead of time would be in vain.
    pub(crate) fn is_known(&self, place: &Place) -> bool {
        self.cache.contains(place) || self.marks().contains_key(place)
    }

    /// Why the picture is not tried, if it is marked.
    pub(crate) fn mark(&self, place: &Place) -> Option<MediaError> {
        self.marks().get(place).map(|ending| MediaError::Ended(*ending))
    }

    /// The picture: from memory, from a decode that is under way, or decoded now.
    pub(crate) fn decode(&self, place: Place, source: impl Read + Seek) -> Result<Arc<Pyramid>, MediaError> {
        let decoded =
            self.cache.get_or_decode(place, || self.decoder.decode(source, &Limits::default(), &|| false));
        if let Err(MediaError::Ended(ending)) = &decoded
            && *ending != Ending::Outside
        {
            self.marks().insert(place, *ending);
        }
        decoded
    }

    /// Wipes all pictures and ends all processes that have seen some. Nothing is decoded afterwards.
    pub(crate) fn close(&self) {
        self.decoder.close();
        self.cache.clear();
    }

    fn marks(&self) -> MutexGuard<'_, BTreeMap<Place, Ending>> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
