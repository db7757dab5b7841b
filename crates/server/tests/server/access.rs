//! Every route as everybody: who gets what.

use abox_attest::{Digest, Signed, SigningKey, to_canonical};
use abox_ids::DeviceId;
use abox_protocol::wire::{
    DeclareObjects, LogAppend, LogAppended, PushRevisions, RevisionsPage, Setup, Wrap, Wraps, code,
};
use abox_protocol::{Action, LogEntry, Role};

use crate::client::{Client, now};
use crate::office::{Chain, Desk, Office, Site, copy, declaration, enrolment, noise};

/// Everybody who could come to the door, in the order of the table's columns.
const CALLERS: [&str; 12] = [
    "owner",
    "lead",
    "granted",
    "stranger",
    "root",
    "invite",
    "used invite",
    "expired invite",
    "withdrawn invite",
    "revoked",
    "foreign",
    "nobody",
];

#[tokio::test]
async fn every_route_as_everybody() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let granted = office.hire("Granted", Role::Annotator).await;
    let stranger = office.hire("Stranger", Role::Annotator).await;
    let revoked = office.hire("Revoked", Role::Annotator).await;
    let sealed = noise(1000, 1);
    let published = office.publish(&lead, &[&sealed], &[&granted, &revoked]).await;
    office.by_root(Action::DeviceRevoked { device: revoked.device }).await;
    let (_, open) = office.invite("Open", Role::Annotator, now() + 60_000).await;
    let (member, used) = office.invite("Used", Role::Annotator, now() + 60_000).await;
    let entry = enrolment(&office.org, member, DeviceId::random(), &SigningKey::generate(), &used);
    let client = office.owner.client.with_key(copy(&used));
    office.send(&client, entry).await.ok::<LogAppended>();
    let (_, expired) = office.invite("Expired", Role::Annotator, now() - 1).await;
    let (_, withdrawn) = office.invite("Withdrawn", Role::Annotator, now() + 60_000).await;
    office.by_root(Action::InviteWithdrawn { invite_key: withdrawn.verifying_key() }).await;

    let (batch, object) = (published.batch, published.objects[0]);
    let base = format!("/v1/batches/{batch}");
    let cbor = |bytes: Result<Vec<u8>, _>| -> Vec<u8> { bytes.unwrap() };
    let setup = cbor(to_canonical(&Setup { setup_token: String::new(), entries: vec![] }));
    let no_entries = cbor(to_canonical(&LogAppend { entries: vec![] }));
    let declare = cbor(to_canonical(&DeclareObjects { batch, objects: vec![] }));
    let no_wraps = cbor(to_canonical(&Wraps { wraps: vec![] }));
    let no_revisions = cbor(to_canonical(&PushRevisions { revisions: vec![] }));

    // The columns after "root" get the same everywhere but at the open routes and the log: see `turned_away`.
    let ok = (200, "-");
    let (no, none) = ((403, code::FORBIDDEN), (404, code::NOT_FOUND));
    let (offset, bad) = ((409, code::OFFSET), (400, code::MALFORMED));
    let founded = (409, code::FOUNDED);
    let turned_away = [
        (403, code::INVITE_USED),
        (403, code::INVITE_EXPIRED),
        (403, code::INVITE_WITHDRAWN),
        (403, code::REVOKED),
        (401, code::UNKNOWN_KEY),
        (401, code::UNAUTHENTICATED),
    ];
    let at = |path: &str| format!("{base}{path}");
    let put = at(&format!("/objects/{object}?offset=0"));
    // owner (not granted this batch), lead, granted, stranger, root, open invite
    let table = [
        ("GET", "/v1/log?from=0".to_owned(), vec![], [ok, ok, ok, ok, ok, ok]),
        ("POST", "/v1/log".to_owned(), no_entries, [bad, bad, no, no, bad, no]),
        ("GET", "/v1/batches".to_owned(), vec![], [ok, ok, ok, ok, ok, no]),
        ("POST", "/v1/batches".to_owned(), declare, [none, ok, no, no, no, no]),
        ("GET", at("/objects"), vec![], [none, ok, ok, none, no, no]),
        ("PUT", put, vec![1], [none, offset, no, no, no, no]),
        ("GET", at(&format!("/objects/{object}")), vec![], [none, ok, ok, none, no, no]),
        ("GET", at("/wraps"), vec![], [none, ok, ok, none, ok, no]),
        ("POST", at("/wraps"), no_wraps, [ok, ok, no, no, ok, no]),
        ("GET", at("/revisions?after=0"), vec![], [none, ok, ok, none, no, no]),
        ("POST", at("/revisions"), no_revisions, [none, ok, ok, none, no, no]),
    ];
    let client = &office.owner.client;
    let keys = [
        &client.key,
        &lead.client.key,
        &granted.client.key,
        &stranger.client.key,
        &office.root,
        &open,
        &used,
        &expired,
        &withdrawn,
        &revoked.client.key,
        &SigningKey::generate(),
    ];
    let callers: Vec<Client> = keys.iter().map(|key| client.with_key(copy(key))).collect();
    let tell = async |who: usize, method: &str, path: &str, body: &[u8]| match callers.get(who) {
        Some(caller) => caller.bytes(method, path, body.to_vec()).await.told(),
        None => client.raw(method, path, None, None, body.to_vec()).await.unwrap().told(),
    };
    for (method, path, body, expected) in &table {
        for (who, (status, code)) in expected.iter().chain(&turned_away).enumerate() {
            let told = tell(who, method, path, body).await;
            assert_eq!(told, (*status, (*code).to_owned()), "{method} {path} as {}", CALLERS[who]);
        }
    }
    for (who, name) in CALLERS.iter().enumerate() {
        let expected = if who == 11 { turned_away[5] } else { founded };
        let told = tell(who, "POST", "/v1/setup", &setup).await;
        assert_eq!(told, (expected.0, expected.1.to_owned()), "setup as {name}");
        for path in ["/health", "/metrics"] {
            let answer = client.raw("GET", path, None, None, vec![]).await.unwrap();
            assert_eq!(answer.status, 200);
        }
        let nowhere = tell(who, "GET", "/v2/anything", &[]).await;
        assert_eq!(nowhere.0, 404);
        let wrong = tell(who, "DELETE", "/v1/log", &[]).await;
        assert_eq!(wrong.0, 405);
    }
}

