//! The bytes of a revision. A change here breaks revisions that exist.

use abox_attest::{Digest, ObjectDigest, Signed, from_canonical, to_canonical};
use abox_model::document::ItemDocument;
use abox_protocol::revision::{RevisionEnvelope, RevisionHeader};
use abox_vault::{ObjectRole, SealContext, open_bytes};
use data_encoding::HEXLOWER;

use crate::world::{BATCH, Device, EPOCH, ITEM, ORG, World, document, plain, signing};

/// The second revision of a device, made from two, with the parts that a fresh seal makes different each time replaced.
fn header(envelope: &RevisionEnvelope) -> RevisionHeader {
    let header = envelope.header.claim().unwrap();
    assert_eq!(header.sealed, ObjectDigest::of(&envelope.sealed));
    RevisionHeader { sealed: ObjectDigest([2; 32]), previous: Some(Digest([3; 32])), ..header }
}

fn second(world: &World) -> RevisionEnvelope {
    let mut author = Device::new(world, 1);
    author.revise(ITEM, &document(&[1]), &[]);
    author.revise(ITEM, &document(&[1, 2]), &[Digest([5; 32]), Digest([4; 32]), Digest([5; 32])])
}

#[test]
fn the_header_is_stable() {
    let header = header(&second(&World::new()));
    assert_eq!(header.parents, [Digest([4; 32]), Digest([5; 32])], "sorted, each once");
    insta::assert_snapshot!("header", HEXLOWER.encode(&to_canonical(&header).unwrap()));
}

#[test]
fn the_envelope_is_stable() {
    let header = Signed::sign(&header(&second(&World::new())), &signing(1)).unwrap();
    let envelope = RevisionEnvelope { header, sealed: vec![6; 8] };
    insta::assert_snapshot!("envelope", HEXLOWER.encode(&to_canonical(&envelope).unwrap()));
}

#[test]
fn the_sealed_document_is_the_canonical_one_under_the_batch_key_and_the_place() {
    let world = World::new();
    let context =
        SealContext { org: ORG, batch: BATCH, item: Some(ITEM), role: ObjectRole::Revision, epoch: EPOCH };
    let opened = open_bytes(&world.key, &context, &second(&world).sealed).unwrap();
    assert_eq!(opened.as_slice(), plain(&document(&[1, 2])));
    assert_eq!(from_canonical::<ItemDocument>(&opened).unwrap(), document(&[1, 2]));
    insta::assert_snapshot!("document", HEXLOWER.encode(&opened));
}
