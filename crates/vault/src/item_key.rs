//! Item keys wrapped by their batch's key: AES-256-GCM under a key derived for this purpose, bound to the place.

use abox_ids::{BatchId, ItemId, OrgId};
use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use aes_gcm::{Aes256Gcm, Key};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::keys::{KeyBytes as _, derive, random_bytes};
use crate::{BatchKey, ItemKey, VaultError};

/// A wrapped item key: nonce (12 bytes), encrypted key (32), tag (16).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrappedItemKey(pub [u8; 60]);

fn associated_data(org: OrgId, batch: BatchId, item: ItemId, epoch: u32) -> Vec<u8> {
    let mut data = b"abox/v1/item-key".to_vec();
    data.extend_from_slice(org.as_bytes());
    data.extend_from_slice(batch.as_bytes());
    data.extend_from_slice(item.as_bytes());
    data.extend_from_slice(&epoch.to_be_bytes());
    data
}

impl BatchKey {
    fn item_cipher(&self) -> Aes256Gcm {
        let key = derive(self.bytes(), b"abox/v1/item-keys");
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
    }

    /// Wraps the key of an item.
    ///
    /// # Errors
    /// [`VaultError::WrapRefused`], which cannot happen for a key of 32 bytes.
    pub fn wrap_item(
        &self,
        key: &ItemKey,
        org: OrgId,
        batch: BatchId,
        item: ItemId,
        epoch: u32,
    ) -> Result<WrappedItemKey, VaultError> {
        let mut wrapped = [0; 60];
        wrapped[..12].copy_from_slice(&random_bytes()[..12]);
        let nonce = Nonce::<Aes256Gcm>::try_from(&wrapped[..12]).map_err(|_| VaultError::WrapRefused)?;
        let aad = associated_data(org, batch, item, epoch);
        let sealed = self
            .item_cipher()
            .encrypt(&nonce, Payload { msg: key.bytes(), aad: &aad })
            .map_err(|_| VaultError::WrapRefused)?;
        wrapped[12..].copy_from_slice(&sealed);
        Ok(WrappedItemKey(wrapped))
    }

    /// The key of an item, from its wrapped form.
    ///
    /// # Errors
    /// [`VaultError::WrapRefused`] if it was wrapped by another key or for another place, or was changed.
    pub fn unwrap_item(
        &self,
        wrapped: &WrappedItemKey,
        org: OrgId,
        batch: BatchId,
        item: ItemId,
        epoch: u32,
    ) -> Result<ItemKey, VaultError> {
        let nonce = Nonce::<Aes256Gcm>::try_from(&wrapped.0[..12]).map_err(|_| VaultError::WrapRefused)?;
        let aad = associated_data(org, batch, item, epoch);
        let opened = Zeroizing::new(
            self.item_cipher()
                .decrypt(&nonce, Payload { msg: &wrapped.0[12..], aad: &aad })
                .map_err(|_| VaultError::WrapRefused)?,
        );
        let bytes: &[u8; 32] = opened.as_slice().try_into().map_err(|_| VaultError::WrapRefused)?;
        Ok(ItemKey::from_bytes(bytes))
    }
}

impl Serialize for WrappedItemKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for WrappedItemKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?.into_vec();
        bytes.try_into().map(Self).map_err(|_| de::Error::custom("a wrapped key has 60 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_only_where_it_belongs() {
        let (org, batch, item) = (OrgId::random(), BatchId::random(), ItemId::random());
        let (outer, key) = (BatchKey::generate(), ItemKey::generate());
        let wrapped = outer.wrap_item(&key, org, batch, item, 3).unwrap();
        let opened = outer.unwrap_item(&wrapped, org, batch, item, 3).unwrap();
        assert_eq!(opened.bytes(), key.bytes());
        assert!(outer.unwrap_item(&wrapped, OrgId::random(), batch, item, 3).is_err());
        assert!(outer.unwrap_item(&wrapped, org, BatchId::random(), item, 3).is_err());
        assert!(outer.unwrap_item(&wrapped, org, batch, ItemId::random(), 3).is_err());
        assert!(outer.unwrap_item(&wrapped, org, batch, item, 4).is_err());
        assert!(BatchKey::generate().unwrap_item(&wrapped, org, batch, item, 3).is_err());
        for bit in 0..60 * 8 {
            let mut changed = wrapped;
            changed.0[bit / 8] ^= 1 << (bit % 8);
            assert!(outer.unwrap_item(&changed, org, batch, item, 3).is_err());
        }
    }
}
