//! Granting a batch: its key is wrapped for every device of a member that the log vouches for, and for no other.

use abox_attest::{Digest, to_canonical};
use abox_ids::{BatchId, MemberId};
use abox_protocol::org::{Action, Device};
use abox_protocol::wire::Wrap;
use abox_vault::{KemPublic, Recipient, WrapPurpose, wrap_batch_key};

use super::Profile;
use crate::contract::{ErrorCode, Failure};
use crate::failure;

impl Profile {
    /// Grants a batch to all devices of a member. Devices that hold it already are left as they are.
    ///
    /// # Errors
    /// [`ErrorCode::NotAllowed`], [`ErrorCode::NotFound`], [`ErrorCode::InvalidInput`] for a batch that is not on the
    /// server or a member without a device, [`ErrorCode::Offline`].
    pub fn assign(&self, batch: BatchId, member: MemberId) -> Result<(), Failure> {
        self.require_lead()?;
        self.refresh_log()?;
        let organisation = self.organisation();
        let published = organisation.batch(batch).ok_or_else(super::push::unpublished)?;
        let epoch = published.epoch;
        if organisation.member(member).is_none() {
            return Err(failure::not_found("member"));
        }
        let devices: Vec<Device> =
            organisation.devices_of(member).filter(|device| device.is_active()).cloned().collect();
        if devices.is_empty() {
            return Err(Failure::new(
                ErrorCode::InvalidInput,
                "This member has not enrolled a device yet. Assign the batch once they have.",
            ));
        }
        let key = self.batch_key(batch)?;
        for device in devices {
            if published.grants.get(&device.id).is_some_and(|grant| grant.epoch == epoch) {
                continue;
            }
            let recipient = Recipient {
                purpose: WrapPurpose::Device { device: device.id },
                kem: KemPublic(device.kem.0),
                certificate: device.enrolment,
            };
            let wrap = wrap_batch_key(&key, &recipient, organisation.id(), batch, epoch, &self.keys.signing)
                .map_err(|error| failure::vault(&error))?;
            let bytes = to_canonical(&wrap).map_err(|_| failure::unencodable())?;
            // Kept first: if the connection breaks after the log has the grant, the next sync sends the wrap.
            self.store()
                .put_wrap(batch, u64::from(epoch), device.id, &bytes)
                .map_err(|error| failure::store(&error))?;
            let grant = Action::BatchGranted { batch, epoch, device: device.id, wrap: Digest::of(&bytes) };
            self.append_log(&grant, &self.keys.signing)?;
            self.send_wrap(batch, Wrap { device: Some(device.id), epoch, bytes })?;
        }
        Ok(())
    }

    /// Sends wraps again that the log grants by this device's hand and the server may lack.
    pub(super) fn resend_wraps(&self, batch: BatchId) -> Result<(), Failure> {
        let organisation = self.organisation();
        let Some(published) = organisation.batch(batch) else { return Ok(()) };
        let own = self.keys.signing.verifying_key();
        for (device, grant) in published.grants.iter().filter(|(_, grant)| grant.by == own) {
            let wrap = self
                .store()
                .wrap(batch, u64::from(grant.epoch), *device)
                .map_err(|error| failure::store(&error))?;
            if let Some(bytes) = wrap.filter(|bytes| Digest::of(bytes) == grant.wrap) {
                self.send_wrap(batch, Wrap { device: Some(*device), epoch: grant.epoch, bytes })?;
            }
        }
        Ok(())
    }
}
