//! Deterministic CBOR: one value has exactly one encoding.
//!
//! DAG-CBOR's rules are used (definite lengths, shortest integers, 64-bit floats, sorted text keys, no NaN, no tags
//! but the CID's). On reading, the value is encoded again and compared, so that even an encoding which the parser
//! would tolerate is refused.

use serde::{Serialize, de::DeserializeOwned};

/// The bytes are not the canonical encoding of the expected type, or the value has no canonical encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The value holds something that has no encoding (NaN, a map whose keys are not text).
    #[error("this value has no canonical encoding")]
    Unencodable,
    /// The bytes do not decode to the expected type.
    #[error("these bytes do not decode")]
    Undecodable,
    /// The bytes decode, but are not the one encoding of what they decode to.
    #[error("these bytes are not in canonical form")]
    NotCanonical,
}

/// The one encoding of `value`.
///
/// # Errors
/// [`CanonicalError::Unencodable`].
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    serde_ipld_dagcbor::to_vec(value).map_err(|_| CanonicalError::Unencodable)
}

/// The value whose one encoding is `bytes`.
///
/// # Errors
/// [`CanonicalError::Undecodable`] or [`CanonicalError::NotCanonical`].
pub fn from_canonical<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let value: T = serde_ipld_dagcbor::from_slice(bytes).map_err(|_| CanonicalError::Undecodable)?;
    if to_canonical(&value)? == bytes { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_encoding_of_the_same_integer_is_refused() {
        assert_eq!(from_canonical::<u64>(&[0x01]), Ok(1));
        assert!(from_canonical::<u64>(&[0x18, 0x01]).is_err());
    }

    #[test]
    fn trailing_bytes_are_refused() {
        assert!(from_canonical::<u64>(&[0x01, 0x01]).is_err());
    }

    #[test]
    fn an_unknown_field_is_refused() {
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        struct One {
            a: u8,
        }
        #[derive(serde::Serialize)]
        struct Two {
            a: u8,
            b: u8,
        }
        let bytes = to_canonical(&Two { a: 1, b: 2 }).unwrap();
        assert_eq!(from_canonical::<One>(&bytes), Err(CanonicalError::NotCanonical));
    }

    #[test]
    fn nan_has_no_encoding() {
        assert_eq!(to_canonical(&f64::NAN), Err(CanonicalError::Unencodable));
    }
}
