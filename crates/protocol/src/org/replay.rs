//! The replay: an [`Organisation`] grows from verified entries only. It is kept and sent as the list of signed
//! entries; nothing that was derived from them is ever trusted from storage.

use std::collections::BTreeMap;
use std::sync::Arc;

use abox_attest::{Digest, Signed, SigningKey, VerifyingKey};
use abox_ids::{BatchId, DeviceId, MemberId, OrgId};

use super::entry::{Action, Enrolled, Founded, Head, KemPublicBytes, LogEntry, Role};
use super::error::LogError;
use super::state::{Batch, Device, Grant, Invite, InviteState, Member, MemberStatus, Signer};
use super::{name, rules};

/// An organisation as its log tells it. Cloning is cheap: entries and batches are shared.
#[derive(Debug, Clone)]
pub struct Organisation {
    id: OrgId,
    founded: Founded,
    entries: Vec<Arc<Signed<LogEntry>>>,
    digests: Vec<Digest>,
    time: i64,
    pub(super) members: BTreeMap<MemberId, Member>,
    pub(super) devices: BTreeMap<DeviceId, Device>,
    pub(super) invites: BTreeMap<VerifyingKey, Invite>,
    pub(super) batches: BTreeMap<BatchId, Arc<Batch>>,
    pub(super) signers: BTreeMap<VerifyingKey, DeviceId>,
}

