//! Members and invites, as the verified log has them.

use std::time::Duration;

use abox_ids::MemberId;
use abox_protocol::invite::InviteCode;
use abox_protocol::org::{Action, MemberStatus, Role};
use abox_vault::{InviteSecret, OsKeychain, load_root};
use zeroize::Zeroizing;

use super::{Profile, role_of};
use crate::clock;
use crate::contract::{
    DeviceSummary, ErrorCode, Failure, InviteIssued, InviteMemberArguments, MemberRole, MemberSummary,
};
use crate::failure;

/// How long an invite can be used when nobody says otherwise.
pub const INVITE_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// A code that lies about for longer is a risk that nobody remembers.
const LONGEST_LIFETIME: Duration = Duration::from_hours(30 * 24);

impl Profile {
    /// Everybody who takes part or is invited.
    #[must_use]
    pub fn members(&self) -> Vec<MemberSummary> {
        let organisation = self.organisation();
        let now = clock::now();
        let mut members: Vec<_> = organisation
            .members()
            .filter(|member| member.status != MemberStatus::Revoked)
            .map(|member| MemberSummary {
                id: member.id,
                name: member.name.clone(),
                role: role_of(member.role),
                devices: organisation
                    .devices_of(member.id)
                    .filter(|device| device.is_active())
                    .map(|device| DeviceSummary {
                        name: device.name.clone(),
                        fingerprint: device.signing.fingerprint(),
                    })
                    .collect(),
                invited: organisation
                    .invites()
                    .any(|invite| invite.member == member.id && invite.is_open(now)),
            })
            .collect();
        members.sort_by(|a, b| a.role.cmp(&b.role).then_with(|| a.name.cmp(&b.name)));
        members
    }

    /// Invites a new member with a code that can be used for `lifetime`. It is returned once and not kept.
    ///
    /// # Errors
    /// [`ErrorCode::NotAllowed`]: leads invite annotators, the owner everybody. [`ErrorCode::InvalidInput`] for a name
    /// that is taken or none, or a lifetime of more than 30 days. [`ErrorCode::Offline`].
    pub fn invite(
        &self,
        arguments: &InviteMemberArguments,
        lifetime: Duration,
    ) -> Result<InviteIssued, Failure> {
        self.require_lead()?;
        if lifetime > LONGEST_LIFETIME {
            return Err(Failure::new(ErrorCode::InvalidInput, "An invite can be valid for at most 30 days."));
        }
        let role = match arguments.role {
            MemberRole::Owner => Role::Owner,
            MemberRole::Lead => Role::Lead,
            MemberRole::Annotator => Role::Annotator,
        };
        let secret = InviteSecret::generate();
        let member = MemberId::random();
        let expires = clock::now() + i64::try_from(lifetime.as_millis()).unwrap_or_default();
        let action = Action::Invited {
            member,
            name: arguments.name.trim().to_owned(),
            role,
            invite_key: secret.invite_key().verifying_key(),
            expires,
        };
        if role.leads() {
            let keychain = OsKeychain::new(self.home.profile());
            let root = load_root(&keychain).map_err(|error| failure::vault(&error))?.ok_or_else(|| {
                Failure::new(ErrorCode::NotAllowed, "Only the owner, who holds the root key, appoints leads.")
            })?;
            self.append_log(&action, &root)?;
        } else {
            self.append_log(&action, &self.keys.signing)?;
        }
        let code = InviteCode {
            server_url: self.place.server.clone(),
            pin: self.place.pin,
            org: self.place.org,
            root: self.place.root,
            member,
            secret: Zeroizing::new(*secret.expose()),
        };
        Ok(InviteIssued { code: code.to_text().to_string(), expires })
    }

    /// The member that an identifier or an unambiguous name means.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn find_member(&self, text: &str) -> Result<MemberId, Failure> {
        let organisation = self.organisation();
        text.parse()
            .ok()
            .filter(|id| organisation.member(*id).is_some())
            .or_else(|| organisation.member_named(text).map(|member| member.id))
            .ok_or_else(|| Failure::new(ErrorCode::NotFound, "There is no such member."))
    }

    /// The name of a member, for showing who did something.
    #[must_use]
    pub fn member_name(&self, member: MemberId) -> String {
        self.organisation().member(member).map(|member| member.name.clone()).unwrap_or_default()
    }

    /// Brings the log up to date, so that members and grants are the newest.
    ///
    /// # Errors
    /// [`ErrorCode::Offline`], [`ErrorCode::ServerLied`].
    pub fn refresh(&self) -> Result<(), Failure> {
        self.refresh_log()
    }

    /// Revokes a member with all devices, or one device, given by identifier or unambiguous name.
    ///
    /// # Errors
    /// [`ErrorCode::NotAllowed`], [`ErrorCode::NotFound`], [`ErrorCode::Offline`].
    pub fn revoke(&self, text: &str) -> Result<(), Failure> {
        self.require_lead()?;
        self.refresh_log()?;
        let organisation = self.organisation();
        let device = organisation
            .devices()
            .find(|device| device.is_active() && (device.id.to_string() == text || device.name == text))
            .map(|device| (device.id, device.member));
        let (action, member) = match self.find_member(text) {
            Ok(member) => (Action::MemberRevoked { member }, member),
            Err(failure) => {
                let (device, member) = device.ok_or(failure)?;
                (Action::DeviceRevoked { device }, member)
            }
        };
        let leads = organisation.member(member).is_some_and(|member| member.role.leads());
        if leads {
            let keychain = OsKeychain::new(self.home.profile());
            let root = load_root(&keychain).map_err(|error| failure::vault(&error))?.ok_or_else(|| {
                Failure::new(ErrorCode::NotAllowed, "Only the owner, who holds the root key, revokes leads.")
            })?;
            self.append_log(&action, &root)
        } else {
            self.append_log(&action, &self.keys.signing)
        }
    }
}
