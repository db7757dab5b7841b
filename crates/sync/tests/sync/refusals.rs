//! What a revision can be refused for, each by its own error.

use abox_attest::{Digest, SignatureError, Signed};
use abox_ids::{BatchId, ClassId, DeviceId, ItemId, OrgId};
use abox_model::annotation::{Point, Shape};
use abox_model::document::{Comment, CommentAnchor, ItemDocument};
use abox_protocol::revision::{RevisionEnvelope, RevisionError, RevisionHeader};
use abox_protocol::wire::{MAX_REVISION_BYTES, MAX_REVISION_PARENTS};
use abox_sync::{SyncError, make};
use abox_vault::BatchKey;

use crate::world::{Device, ITEM, ITEMS, World, document, member_id, object, plain, signing};

/// The first revisions of a device, of one item, each made from the one before it.
fn chain(world: &World, length: u8) -> Vec<RevisionEnvelope> {
    let mut author = Device::new(world, 1);
    let mut parents = vec![];
    (1..=length)
        .map(|objects| {
            let objects: Vec<u8> = (1..=objects).collect();
            let envelope = author.revise(ITEM, &document(&objects), &parents);
            parents = vec![envelope.digest()];
            envelope
        })
        .collect()
}

/// A forged revision, received by a device that knows nothing.
fn refused(world: &World, plain: &[u8], change: impl FnOnce(&mut RevisionHeader)) -> SyncError {
    Device::new(world, 2).receive(&world.forge(1, plain, change)).unwrap_err()
}

fn refused_document(document: &ItemDocument) -> SyncError {
    refused(&World::new(), &plain(document), |_| {})
}

#[test]
fn what_was_made_is_received() {
    let world = World::new();
    let mut receiver = Device::new(&world, 2);
    for (sequence, envelope) in chain(&world, 3).iter().enumerate() {
        let received = receiver.receive(envelope).unwrap();
        assert_eq!(received.header.sequence, sequence as u64);
        assert_eq!(received.author, member_id(1));
        assert_eq!(received.document.annotations.len(), sequence + 1);
        assert_eq!(received.revision, envelope.digest());
    }
}

#[test]
fn a_dropped_revision_is_found_out_by_the_next() {
    let world = World::new();
    let [first, _, third] = chain(&world, 3).try_into().unwrap();
    let mut receiver = Device::new(&world, 2);
    assert_eq!(receiver.receive(&third).unwrap_err(), SyncError::Dropped);
    receiver.receive(&first).unwrap();
    assert_eq!(receiver.receive(&third).unwrap_err(), SyncError::Dropped);
}

#[test]
fn reordered_revisions_are_found_out() {
    let world = World::new();
    let [first, second] = chain(&world, 2).try_into().unwrap();
    let mut receiver = Device::new(&world, 2);
    assert_eq!(receiver.receive(&second).unwrap_err(), SyncError::Dropped);
    // A refusal changes nothing.
    receiver.receive(&first).unwrap();
    receiver.receive(&second).unwrap();
}

#[test]
fn replayed_revisions_are_found_out() {
    let world = World::new();
    let envelopes = chain(&world, 3);
    let mut receiver = Device::new(&world, 2);
    for envelope in &envelopes {
        receiver.receive(envelope).unwrap();
        assert_eq!(receiver.receive(envelope).unwrap_err(), SyncError::Replayed);
    }
    assert_eq!(receiver.receive(&envelopes[0]).unwrap_err(), SyncError::Replayed);
}

#[test]
fn a_chain_that_continues_in_two_ways_is_found_out_wherever_it_forks() {
    let world = World::new();
    let seen = chain(&world, 3);
    let mut receiver = Device::new(&world, 2);
    seen.iter().for_each(|envelope| drop(receiver.receive(envelope).unwrap()));
    let plain = plain(&document(&[9]));
    let previous = [None, Some(seen[0].digest()), Some(seen[1].digest()), Some(Digest([9; 32]))];
    for (sequence, previous) in (0..).zip(previous) {
        let other = world.forge(1, &plain, |header| {
            header.sequence = sequence;
            header.previous = previous;
        });
        assert_eq!(receiver.receive(&other).unwrap_err(), SyncError::Forked, "at {sequence}");
    }
}

#[test]
fn a_revision_signed_again_by_another_device_is_refused() {
    let world = World::new();
    let envelope = chain(&world, 1).remove(0);
    let header = envelope.header.claim().unwrap();
    let again = RevisionEnvelope { header: Signed::sign(&header, &signing(2)).unwrap(), ..envelope };
    let error = RevisionError::Signature(SignatureError::UnexpectedSigner);
    assert_eq!(Device::new(&world, 2).receive(&again).unwrap_err(), SyncError::Envelope(error));
}

#[test]
fn bodies_swapped_between_items_are_refused() {
    let world = World::new();
    let mut author = Device::new(&world, 1);
    let [mut one, other] = ITEMS.map(|item| author.revise(item, &document(&[1]), &[]));
    one.sealed.clone_from(&other.sealed);
    let mut receiver = Device::new(&world, 2);
    let differs = SyncError::Envelope(RevisionError::SealedDiffers);
    assert_eq!(receiver.receive(&one).unwrap_err(), differs);
    // Even where the device itself signs it: the seal says which item it is for.
    let signed = world.forge(1, &plain(&document(&[1])), |header| header.item = ITEMS[1]);
    assert_eq!(receiver.receive(&signed).unwrap_err(), SyncError::Unopenable);
}

