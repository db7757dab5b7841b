//! Who may say that an item is accepted or rejected, and what an annotator's revision may make of a review.

use abox_attest::Digest;
use abox_ids::{CommentId, ConflictId};
use abox_model::annotation::AttributeEntry;
use abox_model::document::{
    Comment, CommentAnchor, Conflict, ConflictSide, ItemDocument, Property, PropertyValue, WorkState,
};
use abox_model::intent::Intent;
use abox_model::schema::AttributeValue;
use abox_sync::{SyncError, merged};

use crate::world::{Device, ITEM, LEAD, WEATHER, World, document, member_id, square};

const ANNOTATOR: usize = 1;
const READER: usize = 2;

fn in_state(state: WorkState, objects: &[u8]) -> ItemDocument {
    ItemDocument { state, ..document(objects) }
}

fn rejected(reason: &str) -> WorkState {
    WorkState::Rejected { reason: reason.into() }
}

/// Revisions by devices that check nothing themselves, and one that checks all of them.
struct Review<'a> {
    devices: Vec<Device<'a>>,
}

impl<'a> Review<'a> {
    fn new(world: &'a World) -> Self {
        Self { devices: (0..3).map(|index| Device::new(world, index)).collect() }
    }

    fn say(&mut self, by: usize, document: &ItemDocument, parents: &[Digest]) -> Result<Digest, SyncError> {
        let envelope = self.devices[by].revise(ITEM, document, parents);
        self.devices[READER].receive(&envelope).map(|received| received.revision)
    }

    fn merged(&self, parents: &[Digest]) -> ItemDocument {
        merged(&self.devices[READER].histories[&ITEM], parents).unwrap()
    }
}

/// What an annotator may not say after a lead has said `before`.
fn refuses(before: &ItemDocument, after: &ItemDocument) {
    let world = World::new();
    let mut review = Review::new(&world);
    let parent = review.say(LEAD, before, &[]).unwrap();
    assert_eq!(review.say(ANNOTATOR, after, &[parent]).unwrap_err(), SyncError::NotAllowed, "{after:?}");
    let mut review = Review::new(&world);
    let parent = review.say(LEAD, before, &[]).unwrap();
    review.say(LEAD, after, &[parent]).expect("a lead may");
}

fn takes(before: &ItemDocument, after: &ItemDocument) {
    let world = World::new();
    let mut review = Review::new(&world);
    let parent = review.say(LEAD, before, &[]).unwrap();
    review.say(ANNOTATOR, after, &[parent]).unwrap();
}

#[test]
fn an_annotator_accepts_nothing() {
    for before in [WorkState::Open, WorkState::Submitted, rejected("Too loose.")] {
        refuses(&in_state(before, &[1]), &in_state(WorkState::Accepted, &[1]));
    }
    let world = World::new();
    let first = in_state(WorkState::Accepted, &[]);
    assert_eq!(Review::new(&world).say(ANNOTATOR, &first, &[]).unwrap_err(), SyncError::NotAllowed);
}

#[test]
fn an_annotator_changes_nothing_that_was_accepted() {
    let accepted = in_state(WorkState::Accepted, &[1, 2]);
    let mut moved = accepted.clone();
    moved.annotations[0].shape = square(50, 50);
    let mut below = accepted.clone();
    below.annotations.reverse();
    let value = AttributeValue::Text("rain".into());
    let attributes = vec![AttributeEntry { attribute: WEATHER, value }];
    let weather = ItemDocument { attributes, ..accepted.clone() };
    let fewer = in_state(WorkState::Accepted, &[1]);
    let more = in_state(WorkState::Accepted, &[1, 2, 3]);
    for changed in [moved, below, weather, fewer, more] {
        refuses(&accepted, &changed);
    }
    for state in [WorkState::Open, WorkState::Submitted, rejected("Not mine.")] {
        refuses(&accepted, &in_state(state, &[1, 2]));
    }
}

#[test]
fn an_annotator_may_remark_on_what_was_accepted() {
    let accepted = in_state(WorkState::Accepted, &[1]);
    let mut remarked = accepted.clone();
    remarked.comments.push(Comment {
        id: CommentId::from_bytes([1; 16]),
        author: member_id(ANNOTATOR),
        time: 1,
        anchor: CommentAnchor::Item,
        text: "Thank you.".into(),
        resolved: false,
    });
    takes(&accepted, &remarked);
}

#[test]
fn an_annotator_invents_no_rejection() {
    refuses(&in_state(WorkState::Submitted, &[1]), &in_state(rejected("Mine."), &[1]));
    refuses(&in_state(rejected("Theirs."), &[1]), &in_state(rejected("Mine."), &[1]));
}

#[test]
fn an_annotator_works_on_what_was_rejected_and_may_take_a_resubmission_back() {
    let before = in_state(rejected("Too loose."), &[1]);
    takes(&before, &in_state(rejected("Too loose."), &[1, 2]));
    takes(&before, &in_state(WorkState::Submitted, &[1, 2]));
    takes(&before, &in_state(WorkState::Open, &[1]));
    let world = World::new();
    let mut review = Review::new(&world);
    let sent_back = review.say(LEAD, &before, &[]).unwrap();
    let again = review.say(ANNOTATOR, &in_state(WorkState::Submitted, &[1]), &[sent_back]).unwrap();
    review.say(ANNOTATOR, &before, &[again]).unwrap();
}

