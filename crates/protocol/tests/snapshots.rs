//! The bytes of everything that is signed, stored or sent. A change here breaks logs and devices that exist.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

use abox_attest::{Digest, ObjectDigest, Signed, SigningKey, VerifyingKey, from_canonical, to_canonical};
use abox_ids::{BatchId, DeviceId, ItemId, MemberId, ObjectId, OrgId};
use abox_protocol::wire::*;
use abox_protocol::*;
use data_encoding::HEXLOWER;
use serde::{Serialize, de::DeserializeOwned};

fn hex<T: Serialize + DeserializeOwned>(value: &T) -> String {
    let bytes = to_canonical(value).unwrap();
    let back: T = from_canonical(&bytes).unwrap();
    assert_eq!(to_canonical(&back).unwrap(), bytes);
    HEXLOWER.encode(&bytes)
}

macro_rules! snapshot {
    ($name:literal, $value:expr) => {
        insta::assert_snapshot!($name, hex(&$value));
    };
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}
const DIGEST: Digest = Digest([2; 32]);
const OBJECT_DIGEST: ObjectDigest = ObjectDigest([14; 32]);
const KEY: VerifyingKey = VerifyingKey([3; 32]);
const ORG: OrgId = OrgId::from_bytes([4; 16]);
const MEMBER: MemberId = MemberId::from_bytes([5; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([6; 16]);
const BATCH: BatchId = BatchId::from_bytes([7; 16]);
const OBJECT: ObjectId = ObjectId::from_bytes([8; 16]);
const KEM: KemPublicBytes = KemPublicBytes([9; 32]);

fn entry(action: Action) -> LogEntry {
    LogEntry { org: ORG, sequence: 300, previous: Some(DIGEST), signer: KEY, time: 1_800_000_000_000, action }
}

#[test]
fn log_entries() {
    let founded = Founded {
        root: KEY,
        recovery: KEM,
        name: "Demo".into(),
        agreement: "Confidential.".into(),
        owner: MEMBER,
        owner_name: "Owner".into(),
        owner_invite_key: KEY,
    };
    snapshot!("founded", LogEntry { sequence: 0, previous: None, ..entry(Action::Founded(founded)) });
    let (name, invite_key) = ("Annotator".to_owned(), KEY);
    let invited = Action::Invited { member: MEMBER, name, role: Role::Annotator, invite_key, expires: -1 };
    snapshot!("invited", entry(invited));
    snapshot!("invite_withdrawn", entry(Action::InviteWithdrawn { invite_key }));
    let enrolled = Enrolled::prepare(ORG, MEMBER, DEVICE, "Desk".into(), &key(), KEM, DIGEST, KEY).unwrap();
    snapshot!("enrolled", entry(Action::Enrolled(enrolled)));
    snapshot!("role_changed", entry(Action::RoleChanged { member: MEMBER, role: Role::Lead }));
    snapshot!("owner", Role::Owner);
    snapshot!("member_revoked", entry(Action::MemberRevoked { member: MEMBER }));
    snapshot!("device_revoked", entry(Action::DeviceRevoked { device: DEVICE }));
    let published =
        Action::BatchPublished { batch: BATCH, epoch: 1, manifest: OBJECT_DIGEST, recovery_wrap: DIGEST };
    snapshot!("batch_published", entry(published));
    snapshot!(
        "batch_granted",
        entry(Action::BatchGranted { batch: BATCH, epoch: 1, device: DEVICE, wrap: DIGEST })
    );
    snapshot!("batch_erased", entry(Action::BatchErased { batch: BATCH }));
    let signed = Signed::sign(&entry(Action::BatchErased { batch: BATCH }), &key()).unwrap();
    snapshot!("signed_entry", signed);
    snapshot!("head", Head { sequence: 1, digest: DIGEST });
    snapshot!("possession", Possession { org: ORG, device: DEVICE, invite_key: KEY, kem: KEM });
}

fn envelope() -> RevisionEnvelope {
    let header = RevisionHeader {
        org: ORG,
        batch: BATCH,
        item: ItemId::from_bytes([10; 16]),
        epoch: 1,
        device: DEVICE,
        sequence: 2,
        previous: Some(DIGEST),
        parents: vec![DIGEST, Digest([11; 32])],
        time: 1_800_000_000_000,
        sealed: ObjectDigest::of(b"sealed"),
        sealed_length: 6,
    };
    RevisionEnvelope { header: Signed::sign(&header, &key()).unwrap(), sealed: b"sealed".to_vec() }
}

#[test]
fn revisions() {
    snapshot!("revision_envelope", envelope());
    snapshot!("push_revisions", PushRevisions { revisions: vec![envelope()] });
    snapshot!("revisions_pushed", RevisionsPushed { serials: vec![1, 24], total: 24 });
    let revisions = vec![NumberedRevision { serial: 1, envelope: envelope() }];
    snapshot!("revisions_page", RevisionsPage { revisions, total: 1 });
}

#[test]
fn requests() {
    let statement = RequestStatement {
        method: "GET".into(),
        path_and_query: "/v1/log?from=0".into(),
        body: DIGEST,
        time: 1_800_000_000_000,
        nonce: [12; 16],
        server: DIGEST,
    };
    snapshot!("request_statement", statement);
    insta::assert_snapshot!("request_header", statement.to_header(&key()));
}

#[test]
fn bodies() {
    let signed = Signed::sign(&entry(Action::BatchErased { batch: BATCH }), &key()).unwrap();
    let head = Head { sequence: 300, digest: DIGEST };
    snapshot!("setup", Setup { setup_token: "token".into(), entries: vec![signed.clone()] });
    snapshot!("log_append", LogAppend { entries: vec![signed.clone()] });
    snapshot!("log_appended", LogAppended { head });
    snapshot!("log_page", LogPage { entries: vec![signed], head });
    let declaration = ObjectDeclaration { object: OBJECT, length: 70_000, digest: OBJECT_DIGEST };
    snapshot!("declare_objects", DeclareObjects { batch: BATCH, objects: vec![declaration] });
    snapshot!("objects_declared", ObjectsDeclared { declared: 2, complete: 1 });
    let state =
        ObjectState { object: OBJECT, length: 70_000, digest: OBJECT_DIGEST, stored: 9, complete: false };
    snapshot!("objects_page", ObjectsPage { objects: vec![state] });
    snapshot!("part_stored", PartStored { stored: 9, complete: true });
    let wrap = Wrap { device: Some(DEVICE), epoch: 1, bytes: vec![1, 2, 3] };
    let recovery = Wrap { device: None, epoch: 1, bytes: vec![] };
    snapshot!("wraps", Wraps { wraps: vec![wrap, recovery] });
    let summary = BatchSummary {
        batch: BATCH,
        epoch: Some(1),
        manifest: Some(OBJECT),
        objects: 3,
        complete: 2,
        bytes: 70_000,
        revisions: 4,
        wrap: true,
    };
    let declared = BatchSummary { epoch: None, manifest: None, wrap: false, ..summary.clone() };
    snapshot!("batches", Batches { batches: vec![summary, declared] });
    let body = |detail| ErrorBody { code: "code".into(), message: "Message.".into(), detail };
    snapshot!("error", body(None));
    snapshot!("error_head", body(Some(ErrorDetail::Head(head))));
    snapshot!("error_stored", body(Some(ErrorDetail::Stored(9))));
    snapshot!("error_next_sequence", body(Some(ErrorDetail::NextSequence(9))));
    snapshot!("error_clock_skew", body(Some(ErrorDetail::ClockSkew(-9))));
}

#[test]
fn a_revision_envelope_is_verified_whole() {
    let device_key = key().verifying_key();
    assert!(envelope().verify(&device_key).is_ok());
    let mut other = envelope();
    other.sealed[0] ^= 1;
    assert_eq!(other.verify(&device_key), Err(RevisionError::SealedDiffers));
    let mut longer = envelope();
    longer.sealed.push(0);
    assert_eq!(longer.verify(&device_key), Err(RevisionError::SealedDiffers));
    let thief = SigningKey::from_seed(&[13; 32]);
    assert!(matches!(envelope().verify(&thief.verifying_key()), Err(RevisionError::Signature(_))));
    let resigned = |change: fn(&mut RevisionHeader)| {
        let mut header = envelope().header.claim().unwrap();
        change(&mut header);
        let header = Signed::sign(&header, &key()).unwrap();
        RevisionEnvelope { header, ..envelope() }.verify(&key().verifying_key())
    };
    assert_eq!(resigned(|header| header.previous = None), Err(RevisionError::Chain));
    assert_eq!(resigned(|header| header.sequence = 0), Err(RevisionError::Chain));
    let many = resigned(|header| header.parents = vec![DIGEST; MAX_REVISION_PARENTS + 1]);
    assert_eq!(many, Err(RevisionError::TooLarge));
}
