//! BLAKE3, as the name of the bytes of a sealed object.
//!
//! SHA-256 ([`crate::Digest`]) names what people said; this names ciphertext, which can be a gigabyte and is digested
//! wherever it is made, stored or received. BLAKE3 is as strong and several times as fast
//! (`docs/adr/0007-object-digest.md`). It is a type of its own, so that neither digest can stand where the other belongs.

use std::io::{self, Read};

/// The BLAKE3 digest (32 bytes, no key) of the sealed bytes of an object. Hexadecimal as text, 32 bytes in CBOR.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ObjectDigest(pub [u8; 32]);

crate::digest::as_text_and_bytes!(ObjectDigest);

impl ObjectDigest {
    /// The digest of `sealed`.
    #[must_use]
    pub fn of(sealed: &[u8]) -> Self {
        Self(blake3::hash(sealed).into())
    }

    /// The digest of all that `sealed` still gives, and how many bytes that were.
    ///
    /// # Errors
    /// What reading gives.
    pub fn of_stream(sealed: impl Read) -> io::Result<(Self, u64)> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(sealed)?;
        Ok((Self(hasher.finalize().into()), hasher.count()))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Digests a sealed object piece by piece.
#[derive(Default)]
pub struct ObjectHasher(blake3::Hasher);

impl ObjectHasher {
    /// Takes in more bytes. Pieces of 64 KiB and more are fastest.
    pub fn update(&mut self, sealed: &[u8]) {
        self.0.update(sealed);
    }

    /// The digest of all that was taken in.
    #[must_use]
    pub fn finish(&self) -> ObjectDigest {
        ObjectDigest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the published vectors are made of: 0, 1, …, 250, 0, 1, …
    fn input(length: usize) -> Vec<u8> {
        (0..=250).cycle().take(length).collect()
    }

    #[test]
    fn published_vectors() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/blake3_test_vectors.json")).unwrap();
        let mut checked = 0;
        for case in file["cases"].as_array().unwrap() {
            let input = input(usize::try_from(case["input_len"].as_u64().unwrap()).unwrap());
            // The vectors go on beyond the 32 bytes that make a digest.
            let expected = &case["hash"].as_str().unwrap()[..64];
            assert_eq!(ObjectDigest::of(&input).to_string(), expected, "{} bytes", input.len());
            assert_eq!(ObjectDigest::of(&input), expected.parse().unwrap());
            let (digest, length) = ObjectDigest::of_stream(&*input).unwrap();
            assert_eq!((digest.to_string().as_str(), length), (expected, input.len() as u64));
            checked += 1;
        }
        assert_eq!(checked, 35);
    }

    proptest! {
        #[test]
        fn pieces_and_streams_come_to_the_same_as_the_whole(
            length in 0usize..400_000,
            piece in 1usize..100_000,
        ) {
            let input = input(length);
            let mut hasher = ObjectHasher::default();
            for piece in input.chunks(piece) {
                hasher.update(piece);
            }
            prop_assert_eq!(hasher.finish(), ObjectDigest::of(&input));
            prop_assert_eq!(ObjectDigest::of_stream(&*input).unwrap(), (hasher.finish(), length as u64));
        }
    }

    #[test]
    fn a_statements_digest_of_the_same_bytes_is_another() {
        assert_ne!(ObjectDigest::of(b"bytes").0, crate::Digest::of(b"bytes").0);
    }
}
