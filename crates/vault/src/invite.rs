//! The one-time secret of an invite, and the signing key that both sides derive from it.

use abox_attest::SigningKey;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::keys::{derive, random_bytes};

/// The secret in an invite code. Who knows it can enrol one device as the invited member, once.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct InviteSecret([u8; 32]);

impl InviteSecret {
    /// A new random secret.
    #[must_use]
    pub fn generate() -> Self {
        Self(*random_bytes())
    }

    /// The secret out of an invite code.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    /// The bytes that go into the invite code and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key that signs the enrolment. Its public half stands in the organisation's log.
    #[must_use]
    pub fn invite_key(&self) -> SigningKey {
        SigningKey::from_seed(&derive(&self.0, b"abox/v1/invite-key"))
    }
}

impl std::fmt::Debug for InviteSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InviteSecret(…)")
    }
}
