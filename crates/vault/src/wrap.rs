//! Batch keys wrapped for a device or for recovery: HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256),
//! HKDF-SHA256, AES-256-GCM, as a statement signed by the wrapping device.
//!
//! `info` and `aad` bind the purpose, organisation, batch, epoch, recipient and the log entry that vouches for it, so a
//! wrap cannot be passed on to another device or batch; the signature says who wrapped.

use std::fmt;

use abox_attest::{Digest, Signed, SigningKey, Statement, VerifyingKey};
use abox_ids::{BatchId, DeviceId, OrgId};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::keys::KeyBytes as _;
use crate::{BatchKey, VaultError};

type Kem = X25519HkdfSha256;

/// The suite in use: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
const SUITE: u8 = 1;

/// The private key to which batch keys are wrapped. Erased when dropped, prints nothing.
pub struct KemKey(<Kem as hpke::Kem>::PrivateKey);

/// Its public half: 32 bytes; hexadecimal as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KemPublic(pub [u8; 32]);

/// For whom a key is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WrapPurpose {
    /// For a device to work with.
    Device {
        /// Which.
        device: DeviceId,
    },
    /// For the recovery kit.
    Recovery,
}

/// The addressee of a wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    /// What for.
    pub purpose: WrapPurpose,
    /// The addressee's key.
    pub kem: KemPublic,
    /// The digest of the log entry that vouches for this key.
    pub certificate: Digest,
}

/// A wrapped batch key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrap {
    suite: u8,
    purpose: WrapPurpose,
    org: OrgId,
    batch: BatchId,
    epoch: u32,
    recipient: KemPublic,
    certificate: Digest,
    #[serde(with = "serde_bytes")]
    encapsulated: Vec<u8>,
    #[serde(with = "serde_bytes")]
    ciphertext: Vec<u8>,
}

impl Statement for Wrap {
    const KIND: &'static str = "wrap";
}

impl Wrap {
    /// The batch whose key it holds.
    #[must_use]
    pub fn batch(&self) -> BatchId {
        self.batch
    }

    /// For whom it is.
    #[must_use]
    pub fn purpose(&self) -> WrapPurpose {
        self.purpose
    }

    /// The epoch of the key.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    fn info(&self) -> Vec<u8> {
        let mut info = b"abox/v1/wrap\0".to_vec();
        info.push(self.suite);
        match self.purpose {
            WrapPurpose::Device { device } => {
                info.push(1);
                info.extend_from_slice(device.as_bytes());
            }
            WrapPurpose::Recovery => {
                info.push(2);
                info.extend_from_slice(&[0; 16]);
            }
        }
        info.extend_from_slice(self.org.as_bytes());
        info.extend_from_slice(self.batch.as_bytes());
        info.extend_from_slice(&self.epoch.to_be_bytes());
        info
    }

    fn aad(&self) -> Vec<u8> {
        [self.recipient.0.as_slice(), self.certificate.as_bytes()].concat()
    }
}

impl KemKey {
    /// A new random key.
    #[must_use]
    pub fn generate() -> Self {
        Self(Kem::gen_keypair().0)
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, VaultError> {
        <Kem as hpke::Kem>::PrivateKey::from_bytes(bytes).map(Self).map_err(|_| VaultError::KeychainDamaged)
    }

    pub(crate) fn bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(&self.0.to_bytes());
        bytes
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> KemPublic {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&Kem::sk_to_pk(&self.0).to_bytes());
        KemPublic(bytes)
    }
}

impl fmt::Debug for KemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KemKey(…)")
    }
}

/// Wraps a batch key for `to`, signed by the wrapping device.
///
/// # Errors
/// [`VaultError::WrapRefused`] if the addressee's key is not a usable X25519 key.
pub fn wrap_batch_key(
    key: &BatchKey,
    to: &Recipient,
    org: OrgId,
    batch: BatchId,
    epoch: u32,
    signer: &SigningKey,
) -> Result<Signed<Wrap>, VaultError> {
    let mut wrap = Wrap {
        suite: SUITE,
        purpose: to.purpose,
        org,
        batch,
        epoch,
        recipient: to.kem,
        certificate: to.certificate,
        encapsulated: Vec::new(),
        ciphertext: Vec::new(),
    };
    let public = <Kem as hpke::Kem>::PublicKey::from_bytes(&to.kem.0).map_err(|_| VaultError::WrapRefused)?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, Kem>(
        &OpModeS::Base,
        &public,
        &wrap.info(),
        key.bytes(),
        &wrap.aad(),
    )
    .map_err(|_| VaultError::WrapRefused)?;
    wrap.encapsulated = encapsulated.to_bytes().to_vec();
    wrap.ciphertext = ciphertext;
    Signed::sign(&wrap, signer).map_err(|_| VaultError::WrapRefused)
}

