//! An organisation on a running server: its root key, members with devices, and a batch with objects.

use std::path::PathBuf;

use abox_attest::{Digest, ObjectDigest, Signed, SigningKey};
use abox_ids::{BatchId, DeviceId, ItemId, MemberId, ObjectId, OrgId};
use abox_protocol::wire::{
    DeclareObjects, LogAppend, LogAppended, ObjectDeclaration, ObjectsDeclared, PART_BYTES, PartStored,
    Setup, Wrap, Wraps,
};
use abox_protocol::{
    Action, Enrolled, Founded, KemPublicBytes, LogEntry, Organisation, RevisionEnvelope, RevisionHeader, Role,
};
use abox_server::{Config, Running, Server};

use crate::client::{Answer, Client, now};

/// A running server with its folder.
pub(crate) struct Site {
    pub(crate) running: Option<Running>,
    /// Removed when the site is.
    _folder: tempfile::TempDir,
    pub(crate) config: Config,
}

impl Site {
    pub(crate) async fn start(adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new("127.0.0.1:0".parse().unwrap(), folder.path().join("data"));
        adjust(&mut config);
        let running = Some(Server::start(config.clone()).await.unwrap());
        Self { running, _folder: folder, config }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.config.data.clone()
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn client(&self, key: SigningKey) -> Client {
        Client::new(&self.running().url, self.running().pin, key)
    }
}

/// A member's device and its connection.
pub(crate) struct Desk {
    pub(crate) member: MemberId,
    pub(crate) device: DeviceId,
    pub(crate) client: Client,
}

/// An organisation, its log as its devices know it, and its owner's device.
pub(crate) struct Office {
    pub(crate) org: Organisation,
    pub(crate) root: SigningKey,
    pub(crate) owner: Desk,
}

pub(crate) fn copy(key: &SigningKey) -> SigningKey {
    SigningKey::from_seed(&key.seed())
}

fn kem() -> KemPublicBytes {
    KemPublicBytes(*SigningKey::generate().verifying_key().as_bytes())
}

pub(crate) fn enrolment(
    org: &Organisation,
    member: MemberId,
    device: DeviceId,
    signing: &SigningKey,
    invite: &SigningKey,
) -> Signed<LogEntry> {
    let (digest, key) = (org.agreement_digest(), invite.verifying_key());
    let enrolled = Enrolled::prepare(org.id(), member, device, "Desk".into(), signing, kem(), digest, key);
    org.propose(Action::Enrolled(enrolled.unwrap()), now(), invite).unwrap()
}

/// Keys and entries of a new organisation, not yet sent to a server.
pub(crate) fn founding() -> (SigningKey, SigningKey, MemberId, DeviceId, Vec<Signed<LogEntry>>) {
    let (root, invite, signing) = (SigningKey::generate(), SigningKey::generate(), SigningKey::generate());
    let owner = MemberId::random();
    let founded = Founded {
        root: root.verifying_key(),
        recovery: kem(),
        name: "Demo".into(),
        agreement: "Everything stays confidential.".into(),
        owner,
        owner_name: "Owner".into(),
        owner_invite_key: invite.verifying_key(),
    };
    let first = LogEntry::founding(OrgId::random(), founded, now(), &root).unwrap();
    let org = Organisation::found(&first, &root.verifying_key()).unwrap();
    let device = DeviceId::random();
    let second = enrolment(&org, owner, device, &signing, &invite);
    (root, signing, owner, device, vec![first, second])
}

impl Office {
    /// Founds an organisation on a server that has none.
    pub(crate) async fn found(client: &Client, setup_token: &str) -> Self {
        let (root, signing, member, device, entries) = founding();
        let founder = client.with_key(copy(&root));
        let setup = Setup { setup_token: setup_token.to_owned(), entries: entries.clone() };
        let _: LogAppended = founder.send("POST", "/v1/setup", &setup).await.ok();
        let org = Organisation::replay(&entries, &root.verifying_key()).unwrap();
        let owner = Desk { member, device, client: client.with_key(signing) };
        Self { org, root, owner }
    }

    pub(crate) async fn at(site: &Site) -> Self {
        let client = site.client(SigningKey::generate());
        Self::found(&client, site.running().setup_token.as_ref().unwrap()).await
    }

    /// Proposes, sends and applies one entry.
    pub(crate) async fn append(&mut self, client: &Client, action: Action, key: &SigningKey) {
        let entry = self.org.propose(action, now(), key).unwrap();
        self.send(client, entry).await.ok::<LogAppended>();
    }

    pub(crate) async fn by_root(&mut self, action: Action) {
        let root = copy(&self.root);
        let client = self.owner.client.with_key(copy(&root));
        self.append(&client, action, &root).await;
    }

    pub(crate) async fn by(&mut self, desk: &Desk, action: Action) {
        self.append(&desk.client, action, &desk.client.key).await;
    }

    pub(crate) async fn send(&mut self, client: &Client, entry: Signed<LogEntry>) -> Answer {
        let answer = client.send("POST", "/v1/log", &LogAppend { entries: vec![entry.clone()] }).await;
        if answer.status == 200 {
            self.org.apply(&entry).unwrap();
        }
        answer
    }

