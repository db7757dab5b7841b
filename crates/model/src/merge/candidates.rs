//! The values that one property may have, and how two such sets merge.

use std::collections::BTreeMap;

use abox_ids::{ConflictId, MemberId};
use serde::Serialize;

use crate::document::{Conflict, ConflictSide, Property, PropertyValue};

/// Bytes by which values are compared and sorted: canonical CBOR, in which equal means equal on every device. (`==` on
/// floats would call `0.0` and `-0.0` equal, and then the result would depend on the side.)
pub(super) fn key<T: Serialize + std::fmt::Debug>(value: &T) -> Vec<u8> {
    // Only what valid documents do not have (NaN) has no canonical encoding; that, too, needs some stable order.
    serde_ipld_dagcbor::to_vec(value).unwrap_or_else(|_| format!("{value:?}").into_bytes())
}

/// FNV-1a with 128 bits: names a conflict, the same on every device. Not a cryptographic hash and not relevant to
/// security: whoever can write a document can write any conflict into it.
fn fnv128(parts: &[Vec<u8>]) -> [u8; 16] {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let lengths_and_parts = parts
        .iter()
        .flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.iter().copied()));
    lengths_and_parts.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME)).to_be_bytes()
}

/// The candidates by their keys: one value, or the sides of an open conflict.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidates {
    pub(super) sides: BTreeMap<Vec<u8>, ConflictSide>,
    /// The key of the value that the document shows.
    pub(super) shown: Vec<u8>,
}

impl Candidates {
    /// Of one document: the sides of its conflict about the property, or its value, said by the author of the revision
    /// (in the base, where nobody asks: by nobody).
    pub(super) fn of<'a>(
        conflicts: impl IntoIterator<Item = &'a Conflict>,
        property: &Property,
        value: impl FnOnce() -> PropertyValue,
        author: Option<MemberId>,
    ) -> Self {
        let value = value();
        let shown = key(&value);
        let sides = conflicts.into_iter().find(|conflict| conflict.property == *property).map_or_else(
            || {
                let author = author.unwrap_or(MemberId::from_bytes([0; 16]));
                BTreeMap::from([(shown.clone(), ConflictSide { author, value })])
            },
            |conflict| conflict.sides.iter().map(|side| (key(&side.value), side.clone())).collect(),
        );
        Self { sides, shown }
    }

    fn same_values(&self, other: &Self) -> bool {
        self.sides.len() == other.sides.len() && self.sides.keys().eq(other.sides.keys())
    }
}

/// What remains when a property was merged.
pub(super) enum Merged {
    /// One side did not touch it (or both say the same): the other's candidates, and what it shows.
    Taken(Candidates),
    /// Both changed it: what either wants, showing the first of what they show.
    Joined(Candidates),
}

/// All candidates of both. What both want has one author, the same on every device.
pub(super) fn union(a: &Candidates, b: &Candidates) -> BTreeMap<Vec<u8>, ConflictSide> {
    let mut union = a.sides.clone();
    for (key, side) in &b.sides {
        union
            .entry(key.clone())
            .and_modify(|present| present.author = present.author.min(side.author))
            .or_insert_with(|| side.clone());
    }
    union
}

/// Three-way merge: a candidate is in the result when a side brought it, or both left it in.
pub(super) fn merge(base: &Candidates, a: &Candidates, b: &Candidates) -> Merged {
    let (a_untouched, b_untouched) = (a.same_values(base), b.same_values(base));
    if a_untouched != b_untouched {
        return Merged::Taken(if a_untouched { b } else { a }.clone());
    }
    let union = union(a, b);
    if a.same_values(b) {
        return Merged::Taken(Candidates { sides: union, shown: a.shown.clone().min(b.shown.clone()) });
    }
    let stays = |key: &Vec<u8>| {
        let dropped =
            base.sides.contains_key(key) && !(a.sides.contains_key(key) && b.sides.contains_key(key));
        !dropped
    };
    let left: BTreeMap<_, _> =
        union.iter().filter(|(key, _)| stays(key)).map(|(key, side)| (key.clone(), side.clone())).collect();
    // Only what one of the documents shows is sure to fit the rest of a document.
    let shown = |sides: &BTreeMap<Vec<u8>, ConflictSide>| {
        [&a.shown, &b.shown].into_iter().filter(|key| sides.contains_key(*key)).min().cloned()
    };
    match shown(&left) {
        Some(shown) => Merged::Joined(Candidates { sides: left, shown }),
        // Two people chose different sides of one conflict: each dropped what the other took, so both are asked again.
        None => {
            let shown = shown(&union).unwrap_or_default();
            Merged::Joined(Candidates { sides: union, shown })
        }
    }
}

impl Merged {
    pub(super) fn into_candidates(self) -> Candidates {
        match self {
            Self::Taken(candidates) | Self::Joined(candidates) => candidates,
        }
    }
}

impl Candidates {
    /// The value that the document shows.
    pub(super) fn shown(&self) -> Option<&PropertyValue> {
        self.sides.get(&self.shown).or_else(|| self.sides.values().next()).map(|side| &side.value)
    }

    /// The conflict, when there is more than one candidate: the one that shows first, the others sorted.
    pub(super) fn into_conflict(self, property: Property) -> Option<Conflict> {
        if self.sides.len() < 2 {
            return None;
        }
        let mut parts = vec![key(&property)];
        parts.extend(self.sides.keys().cloned());
        let id = ConflictId::from_bytes(fnv128(&parts));
        let (mut first, others): (Vec<_>, Vec<_>) =
            self.sides.into_iter().partition(|(key, _)| *key == self.shown);
        first.extend(others);
        Some(Conflict { id, property, sides: first.into_iter().map(|(_, side)| side).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_matches_the_published_vectors() {
        // draft-eastlake-fnv, FNV-1a 128: of nothing, the offset basis. (Parts are prefixed with their length, so only
        // the empty list is a published input.)
        assert_eq!(fnv128(&[]), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128.to_be_bytes());
        assert_ne!(fnv128(&[vec![1], vec![2]]), fnv128(&[vec![1, 2]]));
    }
}