/// The batch key and its epoch, from a wrap that `signer` made for this device.
///
/// # Errors
/// [`VaultError::WrapUnexpected`] if the signature or anything that the wrap binds is not as expected,
/// [`VaultError::WrapRefused`] if it does not open.
pub fn unwrap_batch_key(
    wrap: &Signed<Wrap>,
    signer: &VerifyingKey,
    org: OrgId,
    batch: BatchId,
    device: DeviceId,
    certificate: Digest,
    kem: &KemKey,
) -> Result<(BatchKey, u32), VaultError> {
    unwrap(wrap, signer, org, batch, WrapPurpose::Device { device }, certificate, kem)
}

/// The batch key and its epoch, from a wrap that `signer` made for the recovery kit.
///
/// # Errors
/// As [`unwrap_batch_key`].
pub fn unwrap_for_recovery(
    wrap: &Signed<Wrap>,
    signer: &VerifyingKey,
    org: OrgId,
    batch: BatchId,
    certificate: Digest,
    kem: &KemKey,
) -> Result<(BatchKey, u32), VaultError> {
    unwrap(wrap, signer, org, batch, WrapPurpose::Recovery, certificate, kem)
}

fn unwrap(
    wrap: &Signed<Wrap>,
    signer: &VerifyingKey,
    org: OrgId,
    batch: BatchId,
    purpose: WrapPurpose,
    certificate: Digest,
    kem: &KemKey,
) -> Result<(BatchKey, u32), VaultError> {
    let wrap = wrap.verify(signer).map_err(|_| VaultError::WrapUnexpected)?;
    let expected = wrap.suite == SUITE
        && wrap.purpose == purpose
        && wrap.org == org
        && wrap.batch == batch
        && wrap.certificate == certificate
        && wrap.recipient == kem.public();
    if !expected {
        return Err(VaultError::WrapUnexpected);
    }
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&wrap.encapsulated)
        .map_err(|_| VaultError::WrapRefused)?;
    let opened = Zeroizing::new(
        hpke::single_shot_open::<AesGcm256, HkdfSha256, Kem>(
            &OpModeR::Base,
            &kem.0,
            &encapsulated,
            &wrap.info(),
            &wrap.ciphertext,
            &wrap.aad(),
        )
        .map_err(|_| VaultError::WrapRefused)?,
    );
    let bytes: &[u8; 32] = opened.as_slice().try_into().map_err(|_| VaultError::WrapRefused)?;
    Ok((BatchKey::from_bytes(bytes), wrap.epoch))
}

impl fmt::Display for KemPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}
impl fmt::Debug for KemPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for KemPublic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}
impl<'de> Deserialize<'de> for KemPublic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(de::Error::custom)?
        } else {
            serde_bytes::ByteBuf::deserialize(deserializer)?.into_vec()
        };
        bytes.try_into().map(Self).map_err(|_| de::Error::custom("a public key has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrap_opens_only_for_the_device_batch_and_log_entry_it_was_made_for() {
        let (org, batch, device) = (OrgId::random(), BatchId::random(), DeviceId::random());
        let (signer, kem, key) = (SigningKey::generate(), KemKey::generate(), BatchKey::generate());
        let certificate = Digest::of(b"entry");
        let purpose = WrapPurpose::Device { device };
        let to = Recipient { purpose, kem: kem.public(), certificate };
        let wrap = wrap_batch_key(&key, &to, org, batch, 2, &signer).unwrap();
        let by = signer.verifying_key();
        let (opened, epoch) = unwrap_batch_key(&wrap, &by, org, batch, device, certificate, &kem).unwrap();
        assert_eq!((opened.bytes(), epoch), (key.bytes(), 2));

        let other = SigningKey::generate().verifying_key();
        assert!(unwrap_batch_key(&wrap, &other, org, batch, device, certificate, &kem).is_err());
        assert!(unwrap_batch_key(&wrap, &by, OrgId::random(), batch, device, certificate, &kem).is_err());
        assert!(unwrap_batch_key(&wrap, &by, org, BatchId::random(), device, certificate, &kem).is_err());
        assert!(unwrap_batch_key(&wrap, &by, org, batch, DeviceId::random(), certificate, &kem).is_err());
        assert!(unwrap_batch_key(&wrap, &by, org, batch, device, Digest::of(b"other"), &kem).is_err());
        assert!(unwrap_batch_key(&wrap, &by, org, batch, device, certificate, &KemKey::generate()).is_err());
        assert!(unwrap_for_recovery(&wrap, &by, org, batch, certificate, &kem).is_err());
    }

    #[test]
    fn a_wrap_that_another_device_signs_again_is_refused_for_what_it_binds() {
        let (org, batch, device) = (OrgId::random(), BatchId::random(), DeviceId::random());
        let (signer, kem, key) = (SigningKey::generate(), KemKey::generate(), BatchKey::generate());
        let certificate = Digest::of(b"entry");
        let to = Recipient { purpose: WrapPurpose::Device { device }, kem: kem.public(), certificate };
        let mut body = wrap_batch_key(&key, &to, org, batch, 2, &signer).unwrap().claim().unwrap();
        body.epoch = 3;
        let again = Signed::sign(&body, &signer).unwrap();
        let refused =
            unwrap_batch_key(&again, &signer.verifying_key(), org, batch, device, certificate, &kem);
        assert!(matches!(refused, Err(VaultError::WrapRefused)));
    }
}
