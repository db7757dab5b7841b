//! Merging how far the work is.
//!
//! One side's change is taken. When both changed it: a rejection outweighs submitting and reopening (the annotator sees
//! the reason and submits again), reopening outweighs submitting (a review of unfinished work would be worse), and an
//! acceptance stands against everything else as a conflict, which a lead settles. An acceptance also stands against
//! labels that the other side changed without knowing of it: what is exported as accepted is what a lead saw.

use super::Side;
use super::candidates::{self, Candidates, Merged, key};
use crate::document::{ConflictSide, ItemDocument, Property, PropertyValue, WorkState};

pub(super) fn merge(
    base: &ItemDocument,
    a: &Side<'_>,
    b: &Side<'_>,
    a_labelled: bool,
    b_labelled: bool,
) -> Candidates {
    let of = |document: &ItemDocument, author| {
        let value = || PropertyValue::State(document.state.clone());
        Candidates::of(&document.conflicts, &Property::State, value, author)
    };
    let (old, ours, theirs) =
        (of(base, None), of(a.document, Some(a.author)), of(b.document, Some(b.author)));
    let blind = |by: &Candidates, other_labelled: bool| {
        other_labelled && by.sides.contains_key(&accepted()) && !old.sides.contains_key(&accepted())
    };
    let sides = match candidates::merge(&old, &ours, &theirs) {
        Merged::Taken(_)
            if ours.shown != theirs.shown && (blind(&ours, b_labelled) || blind(&theirs, a_labelled)) =>
        {
            candidates::union(&ours, &theirs)
        }
        Merged::Taken(Candidates { sides, shown }) => return Candidates { sides, shown },
        Merged::Joined(Candidates { mut sides, .. }) => {
            let rejected =
                |side: &ConflictSide| matches!(side.value, PropertyValue::State(WorkState::Rejected { .. }));
            let (open, submitted) = (key_of(&WorkState::Open), key_of(&WorkState::Submitted));
            if sides.values().any(rejected) {
                sides.remove(&open);
                sides.remove(&submitted);
            } else if sides.contains_key(&open) {
                sides.remove(&submitted);
            }
            sides
        }
    };
    // While it is disputed, an item does not show as accepted.
    let shown = sides
        .keys()
        .find(|key| **key != accepted())
        .or_else(|| sides.keys().next())
        .cloned()
        .unwrap_or_default();
    Candidates { sides, shown }
}

fn key_of(state: &WorkState) -> Vec<u8> {
    key(&PropertyValue::State(state.clone()))
}

fn accepted() -> Vec<u8> {
    key_of(&WorkState::Accepted)
}