    /// Invites by the root key.
    pub(crate) async fn invite(&mut self, name: &str, role: Role, expires: i64) -> (MemberId, SigningKey) {
        let (member, invite) = (MemberId::random(), SigningKey::generate());
        let invite_key = invite.verifying_key();
        self.by_root(Action::Invited { member, name: name.into(), role, invite_key, expires }).await;
        (member, invite)
    }

    /// Invites and enrols, as a new device does.
    pub(crate) async fn hire(&mut self, name: &str, role: Role) -> Desk {
        let (member, invite) = self.invite(name, role, now() + 60_000).await;
        let (device, signing) = (DeviceId::random(), SigningKey::generate());
        let entry = enrolment(&self.org, member, device, &signing, &invite);
        let client = self.owner.client.with_key(invite);
        self.send(&client, entry).await.ok::<LogAppended>();
        Desk { member, device, client: client.with_key(signing) }
    }

    /// Publishes a batch of these objects as `lead`, uploads them, and grants it to `readers`.
    pub(crate) async fn publish(&mut self, lead: &Desk, objects: &[&[u8]], readers: &[&Desk]) -> Published {
        let batch = BatchId::random();
        let declared: Vec<_> = objects.iter().map(|bytes| declaration(bytes)).collect();
        let _: ObjectsDeclared = declare(&lead.client, batch, &declared).await.ok();
        for (declaration, bytes) in declared.iter().zip(objects) {
            upload(&lead.client, batch, declaration.object, bytes, 0).await;
        }
        let recovery = b"wrap for recovery".to_vec();
        let manifest = ObjectDigest::of(objects.first().copied().unwrap_or_default());
        let recovery_wrap = Digest::of(&recovery);
        self.by(lead, Action::BatchPublished { batch, epoch: 0, manifest, recovery_wrap }).await;
        let mut wraps = vec![Wrap { device: None, epoch: 0, bytes: recovery }];
        for reader in readers {
            let bytes = format!("wrap for {}", reader.device).into_bytes();
            let wrap = Digest::of(&bytes);
            self.by(lead, Action::BatchGranted { batch, epoch: 0, device: reader.device, wrap }).await;
            wraps.push(Wrap { device: Some(reader.device), epoch: 0, bytes });
        }
        let path = format!("/v1/batches/{batch}/wraps");
        assert_eq!(lead.client.send("POST", &path, &Wraps { wraps }).await.told(), (200, "-".to_owned()));
        Published { batch, objects: declared.iter().map(|declared| declared.object).collect() }
    }
}

/// A published batch.
pub(crate) struct Published {
    pub(crate) batch: BatchId,
    pub(crate) objects: Vec<ObjectId>,
}

pub(crate) fn declaration(bytes: &[u8]) -> ObjectDeclaration {
    ObjectDeclaration {
        object: ObjectId::random(),
        length: bytes.len() as u64,
        digest: ObjectDigest::of(bytes),
    }
}

pub(crate) async fn declare(client: &Client, batch: BatchId, objects: &[ObjectDeclaration]) -> Answer {
    client.send("POST", "/v1/batches", &DeclareObjects { batch, objects: objects.to_vec() }).await
}

pub(crate) async fn put_part(
    client: &Client,
    batch: BatchId,
    object: ObjectId,
    offset: usize,
    part: &[u8],
) -> Answer {
    let path = format!("/v1/batches/{batch}/objects/{object}?offset={offset}");
    client.bytes("PUT", &path, part.to_vec()).await
}

/// Uploads what is missing from `offset` on.
pub(crate) async fn upload(client: &Client, batch: BatchId, object: ObjectId, bytes: &[u8], offset: usize) {
    let mut offset = offset;
    while offset < bytes.len() {
        let end = bytes.len().min(offset + PART_BYTES);
        let stored: PartStored = put_part(client, batch, object, offset, &bytes[offset..end]).await.ok();
        assert_eq!(stored, PartStored { stored: end as u64, complete: end == bytes.len() });
        offset = end;
    }
}

/// Bytes without a pattern that a fault could hide in.
pub(crate) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

/// A chain of revisions by one desk.
pub(crate) struct Chain<'a> {
    pub(crate) org: OrgId,
    pub(crate) batch: BatchId,
    pub(crate) desk: &'a Desk,
    pub(crate) sequence: u64,
    pub(crate) previous: Option<Digest>,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(office: &Office, batch: BatchId, desk: &'a Desk) -> Self {
        Self { org: office.org.id(), batch, desk, sequence: 0, previous: None }
    }

    pub(crate) fn header(&self, sealed: &[u8]) -> RevisionHeader {
        RevisionHeader {
            org: self.org,
            batch: self.batch,
            item: ItemId::from_bytes([1; 16]),
            epoch: 0,
            device: self.desk.device,
            sequence: self.sequence,
            previous: self.previous,
            parents: self.previous.into_iter().collect(),
            time: now(),
            sealed: ObjectDigest::of(sealed),
            sealed_length: sealed.len() as u64,
        }
    }

    pub(crate) fn next(&mut self, sealed: Vec<u8>) -> RevisionEnvelope {
        let header = Signed::sign(&self.header(&sealed), &self.desk.client.key).unwrap();
        self.sequence += 1;
        self.previous = Some(header.digest());
        RevisionEnvelope { header, sealed }
    }
}