#[test]
fn an_altered_body_is_refused() {
    let world = World::new();
    let mut envelope = chain(&world, 1).remove(0);
    *envelope.sealed.last_mut().unwrap() ^= 1;
    let differs = SyncError::Envelope(RevisionError::SealedDiffers);
    assert_eq!(Device::new(&world, 2).receive(&envelope).unwrap_err(), differs);
}

#[test]
fn a_document_sealed_with_another_key_is_refused() {
    let world = World::new();
    let elsewhere = World { key: BatchKey::generate(), schema: world.schema.clone() };
    let envelope = chain(&elsewhere, 1).remove(0);
    assert_eq!(Device::new(&world, 2).receive(&envelope).unwrap_err(), SyncError::Unopenable);
}

#[test]
fn revisions_of_other_places_are_refused() {
    let world = World::new();
    let plain = plain(&document(&[1]));
    let elsewhere: [fn(&mut RevisionHeader); 4] = [
        |header| header.org = OrgId::from_bytes([99; 16]),
        |header| header.batch = BatchId::from_bytes([99; 16]),
        |header| header.epoch += 1,
        |header| header.item = ItemId::from_bytes([99; 16]),
    ];
    for change in elsewhere {
        assert_eq!(refused(&world, &plain, change), SyncError::OtherPlace);
    }
}

#[test]
fn an_unknown_device_is_refused() {
    let change = |header: &mut RevisionHeader| header.device = DeviceId::from_bytes([99; 16]);
    assert_eq!(refused(&World::new(), &plain(&document(&[1])), change), SyncError::UnknownDevice);
}

#[test]
fn a_missing_parent_is_found_out() {
    let world = World::new();
    let plain = plain(&document(&[1]));
    let parent = |header: &mut RevisionHeader| header.parents = vec![Digest([9; 32])];
    assert_eq!(refused(&world, &plain, parent), SyncError::ParentMissing);
}

#[test]
fn a_parent_of_another_item_is_none() {
    let world = World::new();
    let mut author = Device::new(&world, 1);
    let other = author.revise(ITEMS[1], &document(&[1]), &[]);
    let envelope = author.revise(ITEM, &document(&[1]), &[other.digest()]);
    let mut receiver = Device::new(&world, 2);
    receiver.receive(&other).unwrap();
    assert_eq!(receiver.receive(&envelope).unwrap_err(), SyncError::ParentMissing);
}

#[test]
fn invalid_documents_are_refused() {
    let mut outside = document(&[1]);
    let at = |x, y| Point { x, y };
    outside.annotations[0].shape = Shape::Box { min: at(990.0, 0.0), max: at(1_001.0, 10.0) };
    let mut unknown = document(&[1]);
    unknown.annotations[0].class = ClassId::from_bytes([99; 16]);
    let mut twice = document(&[1]);
    twice.annotations.push(object(1));
    for document in [outside, unknown, twice] {
        assert_eq!(refused_document(&document), SyncError::Invalid);
    }
}

#[test]
fn what_is_no_document_is_refused() {
    let world = World::new();
    // Nothing, an unfinished map, and a document followed by more.
    let mut longer = plain(&document(&[1]));
    longer.push(0);
    for plain in [vec![], vec![0xa5], longer] {
        assert_eq!(refused(&world, &plain, |_| {}), SyncError::Invalid);
    }
}

#[test]
fn a_place_in_the_chain_that_contradicts_itself_is_refused() {
    let world = World::new();
    let plain = plain(&document(&[1]));
    let error = SyncError::Envelope(RevisionError::Chain);
    assert_eq!(refused(&world, &plain, |header| header.previous = Some(Digest([9; 32]))), error);
    assert_eq!(refused(&world, &plain, |header| header.sequence = 1), error);
}

#[test]
fn too_many_parents_are_refused() {
    let many = |header: &mut RevisionHeader| header.parents = vec![Digest([9; 32]); MAX_REVISION_PARENTS + 1];
    let error = SyncError::Envelope(RevisionError::TooLarge);
    assert_eq!(refused(&World::new(), &plain(&document(&[1])), many), error);
}

#[test]
fn oversized_documents_are_neither_made_nor_received() {
    let world = World::new();
    let mut large = document(&[]);
    let comment = Comment {
        id: abox_ids::CommentId::from_bytes([1; 16]),
        author: member_id(1),
        time: 0,
        anchor: CommentAnchor::Item,
        text: "x".repeat(MAX_REVISION_BYTES),
        resolved: false,
    };
    large.comments.push(comment);
    let key = signing(1);
    let error = make(&world.origin(1, &key), ITEM, &large, &[], None).unwrap_err();
    assert_eq!(error, SyncError::TooLarge);
    let error = SyncError::Envelope(RevisionError::TooLarge);
    assert_eq!(refused(&world, &plain(&large), |_| {}), error);
}
