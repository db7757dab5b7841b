//! C2SP chunked encryption, instance Cobblestone-256: HKDF-Expand-SHA-512 and AES-256-GCM in chunks of 16 KiB.
//!
//! A sealed object is a salt of 24 bytes, a commitment of 32 bytes, and the chunks, each 16 bytes longer than what it
//! holds. All chunks but the last hold 16 KiB; the last holds less, perhaps nothing. The nonce of a chunk is the base
//! nonce XORed with its number. Specification: <https://c2sp.org/chunked-encryption>.
//!
//! AES-256-GCM is that of aws-lc here, which picks the fastest code for the CPU at run time (`docs/adr/0003-aes-backend.md`).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::error::Damage;

/// Bytes of content in every chunk but the last.
pub const CHUNK_LENGTH: usize = 16 * 1024;
pub(crate) const TAG_LENGTH: usize = 16;
pub(crate) const SEALED_CHUNK_LENGTH: usize = CHUNK_LENGTH + TAG_LENGTH;
pub(crate) const SALT_LENGTH: usize = 24;
pub(crate) const HEADER_LENGTH: usize = SALT_LENGTH + 32;
pub(crate) const MAX_CHUNKS: u64 = 1 << 38;

/// How long the sealed form of `plain` bytes is.
#[must_use]
pub const fn sealed_length(plain: u64) -> u64 {
    HEADER_LENGTH as u64 + plain + (plain / CHUNK_LENGTH as u64 + 1) * TAG_LENGTH as u64
}

/// How many bytes a sealed object of this length holds, and how many chunks it has.
pub(crate) fn plain_length(sealed: u64) -> Result<(u64, u64), Damage> {
    let body = sealed.checked_sub(HEADER_LENGTH as u64).ok_or(Damage::Length)?;
    let full = body / SEALED_CHUNK_LENGTH as u64;
    let last = body % SEALED_CHUNK_LENGTH as u64;
    let last = last.checked_sub(TAG_LENGTH as u64).ok_or(Damage::Length)?;
    if full >= MAX_CHUNKS {
        return Err(Damage::Length);
    }
    Ok((full * CHUNK_LENGTH as u64 + last, full + 1))
}

/// The derived keys of one object.
pub(crate) struct Chunks {
    key: LessSafeKey,
    base_nonce: [u8; 12],
}

impl Chunks {
    /// Derives them, with the commitment that stands in the header.
    pub(crate) fn derive(input_key: &[u8; 32], salt: &[u8; SALT_LENGTH], context: &[u8]) -> (Self, [u8; 32]) {
        let derived = derived_bytes(input_key, salt, context);
        let (mut key, mut base_nonce, mut commitment) = (Zeroizing::new([0; 32]), [0; 12], [0; 32]);
        key.copy_from_slice(&derived[..32]);
        base_nonce.copy_from_slice(&derived[32..44]);
        commitment.copy_from_slice(&derived[44..]);
        (Self::raw(&key, base_nonce), commitment)
    }

    /// The specification's raw mode: this very AES key and nonce.
    pub(crate) fn raw(key: &[u8; 32], base_nonce: [u8; 12]) -> Self {
        #[expect(clippy::expect_used, reason = "32 bytes are a valid AES-256 key")]
        let key = UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
        Self { key: LessSafeKey::new(key), base_nonce }
    }

