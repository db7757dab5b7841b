//! Who may add what to the log, decided from the entries before it. No signature or chain is checked here: that comes
//! first, in the replay.

use abox_attest::{Digest, VerifyingKey};
use abox_ids::{DeviceId, MemberId};

use super::entry::{Action, Enrolled, Founded, MAX_AGREEMENT_BYTES, Role};
use super::error::LogError;
use super::name::{checked_name, folded};
use super::replay::Organisation;
use super::state::{Batch, Device, InviteState, Member, MemberStatus, Signer};

/// Whether the first entry is a sound beginning.
pub(super) fn founding(founded: &Founded) -> Result<(), LogError> {
    checked_name(&founded.name)?;
    checked_name(&founded.owner_name)?;
    if founded.agreement.trim().is_empty() || founded.agreement.len() > MAX_AGREEMENT_BYTES {
        return Err(LogError::BadAgreement);
    }
    if founded.owner_invite_key == founded.root {
        return Err(LogError::KeyReused);
    }
    Ok(())
}

/// Whether `signer` may do `action` at `time` as the next entry of `org`.
pub(super) fn check(
    org: &Organisation,
    signer: &VerifyingKey,
    time: i64,
    action: &Action,
) -> Result<(), LogError> {
    let authority = match org.signer(signer).ok_or(LogError::UnknownSigner)? {
        Signer::Revoked(_) => return Err(LogError::RevokedSigner),
        Signer::Invite(_) => {
            let Action::Enrolled(enrolled) = action else { return Err(LogError::NotAllowed) };
            return enrolment(org, signer, time, enrolled);
        }
        Signer::Root => Authority::Root,
        Signer::Device(_, role) if role.leads() => Authority::Leads,
        Signer::Device(..) => return Err(LogError::NotAllowed),
    };
    match action {
        Action::Founded(_) | Action::Enrolled(_) => Err(LogError::NotAllowed),
        Action::Invited { member, name, role, invite_key, .. } => {
            authority.over(*role)?;
            invitation(org, *member, name, *role, invite_key)
        }
        Action::InviteWithdrawn { invite_key } => {
            let invite = org.invite(invite_key).ok_or(LogError::UnknownInvite)?;
            authority.over(org.member(invite.member).ok_or(LogError::UnknownMember)?.role)?;
            match invite.state {
                InviteState::Open => Ok(()),
                InviteState::Used(_) => Err(LogError::InviteUsed),
                InviteState::Withdrawn => Err(LogError::InviteWithdrawn),
            }
        }
        Action::RoleChanged { member, role } => {
            authority.root()?;
            let member = known_member(org, *member)?;
            if member.role == *role {
                return Err(LogError::NothingToChange);
            }
            if member.role == Role::Owner { another_owner(org, member) } else { Ok(()) }
        }
        Action::MemberRevoked { member } => {
            let member = known_member(org, *member)?;
            authority.over(member.role)?;
            if member.role == Role::Owner { another_owner(org, member) } else { Ok(()) }
        }
        Action::DeviceRevoked { device } => {
            let device = active_device(org, *device)?;
            authority.over(org.role_of(device).ok_or(LogError::UnknownMember)?)
        }
        Action::BatchPublished { batch, epoch, .. } => match org.batch(*batch) {
            None => Ok(()),
            Some(known) if known.erased => Err(LogError::BatchErased),
            Some(known) if known.epoch.checked_add(1) == Some(*epoch) => Ok(()),
            Some(_) => Err(LogError::WrongEpoch),
        },
        Action::BatchGranted { batch, epoch, device, .. } => {
            let batch = live_batch(org.batch(*batch))?;
            if batch.epoch != *epoch {
                return Err(LogError::WrongEpoch);
            }
            active_device(org, *device).map(|_| ())
        }
        Action::BatchErased { batch } => live_batch(org.batch(*batch)).map(|_| ()),
    }
}

#[derive(Clone, Copy)]
enum Authority {
    Root,
    Leads,
}