impl Organisation {
    /// Begins with the first entry, which has to be by the pinned root key.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn found(entry: &Signed<LogEntry>, root_pin: &VerifyingKey) -> Result<Self, LogError> {
        if entry.signer() != *root_pin {
            return Err(LogError::WrongRoot);
        }
        let digest = entry.digest();
        let LogEntry { org, sequence, previous, signer, time, action } = entry.verify(root_pin)?;
        let Action::Founded(founded) = action else { return Err(LogError::NotFounded) };
        if sequence != 0 || previous.is_some() {
            return Err(LogError::NotFounded);
        }
        if signer != *root_pin || founded.root != *root_pin {
            return Err(LogError::WrongRoot);
        }
        rules::founding(&founded)?;
        let owner = Member {
            id: founded.owner,
            name: founded.owner_name.clone(),
            role: Role::Owner,
            status: MemberStatus::Invited,
            since: time,
        };
        let invite = Invite {
            member: founded.owner,
            key: founded.owner_invite_key,
            by: *root_pin,
            expires: None,
            state: InviteState::Open,
        };
        Ok(Self {
            id: org,
            entries: vec![Arc::new(entry.clone())],
            digests: vec![digest],
            time,
            members: BTreeMap::from([(owner.id, owner)]),
            devices: BTreeMap::new(),
            invites: BTreeMap::from([(invite.key, invite)]),
            batches: BTreeMap::new(),
            signers: BTreeMap::new(),
            founded,
        })
    }

    /// Replays a whole log.
    ///
    /// # Errors
    /// [`LogError`] of the first entry that is refused.
    pub fn replay<'a>(
        entries: impl IntoIterator<Item = &'a Signed<LogEntry>>,
        root_pin: &VerifyingKey,
    ) -> Result<Self, LogError> {
        let mut entries = entries.into_iter();
        let mut org = Self::found(entries.next().ok_or(LogError::NotFounded)?, root_pin)?;
        for entry in entries {
            org.apply(entry)?;
        }
        Ok(org)
    }

    /// Takes in the next entry, or refuses it and stays as it was.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn apply(&mut self, entry: &Signed<LogEntry>) -> Result<(), LogError> {
        let signer = entry.signer();
        let claim = entry.claim()?;
        // The cheap refusals come first, and say more than a signature check would.
        if claim.org != self.id {
            return Err(LogError::ForeignOrg);
        }
        let expected = self.head().sequence + 1;
        if claim.sequence != expected {
            return Err(LogError::Sequence { expected, found: claim.sequence });
        }
        if claim.previous != Some(self.head().digest) {
            return Err(LogError::BrokenChain);
        }
        let verified = entry.verify(&signer)?;
        if verified.signer != signer {
            return Err(LogError::Signature(abox_attest::SignatureError::UnexpectedSigner));
        }
        if verified.time < self.time {
            return Err(LogError::TimeBackwards);
        }
        rules::check(self, &signer, verified.time, &verified.action)?;
        let digest = entry.digest();
        self.take(&signer, verified.time, digest, verified.action);
        self.entries.push(Arc::new(entry.clone()));
        self.digests.push(digest);
        self.time = verified.time;
        Ok(())
    }

    /// Whether `signer` may do this now. The same check as [`Organisation::apply`]'s.
    ///
    /// # Errors
    /// [`LogError`] says why not.
    pub fn may(&self, signer: &VerifyingKey, action: &Action, time: i64) -> Result<(), LogError> {
        rules::check(self, signer, time.max(self.time), action)
    }

    /// The next entry, checked and signed, but not yet applied: the server may know of a newer one.
    /// `now` in milliseconds since 1970 (UTC).
    ///
    /// # Errors
    /// [`LogError`] if the log would refuse it.
    pub fn propose(&self, action: Action, now: i64, key: &SigningKey) -> Result<Signed<LogEntry>, LogError> {
        let signer = key.verifying_key();
        self.may(&signer, &action, now)?;
        let Head { sequence, digest } = self.head();
        let time = now.max(self.time);
        let previous = Some(digest);
        Ok(Signed::sign(
            &LogEntry { org: self.id, sequence: sequence + 1, previous, signer, time, action },
            key,
        )?)
    }

    /// Refuses this log if it is not the remembered one or a continuation of it.
    ///
    /// # Errors
    /// [`LogError::Rollback`] or [`LogError::Fork`].
    pub fn verify_extension(&self, remembered: &Head) -> Result<(), LogError> {
        let at = usize::try_from(remembered.sequence).map_err(|_| LogError::Rollback)?;
        match self.digests.get(at) {
            None => Err(LogError::Rollback),
            Some(digest) if *digest == remembered.digest => Ok(()),
            Some(_) => Err(LogError::Fork),
        }
    }

    fn take(&mut self, signer: &VerifyingKey, time: i64, digest: Digest, action: Action) {
        match action {
            Action::Founded(_) => {}
            Action::Invited { member, name, role, invite_key, expires } => {
                let status = MemberStatus::Invited;
                self.members.entry(member).or_insert(Member { id: member, name, role, status, since: time });
                let (expires, state) = (Some(expires), InviteState::Open);
                self.invites
                    .insert(invite_key, Invite { member, key: invite_key, by: *signer, expires, state });
            }
            Action::InviteWithdrawn { invite_key } => self.withdraw(|invite| invite.key == invite_key),
            Action::Enrolled(enrolled) => self.enrol(signer, time, digest, enrolled),
            Action::RoleChanged { member, role } => {
                if let Some(member) = self.members.get_mut(&member) {
                    member.role = role;
                }
                self.withdraw_keeping_member(|invite| invite.member == member);
            }
            Action::MemberRevoked { member } => {
                if let Some(member) = self.members.get_mut(&member) {
                    member.status = MemberStatus::Revoked;
                }
                let devices: Vec<_> = self.devices_of(member).map(|device| device.id).collect();
                self.withdraw(|invite| invite.member == member);
                for device in devices {
                    self.revoke(device, time);
                }
            }
            Action::DeviceRevoked { device } => self.revoke(device, time),
            Action::BatchPublished { batch, epoch, manifest, recovery_wrap } => {
                let published = Batch {
                    id: batch,
                    publisher: *signer,
                    epoch,
                    manifest,
                    recovery_wrap,
                    published: time,
                    grants: BTreeMap::new(),
                    erased: false,
                };
                self.batches.insert(batch, Arc::new(published));
            }
            Action::BatchGranted { batch, epoch, device, wrap } => {
                if let Some(batch) = self.batches.get_mut(&batch) {
                    Arc::make_mut(batch).grants.insert(device, Grant { epoch, wrap, by: *signer, time });
                }
            }
            Action::BatchErased { batch } => {
                if let Some(batch) = self.batches.get_mut(&batch) {
                    Arc::make_mut(batch).erased = true;
                }
            }
        }
    }

    fn enrol(&mut self, signer: &VerifyingKey, time: i64, digest: Digest, enrolled: Enrolled) {
        let Enrolled { member, device, device_name, signing, kem, .. } = enrolled;
        if let Some(invite) = self.invites.get_mut(signer) {
            invite.state = InviteState::Used(device);
        }
        if let Some(member) = self.members.get_mut(&member) {
            member.status = MemberStatus::Active;
        }
        self.signers.insert(signing, device);
        let (enrolment, enrolled, revoked) = (digest, time, None);
        let device =
            Device { id: device, member, name: device_name, signing, kem, enrolment, enrolled, revoked };
        self.devices.insert(device.id, device);
    }

    fn revoke(&mut self, device: DeviceId, time: i64) {
        let Some(device) = self.devices.get_mut(&device) else { return };
        device.revoked.get_or_insert(time);
        let key = device.signing;
        // Whoever stole the device may hold the secrets of the invites that it signed.
        self.withdraw(|invite| invite.by == key);
    }

    fn withdraw_keeping_member(&mut self, which: impl Fn(&Invite) -> bool) {
        for invite in self.invites.values_mut().filter(|invite| invite.state == InviteState::Open) {
            if which(invite) {
                invite.state = InviteState::Withdrawn;
            }
        }
    }

    /// Withdraws, and lets go of members who were never more than invited.
    fn withdraw(&mut self, which: impl Fn(&Invite) -> bool) {
        self.withdraw_keeping_member(&which);
        let Self { invites, members, .. } = self;
        for invite in invites.values().filter(|invite| which(invite)) {
            let open = invites
                .values()
                .any(|other| other.member == invite.member && other.state == InviteState::Open);
            if let Some(member) = members.get_mut(&invite.member)
                && member.status == MemberStatus::Invited
                && !open
            {
                member.status = MemberStatus::Revoked;
            }
        }
    }

    /// The organisation.
    #[must_use]
    pub const fn id(&self) -> OrgId {
        self.id
    }

    /// The root key.
    #[must_use]
    pub const fn root(&self) -> &VerifyingKey {
        &self.founded.root
    }

    /// The key for which every batch key is wrapped too.
    #[must_use]
    pub const fn recovery(&self) -> &KemPublicBytes {
        &self.founded.recovery
    }

    /// The organisation's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.founded.name
    }

    /// The confidentiality agreement.
    #[must_use]
    pub fn agreement(&self) -> &str {
        &self.founded.agreement
    }

    /// What a new device accepts: the digest of [`Organisation::agreement`].
    #[must_use]
    pub fn agreement_digest(&self) -> Digest {
        Digest::of(self.founded.agreement.as_bytes())
    }

    /// The newest entry.
    #[must_use]
    pub fn head(&self) -> Head {
        let digest = self.digests.last().copied().unwrap_or(Digest([0; 32]));
        Head { sequence: (self.digests.len() as u64).saturating_sub(1), digest }
    }

    /// The time of the newest entry, in milliseconds since 1970 (UTC).
    #[must_use]
    pub const fn time(&self) -> i64 {
        self.time
    }

    /// All entries, in order: the form in which a log is kept and sent.
    #[must_use]
    pub fn entries(&self) -> &[Arc<Signed<LogEntry>>] {
        &self.entries
    }

    /// All members, revoked ones too.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// A member, revoked or not.
    #[must_use]
    pub fn member(&self, member: MemberId) -> Option<&Member> {
        self.members.get(&member)
    }

    /// The member, invited or active, of this name; case does not count.
    #[must_use]
    pub fn member_named(&self, text: &str) -> Option<&Member> {
        let folded = name::folded(text.trim());
        self.members()
            .find(|member| member.status != MemberStatus::Revoked && name::folded(&member.name) == folded)
    }

    /// All devices, revoked ones too.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// A device, revoked or not.
    #[must_use]
    pub fn device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.get(&device)
    }

    /// The devices of a member, revoked ones too.
    pub fn devices_of(&self, member: MemberId) -> impl Iterator<Item = &Device> {
        self.devices.values().filter(move |device| device.member == member)
    }

    /// The active device with this signing key.
    #[must_use]
    pub fn active_device(&self, key: &VerifyingKey) -> Option<&Device> {
        self.signers.get(key).and_then(|device| self.devices.get(device)).filter(|device| device.is_active())
    }

    /// The role of a device's member.
    #[must_use]
    pub fn role_of(&self, device: &Device) -> Option<Role> {
        self.members.get(&device.member).map(|member| member.role)
    }

    /// The invite with this key, in whatever state.
    #[must_use]
    pub fn invite(&self, key: &VerifyingKey) -> Option<&Invite> {
        self.invites.get(key)
    }

    /// All invites, in whatever state.
    pub fn invites(&self) -> impl Iterator<Item = &Invite> {
        self.invites.values()
    }

    /// What a key is in this organisation.
    #[must_use]
    pub fn signer(&self, key: &VerifyingKey) -> Option<Signer<'_>> {
        if key == self.root() {
            return Some(Signer::Root);
        }
        if let Some(device) = self.signers.get(key).and_then(|device| self.devices.get(device)) {
            let role = self.role_of(device)?;
            return Some(if device.is_active() {
                Signer::Device(device, role)
            } else {
                Signer::Revoked(device)
            });
        }
        self.invites.get(key).map(Signer::Invite)
    }

    /// The digest of the entry that enrolled a device: what binds a wrap to the device's certificate.
    #[must_use]
    pub fn enrolment_digest(&self, device: DeviceId) -> Option<Digest> {
        self.devices.get(&device).map(|device| device.enrolment)
    }

    /// The same for the recovery key: the digest of the founding entry.
    #[must_use]
    pub fn founding_digest(&self) -> Digest {
        self.digests.first().copied().unwrap_or(Digest([0; 32]))
    }

    /// A published batch.
    #[must_use]
    pub fn batch(&self, batch: BatchId) -> Option<&Batch> {
        self.batches.get(&batch).map(AsRef::as_ref)
    }

    /// All published batches, erased ones too.
    pub fn batches(&self) -> impl Iterator<Item = &Batch> {
        self.batches.values().map(AsRef::as_ref)
    }

    /// Whether an active device published this batch or was granted it, and it was not erased.
    #[must_use]
    pub fn may_read(&self, device: &Device, batch: &Batch) -> bool {
        device.is_active()
            && !batch.erased
            && (batch.publisher == device.signing || batch.grants.contains_key(&device.id))
    }
}
