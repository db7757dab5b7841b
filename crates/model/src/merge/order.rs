//! Merging the stacking order.
//!
//! One side's order is followed: that of the side which moved objects, if only one did. What only the other side has
//! goes right above the object that it lies above there.

use std::collections::{HashMap, HashSet};

use abox_ids::AnnotationId;

/// The identifiers that are `kept`, from the bottom to the top.
pub(super) fn merge(
    base: &[AnnotationId],
    a: &[AnnotationId],
    b: &[AnnotationId],
    kept: impl Fn(&AnnotationId) -> bool,
) -> Vec<AnnotationId> {
    let set = |order: &[AnnotationId]| order.iter().copied().collect::<HashSet<_>>();
    let (in_base, in_a, in_b) = (set(base), set(a), set(b));
    let common = |order: &[AnnotationId]| -> Vec<AnnotationId> {
        order
            .iter()
            .filter(|id| in_base.contains(id) && in_a.contains(id) && in_b.contains(id))
            .copied()
            .collect()
    };
    let (old, ours, theirs) = (common(base), common(a), common(b));
    let (main, other) = match (ours == old, theirs == old) {
        (true, false) => (b, a),
        (false, true) => (a, b),
        // Both moved objects, or neither did: some rule that does not depend on the side.
        _ if a <= b => (a, b),
        _ => (b, a),
    };
    let in_main = set(main);
    let mut above: HashMap<Option<AnnotationId>, Vec<AnnotationId>> = HashMap::new();
    let mut anchor = None;
    for id in other {
        if in_main.contains(id) {
            anchor = Some(*id);
        } else if kept(id) {
            above.entry(anchor).or_default().push(*id);
        }
    }
    let mut merged = above.remove(&None).unwrap_or_default();
    for id in main {
        if kept(id) {
            merged.push(*id);
        }
        merged.extend(above.remove(&Some(*id)).unwrap_or_default());
    }
    merged
}