impl Authority {
    fn root(self) -> Result<(), LogError> {
        match self {
            Self::Root => Ok(()),
            Self::Leads => Err(LogError::NotAllowed),
        }
    }

    /// Leads and owners manage annotators; only the root key manages leads and owners.
    fn over(self, role: Role) -> Result<(), LogError> {
        if role == Role::Annotator { Ok(()) } else { self.root() }
    }
}

fn known_member(org: &Organisation, member: MemberId) -> Result<&Member, LogError> {
    org.member(member).filter(|member| member.status != MemberStatus::Revoked).ok_or(LogError::UnknownMember)
}

fn active_device(org: &Organisation, device: DeviceId) -> Result<&Device, LogError> {
    org.device(device).filter(|device| device.is_active()).ok_or(LogError::UnknownDevice)
}

fn live_batch(batch: Option<&Batch>) -> Result<&Batch, LogError> {
    match batch {
        None => Err(LogError::UnknownBatch),
        Some(batch) if batch.erased => Err(LogError::BatchErased),
        Some(batch) => Ok(batch),
    }
}

/// There has to be an owner who has a device, so that invited owners do not count.
fn another_owner(org: &Organisation, leaving: &Member) -> Result<(), LogError> {
    let stays = org.members().any(|member| {
        member.id != leaving.id && member.role == Role::Owner && member.status == MemberStatus::Active
    });
    if stays { Ok(()) } else { Err(LogError::LastOwner) }
}

fn unused_key(org: &Organisation, key: &VerifyingKey) -> Result<(), LogError> {
    if org.signer(key).is_some() { Err(LogError::KeyReused) } else { Ok(()) }
}

fn invitation(
    org: &Organisation,
    member: MemberId,
    name: &str,
    role: Role,
    invite_key: &VerifyingKey,
) -> Result<(), LogError> {
    checked_name(name)?;
    unused_key(org, invite_key)?;
    match org.member(member) {
        Some(known) if known.status == MemberStatus::Revoked => Err(LogError::IdReused),
        Some(known) if known.name != name || known.role != role => Err(LogError::MemberDiffers),
        Some(_) => Ok(()),
        None => {
            let folded_name = folded(name);
            let taken = org
                .members()
                .any(|other| other.status != MemberStatus::Revoked && folded(&other.name) == folded_name);
            if taken { Err(LogError::NameTaken) } else { Ok(()) }
        }
    }
}

fn enrolment(
    org: &Organisation,
    invite_key: &VerifyingKey,
    time: i64,
    enrolled: &Enrolled,
) -> Result<(), LogError> {
    let invite = org.invite(invite_key).ok_or(LogError::UnknownInvite)?;
    match invite.state {
        InviteState::Used(_) => return Err(LogError::InviteUsed),
        InviteState::Withdrawn => return Err(LogError::InviteWithdrawn),
        InviteState::Open => {}
    }
    if !invite.is_open(time) {
        return Err(LogError::InviteExpired);
    }
    if invite.member != enrolled.member {
        return Err(LogError::WrongMember);
    }
    known_member(org, enrolled.member)?;
    checked_name(&enrolled.device_name)?;
    if enrolled.agreement != Digest::of(org.agreement().as_bytes()) {
        return Err(LogError::AgreementDiffers);
    }
    if org.device(enrolled.device).is_some() {
        return Err(LogError::IdReused);
    }
    unused_key(org, &enrolled.signing)?;
    if enrolled.kem == *org.recovery() || org.devices().any(|device| device.kem == enrolled.kem) {
        return Err(LogError::KeyReused);
    }
    let proof = enrolled.possession.verify(&enrolled.signing).map_err(|_| LogError::Possession)?;
    let fits = proof.org == org.id()
        && proof.device == enrolled.device
        && proof.invite_key == *invite_key
        && proof.kem == enrolled.kem;
    if fits { Ok(()) } else { Err(LogError::Possession) }
}
