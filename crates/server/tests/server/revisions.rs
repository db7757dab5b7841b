//! Revisions: each device's own unbroken chain, taken whole or not at all.

use abox_attest::{Digest, Signed, SigningKey};
use abox_ids::{BatchId, DeviceId, OrgId};
use abox_protocol::wire::{
    ErrorDetail, MAX_REVISION_BYTES, PushRevisions, RevisionsPage, RevisionsPushed, code,
};
use abox_protocol::{RevisionEnvelope, RevisionHeader, Role};

use crate::client::Answer;
use crate::office::{Chain, Desk, Office, Site, noise};

struct Room {
    site: Site,
    office: Office,
    lead: Desk,
    annotator: Desk,
    batch: BatchId,
}

async fn room() -> Room {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let annotator = office.hire("Annotator", Role::Annotator).await;
    let batch = office.publish(&lead, &[b"manifest"], &[&annotator]).await.batch;
    Room { site, office, lead, annotator, batch }
}

impl Room {
    async fn push(&self, desk: &Desk, revisions: Vec<RevisionEnvelope>) -> Answer {
        let path = format!("/v1/batches/{}/revisions", self.batch);
        desk.client.send("POST", &path, &PushRevisions { revisions }).await
    }

    async fn page(&self, desk: &Desk, query: &str) -> RevisionsPage {
        desk.client.get(&format!("/v1/batches/{}/revisions?{query}", self.batch)).await.ok()
    }
}

#[tokio::test]
async fn chains_are_unbroken_and_pushes_idempotent() {
    let room = room().await;
    let mut chain = Chain::new(&room.office, room.batch, &room.annotator);
    let all: Vec<_> = (0..6).map(|seed| chain.next(noise(100, seed))).collect();
    let gap = room.push(&room.annotator, all[1..3].to_vec()).await;
    assert_eq!(gap.told(), (409, code::REVISION_CHAIN.to_owned()));
    assert_eq!(gap.error().detail, Some(ErrorDetail::NextSequence(0)));
    let pushed: RevisionsPushed = room.push(&room.annotator, all[..3].to_vec()).await.ok();
    assert_eq!(pushed.serials, [1, 2, 3]);
    // The answer was lost and the device made more meanwhile.
    let pushed: RevisionsPushed = room.push(&room.annotator, all[1..5].to_vec()).await.ok();
    assert_eq!(pushed, RevisionsPushed { serials: vec![2, 3, 4, 5], total: 5 });
    // A database that was set back makes another fourth revision.
    let mut fork = Chain {
        sequence: 3,
        previous: Some(all[2].digest()),
        ..Chain::new(&room.office, room.batch, &room.annotator)
    };
    let other = room.push(&room.annotator, vec![fork.next(noise(5, 50))]).await;
    assert_eq!(other.told(), (409, code::REVISION_CHAIN.to_owned()));
    assert_eq!(other.error().detail, Some(ErrorDetail::NextSequence(5)));
    // One that names another predecessor, and one after a gap within the request: nothing of it is stored.
    let mut wrong = Chain {
        sequence: 5,
        previous: Some(Digest([1; 32])),
        ..Chain::new(&room.office, room.batch, &room.annotator)
    };
    assert_eq!(room.push(&room.annotator, vec![wrong.next(vec![1])]).await.status, 409);
    let mut skipping = vec![all[5].clone()];
    chain.next(vec![1]);
    skipping.push(chain.next(vec![2]));
    assert_eq!(room.push(&room.annotator, skipping).await.status, 409);
    assert_eq!(room.page(&room.lead, "after=0").await.total, 5);
    // Another device has a chain of its own.
    let mut leads = Chain::new(&room.office, room.batch, &room.lead);
    let pushed: RevisionsPushed = room.push(&room.lead, vec![leads.next(noise(10, 60))]).await.ok();
    assert_eq!(pushed, RevisionsPushed { serials: vec![6], total: 6 });
    drop(room.site);
}

#[tokio::test]
async fn only_the_authors_own_and_untouched_revisions_are_taken() {
    let room = room().await;
    let own = |change: &dyn Fn(&mut RevisionHeader), key: &SigningKey| {
        let sealed = noise(100, 1);
        let mut header = Chain::new(&room.office, room.batch, &room.annotator).header(&sealed);
        change(&mut header);
        RevisionEnvelope { header: Signed::sign(&header, key).unwrap(), sealed }
    };
    let key = &room.annotator.client.key;
    let mut swapped = own(&|_| (), key);
    swapped.sealed[0] ^= 1;
    for (what, envelope) in [
        ("another organisation", own(&|header| header.org = OrgId::random(), key)),
        ("another batch", own(&|header| header.batch = BatchId::random(), key)),
        ("another device", own(&|header| header.device = DeviceId::random(), key)),
        ("a future epoch", own(&|header| header.epoch = 1, key)),
        ("another key", own(&|_| (), &room.lead.client.key)),
        ("a swapped document", swapped),
        ("a wrong length", own(&|header| header.sealed_length += 1, key)),
        ("a first with a previous", own(&|header| header.previous = Some(Digest([1; 32])), key)),
    ] {
        let answer = room.push(&room.annotator, vec![envelope]).await;
        assert_eq!(answer.told(), (422, code::REVISION_REFUSED.to_owned()), "{what}");
    }
    // A granted device cannot send another's revision either.
    let stolen = own(&|_| (), key);
    assert_eq!(room.push(&room.lead, vec![stolen]).await.status, 422);
    assert_eq!(room.page(&room.lead, "after=0").await.total, 0);
    drop(room.site);
}

#[tokio::test]
async fn pages_are_bounded_and_miss_nothing() {
    let room = room().await;
    let mut chain = Chain::new(&room.office, room.batch, &room.annotator);
    let sizes = [100, MAX_REVISION_BYTES, 5_000_000, 8_000_000, 10];
    for (seed, size) in sizes.into_iter().enumerate() {
        let revision = chain.next(noise(size, seed as u64));
        room.push(&room.annotator, vec![revision]).await.ok::<RevisionsPushed>();
    }
    let mut seen = Vec::new();
    loop {
        let page = room.page(&room.lead, &format!("after={}", seen.len())).await;
        assert_eq!(page.total, 5);
        if page.revisions.is_empty() {
            break;
        }
        let bytes: usize = page.revisions.iter().map(|numbered| numbered.envelope.sealed.len()).sum();
        assert!(bytes <= 12 << 20);
        seen.extend(page.revisions.iter().map(|numbered| (numbered.serial, numbered.envelope.sealed.len())));
    }
    assert_eq!(seen, (1..).zip(sizes).collect::<Vec<_>>());
    let one = room.page(&room.lead, "after=1&limit=1").await;
    assert_eq!(one.revisions.len(), 1);
    assert!(room.page(&room.lead, "after=18446744073709551615").await.revisions.is_empty());
    let too_large = chain.next(noise(MAX_REVISION_BYTES + 1, 99));
    let answer = room.push(&room.annotator, vec![too_large]).await;
    assert_eq!(answer.told(), (422, code::REVISION_REFUSED.to_owned()));
    drop(room.site);
}
