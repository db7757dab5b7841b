//! An organisation in memory, with everybody's keys.

use abox_attest::{Digest, ObjectDigest, Signed, SigningKey};
use abox_ids::{BatchId, DeviceId, MemberId, OrgId};
use abox_protocol::{
    Action, Enrolled, Founded, KemPublicBytes, LogEntry, LogError, Organisation, Possession, Role,
};

pub(crate) const START: i64 = 1_800_000_000_000;
pub(crate) const DAY: i64 = 86_400_000;

/// A member's device.
pub(crate) struct Desk {
    pub(crate) member: MemberId,
    pub(crate) device: DeviceId,
    pub(crate) key: SigningKey,
}

pub(crate) struct Office {
    pub(crate) org: Organisation,
    pub(crate) root: SigningKey,
    pub(crate) owner: Desk,
    pub(crate) now: i64,
    seed: u8,
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub(crate) fn founded(root: &SigningKey) -> Founded {
    Founded {
        root: root.verifying_key(),
        recovery: KemPublicBytes([200; 32]),
        name: "Demo".into(),
        agreement: "Everything stays confidential.".into(),
        owner: MemberId::from_bytes([201; 16]),
        owner_name: "Owner".into(),
        owner_invite_key: key(202).verifying_key(),
    }
}

pub(crate) fn first_entry(root: &SigningKey) -> Signed<LogEntry> {
    LogEntry::founding(OrgId::from_bytes([199; 16]), founded(root), START, root).unwrap()
}

/// The enrolment of a device whose keys and identifiers grow from `seed`.
pub(crate) fn enrolled(org: &Organisation, member: MemberId, invite: &SigningKey, seed: u8) -> Enrolled {
    Enrolled::prepare(
        org.id(),
        member,
        DeviceId::from_bytes([seed; 16]),
        "Desk".into(),
        &key(seed),
        KemPublicBytes([seed; 32]),
        org.agreement_digest(),
        invite.verifying_key(),
    )
    .unwrap()
}

/// Signs whatever it is given as the next entry, unchecked: what an attacker would do.
pub(crate) fn forged(org: &Organisation, action: Action, time: i64, key: &SigningKey) -> Signed<LogEntry> {
    let head = org.head();
    let entry = LogEntry {
        org: org.id(),
        sequence: head.sequence + 1,
        previous: Some(head.digest),
        signer: key.verifying_key(),
        time,
        action,
    };
    Signed::sign(&entry, key).unwrap()
}

impl Office {
    pub(crate) fn new() -> Self {
        let root = key(203);
        let mut org = Organisation::found(&first_entry(&root), &root.verifying_key()).unwrap();
        let member = MemberId::from_bytes([201; 16]);
        let action = Action::Enrolled(enrolled(&org, member, &key(202), 204));
        let entry = org.propose(action, START, &key(202)).unwrap();
        org.apply(&entry).unwrap();
        let owner = Desk { member, device: DeviceId::from_bytes([204; 16]), key: key(204) };
        Self { org, root, owner, now: START, seed: 0 }
    }

    /// A fresh seed for keys and identifiers.
    pub(crate) fn fresh(&mut self) -> u8 {
        self.seed += 1;
        self.seed
    }

    /// What the log says to this action by this key; it is applied if allowed. The signer does not check beforehand.
    pub(crate) fn tries(&mut self, key: &SigningKey, action: Action) -> Result<(), LogError> {
        self.now += 1000;
        let before = self.org.head();
        let entry = forged(&self.org, action.clone(), self.now, key);
        let may = self.org.may(&key.verifying_key(), &action, self.now);
        let result = self.org.apply(&entry);
        assert_eq!(may, result, "may() and apply() agree");
        assert_eq!(result.is_ok(), self.org.head() != before, "a refused entry leaves no trace");
        result
    }

    pub(crate) fn root_does(&mut self, action: Action) {
        let root = SigningKey::from_seed(&self.root.seed());
        self.tries(&root, action).unwrap();
    }

    pub(crate) fn invitation(&mut self, name: &str, role: Role) -> (MemberId, SigningKey, Action) {
        let seed = self.fresh();
        let (member, invite) = (MemberId::from_bytes([seed; 16]), key(seed));
        let invite_key = invite.verifying_key();
        let expires = self.now + DAY;
        (member, invite, Action::Invited { member, name: name.into(), role, invite_key, expires })
    }

    pub(crate) fn invite(&mut self, name: &str, role: Role) -> (MemberId, SigningKey) {
        let (member, invite, action) = self.invitation(name, role);
        self.root_does(action);
        (member, invite)
    }

    pub(crate) fn enrol(&mut self, member: MemberId, invite: &SigningKey) -> Desk {
        let seed = self.fresh();
        let action = Action::Enrolled(enrolled(&self.org, member, invite, seed));
        self.tries(invite, action).unwrap();
        Desk { member, device: DeviceId::from_bytes([seed; 16]), key: key(seed) }
    }

    pub(crate) fn hire(&mut self, name: &str, role: Role) -> Desk {
        let (member, invite) = self.invite(name, role);
        self.enrol(member, &invite)
    }
}

pub(crate) fn publication(seed: u8, epoch: u32) -> Action {
    Action::BatchPublished {
        batch: BatchId::from_bytes([seed; 16]),
        epoch,
        manifest: ObjectDigest([seed; 32]),
        recovery_wrap: Digest([seed; 32]),
    }
}

pub(crate) fn grant(seed: u8, epoch: u32, device: DeviceId) -> Action {
    Action::BatchGranted { batch: BatchId::from_bytes([seed; 16]), epoch, device, wrap: Digest([9; 32]) }
}

/// A proof of possession for anything.
pub(crate) fn proof(
    org: OrgId,
    device: DeviceId,
    invite: &SigningKey,
    kem: KemPublicBytes,
    by: &SigningKey,
) -> Signed<Possession> {
    Signed::sign(&Possession { org, device, invite_key: invite.verifying_key(), kem }, by).unwrap()
}