    fn nonce(&self, index: u64) -> Nonce {
        let mut nonce = self.base_nonce;
        for (byte, counter) in nonce[4..].iter_mut().zip(index.to_be_bytes()) {
            *byte ^= counter;
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// Seals chunk `index` in place: `chunk` holds the content and 16 bytes more, which receive the tag.
    pub(crate) fn seal(&self, index: u64, chunk: &mut [u8]) -> Result<(), crate::VaultError> {
        if index >= MAX_CHUNKS {
            return Err(crate::VaultError::TooLarge);
        }
        let (content, tag_space) = chunk.split_at_mut(chunk.len() - TAG_LENGTH);
        let tag = self
            .key
            .seal_in_place_separate_tag(self.nonce(index), Aad::empty(), content)
            .map_err(|_| crate::VaultError::TooLarge)?;
        tag_space.copy_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens chunk `index` in place and gives its content. On failure the bytes are wiped.
    pub(crate) fn open<'a>(&self, index: u64, chunk: &'a mut [u8]) -> Result<&'a mut [u8], Damage> {
        use zeroize::Zeroize as _;
        if chunk.len() < TAG_LENGTH || index >= MAX_CHUNKS {
            return Err(Damage::Length);
        }
        let length = chunk.len() - TAG_LENGTH;
        if self.key.open_in_place(self.nonce(index), Aad::empty(), chunk).is_err() {
            chunk.zeroize();
            return Err(Damage::Chunk(index));
        }
        Ok(&mut chunk[..length])
    }

    /// Seals chunk after chunk: `run` holds full chunks with room for their tags, and perhaps a shorter last one. What
    /// comes back is sealed, so it need not be wiped; on failure `run` is.
    pub(crate) fn seal_run(
        &self,
        first: u64,
        mut run: Zeroizing<Vec<u8>>,
    ) -> Result<Vec<u8>, crate::VaultError> {
        for (index, chunk) in (first..).zip(run.chunks_mut(SEALED_CHUNK_LENGTH)) {
            self.seal(index, chunk)?;
        }
        Ok(std::mem::take(&mut *run))
    }

    /// Opens chunk after chunk in place. Gives how many opened before the first that did not; that one and all after
    /// it are wiped.
    pub(crate) fn open_run(&self, first: u64, run: &mut [u8]) -> usize {
        let mut opened = 0;
        for (index, chunk) in (first..).zip(run.chunks_mut(SEALED_CHUNK_LENGTH)) {
            if self.open(index, chunk).is_err() {
                break;
            }
            opened += 1;
        }
        let good = (opened * SEALED_CHUNK_LENGTH).min(run.len());
        zeroize::Zeroize::zeroize(&mut run[good..]);
        opened
    }
}

/// AES key (32 bytes), base nonce (12), commitment (32).
pub(crate) fn derived_bytes(
    input_key: &[u8; 32],
    salt: &[u8; SALT_LENGTH],
    context: &[u8],
) -> Zeroizing<[u8; 76]> {
    let mut derived = Zeroizing::new([0; 76]);
    let info: [&[u8]; 4] = [b"c2sp.org/chunked-encryption@v1+", b"AEAD_AES_256_GCM\0", salt, context];
    // RFC 5869 wants a pseudo-random key of at least the hash's length; HKDF-Expand as the specification uses it
    // takes the 32-byte key as it is, which the `hkdf` crate's constructor refuses. HMAC pads both alike.
    expand_sha512(input_key, &info, derived.as_mut());
    derived
}

fn expand_sha512(key: &[u8; 32], info: &[&[u8]], output: &mut [u8]) {
    // A shorter HMAC key is padded with zeros, so padding it here changes nothing.
    let mut padded = Zeroizing::new([0; 64]);
    padded[..32].copy_from_slice(key);
    #[expect(clippy::expect_used, reason = "64 bytes are the hash's length, and the output is short")]
    Hkdf::<Sha512>::from_prk(padded.as_ref())
        .expect("a key of the hash's length")
        .expand_multi_info(info, output)
        .expect("a short output");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_lead_back() {
        for plain in [0, 1, 16_383, 16_384, 16_385, 32_768, 1 << 30] {
            assert_eq!(plain_length(sealed_length(plain)), Ok((plain, plain / 16_384 + 1)));
        }
    }

    #[test]
    fn lengths_that_no_object_has_are_refused() {
        for sealed in [0, 55, 56, 71, 56 + 16_400, 56 + 16_400 + 15] {
            assert_eq!(plain_length(sealed), Err(Damage::Length), "{sealed}");
        }
    }
}