#[tokio::test]
async fn listed_batches_are_ones_own() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let annotator = office.hire("Annotator", Role::Annotator).await;
    let first = office.publish(&lead, &[b"one"], &[&annotator]).await.batch;
    let second = office.publish(&lead, &[b"two"], &[]).await.batch;
    let ids = async |client: &Client| {
        let listed: abox_protocol::wire::Batches = client.get("/v1/batches").await.ok();
        listed.batches.into_iter().map(|summary| summary.batch).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(ids(&lead.client).await, [first, second].into());
    assert_eq!(ids(&annotator.client).await, [first].into());
    assert!(ids(&office.owner.client).await.is_empty());
    let root = office.owner.client.with_key(copy(&office.root));
    assert_eq!(ids(&root).await, [first, second].into(), "recovery finds all");
    let recovery: Wraps = root.get(&format!("/v1/batches/{first}/wraps")).await.ok();
    assert_eq!(recovery.wraps[0].bytes, b"wrap for recovery");
}

#[tokio::test]
async fn wraps_are_taken_only_as_the_log_grants_them() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let annotator = office.hire("Annotator", Role::Annotator).await;
    let batch = office.publish(&lead, &[b"one"], &[]).await.batch;
    let path = format!("/v1/batches/{batch}/wraps");
    let wrap = |device: &Desk, epoch, bytes: &[u8]| Wraps {
        wraps: vec![Wrap { device: Some(device.device), epoch, bytes: bytes.to_vec() }],
    };
    let refused = (422, code::WRAP_REFUSED.to_owned());
    assert_eq!(lead.client.send("POST", &path, &wrap(&annotator, 0, b"early")).await.told(), refused);
    let digest = Digest::of(b"right");
    let grant = Action::BatchGranted { batch, epoch: 0, device: annotator.device, wrap: digest };
    office.by(&lead, grant).await;
    assert_eq!(lead.client.send("POST", &path, &wrap(&annotator, 0, b"wrong")).await.told(), refused);
    assert_eq!(lead.client.send("POST", &path, &wrap(&annotator, 1, b"right")).await.told(), refused);
    assert_eq!(lead.client.send("POST", &path, &wrap(&lead, 0, b"right")).await.told(), refused);
    let none: Wraps = annotator.client.get(&path).await.ok();
    assert!(none.wraps.is_empty());
    assert_eq!(lead.client.send("POST", &path, &wrap(&annotator, 0, b"right")).await.status, 200);
    let got: Wraps = annotator.client.get(&path).await.ok();
    assert_eq!(got.wraps[0].bytes, b"right");
    let big = wrap(&annotator, 0, &noise(5000, 1));
    assert_eq!(lead.client.send("POST", &path, &big).await.told(), (413, code::TOO_LARGE.to_owned()));
}

