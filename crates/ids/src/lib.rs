//! The identifiers of everything that has one.
//!
//! An identifier is 128 random bits with a type that says what it names. It carries no time, no counter and no
//! meaning, so the server learns nothing from it. As text (JSON, command line, logs) it is 26 characters of
//! lower-case Crockford base 32; in CBOR it is 16 bytes.
//!
//! This crate is not the place for digests or keys (`abox-attest`, `abox-vault`).

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What an identifier names. Implemented only by the marker types of this crate.
pub trait Kind: 'static {
    /// The word for it in error messages.
    const NAME: &'static str;
}

/// An identifier of a `K`.
pub struct Id<K: Kind>([u8; 16], PhantomData<fn() -> K>);

/// The text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an identifier: expected 26 letters and digits")]
pub struct NotAnId;

fn encoding() -> &'static Encoding {
    static ENCODING: std::sync::OnceLock<Encoding> = std::sync::OnceLock::new();
    ENCODING.get_or_init(|| {
        let mut specification = Specification::new();
        specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
        #[expect(clippy::expect_used, reason = "a constant specification, covered by the tests")]
        specification.encoding().expect("a valid alphabet")
    })
}

impl<K: Kind> Id<K> {
    /// A new identifier from the operating system's random source.
    ///
    /// # Panics
    /// If the operating system has no random source; nothing sensible can go on without one.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        #[expect(clippy::expect_used, reason = "documented panic")]
        getrandom::fill(&mut bytes).expect("the operating system's random source");
        Self::from_bytes(bytes)
    }

    /// The identifier with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes, PhantomData)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K: Kind> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding().encode(&self.0))
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", K::NAME)
    }
}
impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let bytes = encoding().decode(text.as_bytes()).map_err(|_| NotAnId)?;
        Ok(Self::from_bytes(bytes.try_into().map_err(|_| NotAnId)?))
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<K>(PhantomData<K>);
        impl<K: Kind> de::Visitor<'_> for Visitor<K> {
            type Value = Id<K>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "the identifier of a {}", K::NAME)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id<K>, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Id<K>, E> {
                bytes.try_into().map(Id::from_bytes).map_err(|_| E::invalid_length(bytes.len(), &self))
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Visitor(PhantomData))
        } else {
            deserializer.deserialize_bytes(Visitor(PhantomData))
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $alias:ident = $marker:ident, $name:literal;)*) => {
        $(
            #[doc = concat!("Marks the identifier of a ", $name, ".")]
            pub enum $marker {}
            impl Kind for $marker {
                const NAME: &'static str = $name;
            }
            $(#[$doc])*
            pub type $alias = Id<$marker>;
        )*
    };
}

kinds! {
    /// An organisation: one company with its members and one root key.
    OrgId = Org, "organisation";
    /// A person of the organisation.
    MemberId = Member, "member";
    /// One enrolled installation with its own keys.
    DeviceId = Device, "device";
    /// A label schema under a name, shared by batches.
    ProjectId = Project, "project";
    /// A set of client files sealed together.
    BatchId = Batch, "batch";
    /// One file of a batch.
    ItemId = Item, "item";
    /// One sealed object as the server stores it.
    ObjectId = Object, "object";
    /// One drawn object or tag on an item.
    AnnotationId = Annotation, "annotation";
    /// A class of a label schema.
    ClassId = Class, "class";
    /// An attribute of a label schema.
    AttributeId = Attribute, "attribute";
    /// A remark of a reviewer or annotator.
    CommentId = Comment, "comment";
    /// A visible conflict between two revisions.
    ConflictId = Conflict, "conflict";
    /// A profile: one data directory of this program.
    ProfileId = Profile, "profile";
}

impl<K: Kind> ts_rs::TS for Id<K> {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;
    fn name(_: &ts_rs::Config) -> String {
        "string".to_owned()
    }
    fn inline(_: &ts_rs::Config) -> String {
        "string".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_json_and_cbor_lead_back(bytes: [u8; 16]) {
            let id = ItemId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().len(), 26);
            prop_assert_eq!(id.to_string().parse::<ItemId>().unwrap(), id);
            prop_assert_eq!(serde_json::from_str::<ItemId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
            let cbor = serde_ipld_dagcbor::to_vec(&id).unwrap();
            prop_assert_eq!(cbor.len(), 17);
            prop_assert_eq!(serde_ipld_dagcbor::from_slice::<ItemId>(&cbor).unwrap(), id);
        }

        #[test]
        fn any_text_is_refused_or_read_without_a_panic(text: String) {
            let _ = text.parse::<BatchId>();
        }
    }

    #[test]
    fn text_of_the_wrong_length_is_refused() {
        assert_eq!("0123".parse::<DeviceId>(), Err(NotAnId));
    }
}
