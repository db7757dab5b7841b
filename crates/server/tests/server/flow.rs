//! The main path, from founding to revisions, and over a restart.

use abox_attest::{Digest, ObjectDigest, SigningKey};
use abox_protocol::wire::ErrorDetail;
use abox_protocol::wire::{
    BatchSummary, Batches, LogAppend, LogAppended, LogPage, ObjectsPage, PushRevisions, RevisionsPage,
    RevisionsPushed, Setup, Wraps, code,
};
use abox_protocol::{Action, Organisation, Role, SetupToken};
use abox_server::Server;

use crate::client::now;
use crate::office::{Chain, Office, Site, copy, founding, noise};

#[tokio::test]
async fn from_founding_to_revisions_and_over_a_restart() {
    let mut site = Site::start(|_| {}).await;
    let token = site.running().setup_token.clone().unwrap();
    assert_eq!(SetupToken::parse(&token).unwrap().pin, site.running().pin, "the token pins the server");
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let annotator = office.hire("Annotator", Role::Annotator).await;
    let (manifest, photo) = (noise(3000, 1), noise(5_000_000, 2));
    let published = office.publish(&lead, &[&manifest, &photo], &[&annotator]).await;
    let batch = published.batch;

    let listed: Batches = annotator.client.get("/v1/batches").await.ok();
    let expected = BatchSummary {
        batch,
        epoch: Some(0),
        manifest: Some(published.objects[0]),
        objects: 2,
        complete: 2,
        bytes: 5_003_000,
        revisions: 0,
        wrap: true,
    };
    assert_eq!(listed.batches, [expected]);
    let wraps: Wraps = annotator.client.get(&format!("/v1/batches/{batch}/wraps")).await.ok();
    assert_eq!(wraps.wraps.len(), 1);
    assert_eq!(wraps.wraps[0].device, Some(annotator.device));
    let path = format!("/v1/batches/{batch}/objects/{}", published.objects[1]);
    let got = annotator.client.get(&path).await;
    assert_eq!(got.status, 200);
    assert!(got.body == photo);

    let mut chain = Chain::new(&office, batch, &annotator);
    let revisions = vec![chain.next(noise(900, 3)), chain.next(noise(100, 4))];
    let path = format!("/v1/batches/{batch}/revisions");
    let push = PushRevisions { revisions: revisions.clone() };
    let pushed: RevisionsPushed = annotator.client.send("POST", &path, &push).await.ok();
    assert_eq!(pushed, RevisionsPushed { serials: vec![1, 2], total: 2 });
    let again: RevisionsPushed = annotator.client.send("POST", &path, &push).await.ok();
    assert_eq!(again, pushed, "a repeated push changes nothing");

    let (data, pin) = (site.data(), site.running().pin);
    site.running.take().unwrap().stop().await;
    site.running = Some(Server::start(site.config.clone()).await.unwrap());
    assert_eq!(site.running().pin, pin, "the certificate stays");
    assert_eq!(site.running().setup_token, None, "the token is for the first start only");
    assert!(data.join("server.db").is_file());

    let lead_again = site.client(copy(&lead.client.key));
    let page: RevisionsPage = lead_again.get(&format!("{path}?after=0")).await.ok();
    assert_eq!(page.total, 2);
    let got: Vec<_> = page.revisions.into_iter().map(|numbered| numbered.envelope).collect();
    assert_eq!(got, revisions);
    for envelope in &got {
        envelope.verify(&annotator.client.key.verifying_key()).unwrap();
    }
    let log: LogPage = lead_again.get("/v1/log?from=0").await.ok();
    let replayed = Organisation::replay(&log.entries, &office.root.verifying_key()).unwrap();
    assert_eq!(replayed.head(), office.org.head());
    replayed.verify_extension(&office.org.head()).unwrap();
    let states: ObjectsPage = lead_again.get(&format!("/v1/batches/{batch}/objects")).await.ok();
    assert!(states.objects.iter().all(|state| state.complete && state.stored == state.length));
}

#[tokio::test]
async fn a_wrong_setup_token_founds_nothing_and_a_server_is_founded_once() {
    let site = Site::start(|_| {}).await;
    let (root, _, _, _, entries) = founding();
    let client = site.client(copy(&root));
    let token = site.running().setup_token.clone().unwrap();
    let mut wrong = SetupToken::parse(&token).unwrap();
    wrong.secret[0] ^= 1;
    for setup_token in [wrong.to_text().to_string(), "abox-setup-".to_owned(), String::new()] {
        let setup = Setup { setup_token, entries: entries.clone() };
        let answer = client.send("POST", "/v1/setup", &setup).await;
        assert_eq!(answer.told(), (403, code::SETUP_TOKEN.to_owned()));
    }
    let before = client.get("/v1/log?from=0").await;
    assert_eq!(before.told(), (409, code::NOT_FOUNDED.to_owned()));
    // Without a device nobody could go on; by another key the root would not be the signer's.
    let setup = Setup { setup_token: token.clone(), entries: entries[..1].to_vec() };
    assert_eq!(client.send("POST", "/v1/setup", &setup).await.told(), (422, code::LOG_REFUSED.to_owned()));
    let setup = Setup { setup_token: token, entries };
    let other = client.with_key(SigningKey::generate());
    assert_eq!(other.send("POST", "/v1/setup", &setup).await.told(), (422, code::LOG_REFUSED.to_owned()));
    let _: LogAppended = client.send("POST", "/v1/setup", &setup).await.ok();
    assert_eq!(client.send("POST", "/v1/setup", &setup).await.told(), (409, code::FOUNDED.to_owned()));
}

#[tokio::test]
async fn two_leads_who_sign_the_same_sequence_do_not_overwrite_each_other() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let (one, two) = (office.hire("One", Role::Lead).await, office.hire("Two", Role::Lead).await);
    let action = |seed| Action::BatchPublished {
        batch: abox_ids::BatchId::from_bytes([seed; 16]),
        epoch: 0,
        manifest: ObjectDigest([seed; 32]),
        recovery_wrap: Digest([seed; 32]),
    };
    let first = office.org.propose(action(1), now(), &one.client.key).unwrap();
    let second = office.org.propose(action(2), now(), &two.client.key).unwrap();
    let appended: LogAppended = office.send(&one.client, first.clone()).await.ok();
    let late = office.send(&two.client, second).await;
    assert_eq!(late.told(), (409, code::LOG_MOVED.to_owned()));
    assert_eq!(late.error().detail, Some(ErrorDetail::Head(appended.head)));
    // The answer to the first may have been lost: sending it again is answered the same.
    let body = LogAppend { entries: vec![first] };
    let again: LogAppended = one.client.send("POST", "/v1/log", &body).await.ok();
    assert_eq!(again.head, office.org.head());
    office.by(&two, action(2)).await;
    // All or none: a good entry followed by a bad one leaves nothing behind.
    let good = office.org.propose(action(3), now(), &one.client.key).unwrap();
    let mut ahead = office.org.clone();
    ahead.apply(&good).unwrap();
    let bad = ahead.propose(action(4), now(), &SigningKey::from_seed(&one.client.key.seed())).unwrap();
    let mut broken = abox_attest::to_canonical(&bad).unwrap();
    let at = broken.len() - 80;
    broken[at] ^= 1;
    let head = office.org.head();
    if let Ok(bad) = abox_attest::from_canonical(&broken) {
        let body = LogAppend { entries: vec![good, bad] };
        assert!(one.client.send("POST", "/v1/log", &body).await.status >= 400);
    }
    let page: LogPage = one.client.get("/v1/log?from=0").await.ok();
    assert_eq!(page.head, head);
}