/// A lead accepts while the annotator goes on: both revisions, and the first one.
fn disputed(review: &mut Review<'_>) -> [Digest; 2] {
    let first = review.say(LEAD, &in_state(WorkState::Submitted, &[1]), &[]).unwrap();
    let accepted = review.say(LEAD, &in_state(WorkState::Accepted, &[1]), &[first]).unwrap();
    let went_on = review.say(ANNOTATOR, &in_state(WorkState::Open, &[1, 2]), &[first]).unwrap();
    [accepted, went_on]
}

#[test]
fn an_annotator_merges_reviews_exactly() {
    let world = World::new();
    let mut review = Review::new(&world);
    let parents = disputed(&mut review);
    let exact = review.merged(&parents);
    assert_eq!(exact.conflicts.len(), 1, "the acceptance stands against what was done blindly");
    let own_way = ItemDocument { conflicts: vec![], ..exact.clone() };
    for not_merged in [in_state(WorkState::Accepted, &[1]), in_state(WorkState::Accepted, &[1, 2]), own_way] {
        let mut review = Review::new(&world);
        let parents = disputed(&mut review);
        assert_eq!(review.say(ANNOTATOR, &not_merged, &parents).unwrap_err(), SyncError::NotAllowed);
    }
    review.say(ANNOTATOR, &exact, &parents).unwrap();
}

#[test]
fn an_annotator_merges_an_acceptance_with_remarks() {
    let world = World::new();
    let mut review = Review::new(&world);
    let first = review.say(LEAD, &in_state(WorkState::Submitted, &[1]), &[]).unwrap();
    let accepted = review.say(LEAD, &in_state(WorkState::Accepted, &[1]), &[first]).unwrap();
    let mut remarked = in_state(WorkState::Submitted, &[1]);
    remarked.comments.push(Comment {
        id: CommentId::from_bytes([1; 16]),
        author: member_id(ANNOTATOR),
        time: 1,
        anchor: CommentAnchor::Item,
        text: "The left one is hidden.".into(),
        resolved: false,
    });
    let remarked = review.say(ANNOTATOR, &remarked, &[first]).unwrap();
    let merge = review.merged(&[accepted, remarked]);
    assert_eq!((&merge.state, merge.comments.len()), (&WorkState::Accepted, 1));
    review.say(ANNOTATOR, &merge, &[accepted, remarked]).unwrap();
}

#[test]
fn only_a_lead_settles_a_disputed_acceptance() {
    let world = World::new();
    let mut review = Review::new(&world);
    let parents = disputed(&mut review);
    let merge = review.merged(&parents);
    let merge_revision = review.say(ANNOTATOR, &merge, &parents).unwrap();
    // Labels may be changed: the item does not show as accepted, and the lead sees them before choosing.
    let mut more = merge.clone();
    more.annotations.push(crate::world::object(3));
    let more_revision = review.say(ANNOTATOR, &more, &[merge_revision]).unwrap();
    let settled = ItemDocument { conflicts: vec![], ..more };
    assert_eq!(review.say(ANNOTATOR, &settled, &[more_revision]).unwrap_err(), SyncError::NotAllowed);
    review.say(LEAD, &settled, &[more_revision]).unwrap();
}

#[test]
fn an_annotator_invents_no_dispute() {
    let side = |state| ConflictSide { author: member_id(LEAD), value: PropertyValue::State(state) };
    let before = in_state(WorkState::Submitted, &[1]);
    for review in [WorkState::Accepted, rejected("Mine.")] {
        let conflict = Conflict {
            id: ConflictId::from_bytes([1; 16]),
            property: Property::State,
            sides: vec![side(WorkState::Submitted), side(review)],
        };
        refuses(&before, &ItemDocument { conflicts: vec![conflict], ..before.clone() });
    }
}

#[test]
fn what_the_window_allows_an_annotator_passes() {
    // The check here and the rules of editing (`abox_model::change`) agree on the whole way of an item.
    let world = World::new();
    let mut devices = [Device::new(&world, LEAD), Device::new(&world, ANNOTATOR)];
    let mut server = Vec::new();
    let steps: [(usize, Intent); 8] = [
        (ANNOTATOR, Intent::Submit),
        (LEAD, Intent::Reject { reason: "Too loose.".into() }),
        (ANNOTATOR, Intent::SetItemAttribute { attribute: WEATHER, value: None }),
        (ANNOTATOR, Intent::Submit),
        (ANNOTATOR, Intent::Reopen),
        (ANNOTATOR, Intent::Submit),
        (LEAD, Intent::Accept),
        (ANNOTATOR, Intent::AddComment { anchor: CommentAnchor::Item, text: "Thank you.".into() }),
    ];
    for (by, intent) in steps {
        devices[by].edit(ITEM, 1, &[intent]).unwrap();
        for device in [by, 1 - by] {
            let device = &mut devices[device];
            device.pull(&server, usize::MAX).unwrap();
            device.settle();
            device.push(&mut server);
        }
    }
    assert_eq!(devices[LEAD].document(ITEM).state, WorkState::Accepted);
    assert_eq!(devices[LEAD].document(ITEM), devices[ANNOTATOR].document(ITEM));
}