#[tokio::test]
async fn an_invite_enrols_its_own_device_once_and_nothing_else() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let (member, invite) = office.invite("Annotator", Role::Annotator, now() + 60_000).await;
    let (other_member, other) = office.invite("Other", Role::Annotator, now() + 60_000).await;
    let client = office.owner.client.with_key(copy(&invite));
    let entry = |office: &Office, member, invite: &SigningKey| {
        enrolment(&office.org, member, DeviceId::random(), &SigningKey::generate(), invite)
    };
    let foreign = entry(&office, other_member, &other);
    assert_eq!(office.send(&client, foreign).await.told(), (403, code::FORBIDDEN.to_owned()));
    let publication = Action::MemberRevoked { member };
    let by_root = office.org.propose(publication, now(), &office.root).unwrap();
    assert_eq!(office.send(&client, by_root).await.told(), (403, code::FORBIDDEN.to_owned()));
    let own = entry(&office, member, &invite);
    let again = entry(&office, member, &invite);
    office.send(&client, own).await.ok::<LogAppended>();
    assert_eq!(office.send(&client, again).await.told(), (403, code::INVITE_USED.to_owned()));
}

#[tokio::test]
async fn the_server_refuses_what_the_log_refuses() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let head = office.org.head();
    let signed = |action, time, key: &SigningKey| {
        let entry = LogEntry {
            org: office.org.id(),
            sequence: head.sequence + 1,
            previous: Some(head.digest),
            signer: key.verifying_key(),
            time,
            action,
        };
        Signed::sign(&entry, key).unwrap()
    };
    let promotion = || Action::RoleChanged { member: lead.member, role: Role::Owner };
    let soon = now() + 1000;
    for (what, entry, expected) in [
        ("a lead promotes", signed(promotion(), soon, &lead.client.key), (403, code::FORBIDDEN)),
        ("an unknown key", signed(promotion(), soon, &SigningKey::generate()), (422, code::LOG_REFUSED)),
        ("backdated", signed(promotion(), 5, &office.root), (422, code::LOG_REFUSED)),
        ("from the future", signed(promotion(), now() + 3_600_000, &office.root), (422, code::CLOCK)),
    ] {
        let body = LogAppend { entries: vec![entry] };
        let told = lead.client.send("POST", "/v1/log", &body).await.told();
        assert_eq!(told, (expected.0, expected.1.to_owned()), "{what}");
    }
    let page: abox_protocol::wire::LogPage = lead.client.get("/v1/log?from=0").await.ok();
    assert_eq!(page.head, head, "nothing of it was stored");
}

#[tokio::test]
async fn an_erased_batch_is_gone_with_its_files() {
    let site = Site::start(|_| {}).await;
    let mut office = Office::at(&site).await;
    let lead = office.hire("Lead", Role::Lead).await;
    let annotator = office.hire("Annotator", Role::Annotator).await;
    let kept = office.publish(&lead, &[b"kept"], &[&annotator]).await;
    let erased = office.publish(&lead, &[&noise(100_000, 1)], &[&annotator]).await;
    let mut chain = Chain::new(&office, erased.batch, &annotator);
    let revisions = vec![chain.next(noise(50, 2))];
    let path = format!("/v1/batches/{}/revisions", erased.batch);
    assert_eq!(annotator.client.send("POST", &path, &PushRevisions { revisions }).await.status, 200);
    let folder = |batch: abox_ids::BatchId| site.data().join("objects").join(batch.to_string());
    assert!(folder(erased.batch).is_dir());
    office.by(&lead, Action::BatchErased { batch: erased.batch }).await;
    assert!(!folder(erased.batch).exists() && folder(kept.batch).is_dir());
    let gone = (410, code::ERASED.to_owned());
    for desk in [&annotator, &lead] {
        assert_eq!(desk.client.get(&format!("{path}?after=0")).await.told(), gone);
        let object = format!("/v1/batches/{}/objects/{}", erased.batch, erased.objects[0]);
        assert_eq!(desk.client.get(&object).await.told(), gone);
    }
    let answer = crate::office::declare(&lead.client, erased.batch, &[declaration(b"x")]).await;
    assert_eq!(answer.told(), gone, "it cannot come back");
    let page: RevisionsPage =
        annotator.client.get(&format!("/v1/batches/{}/revisions?after=0", kept.batch)).await.ok();
    assert_eq!(page.total, 0);
}
