//! The recovery kit: the organisation's root key and recovery key as words, to be printed once and kept in a safe.

use abox_attest::{SigningKey, VerifyingKey};
use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

use crate::{KemKey, KemPublic, VaultError};

/// The root key and the recovery key of an organisation.
#[derive(Debug)]
pub struct RecoveryKit {
    /// Signs members, roles and policy.
    pub root: SigningKey,
    /// Opens the recovery wrap of every batch key.
    pub recovery: KemKey,
}

/// The words are not a recovery kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryWordsError {
    /// Too few or too many.
    #[error("A recovery kit has two groups of 24 words; {found} words were found.")]
    Count {
        /// How many there were.
        found: usize,
    },
    /// Not in the list.
    #[error("Word {position} is not in the list of words. Compare it with the printed kit.")]
    UnknownWord {
        /// Counted from 1 through both groups.
        position: usize,
    },
    /// All words are known, but a group's checksum is wrong.
    #[error("A word of group {group} is wrong or in the wrong place. Compare it with the printed kit.")]
    Checksum {
        /// 1 or 2.
        group: usize,
    },
}

const GROUP: usize = 24;

impl RecoveryKit {
    /// New random keys.
    #[must_use]
    pub fn generate() -> Self {
        Self { root: SigningKey::generate(), recovery: KemKey::generate() }
    }

    /// The public halves: of the root key and of the recovery key.
    #[must_use]
    pub fn public(&self) -> (VerifyingKey, KemPublic) {
        (self.root.verifying_key(), self.recovery.public())
    }

    /// Two groups of 24 words (BIP-39, English): the root key, then the recovery key.
    ///
    /// # Errors
    /// [`VaultError::KeychainDamaged`], which cannot happen for keys of 32 bytes.
    pub fn words(&self) -> Result<Zeroizing<String>, VaultError> {
        let mut text = Zeroizing::new(String::with_capacity(600));
        for key in [self.root.seed(), self.recovery.bytes()] {
            let mnemonic = Mnemonic::from_entropy_in(Language::English, key.as_ref())
                .map_err(|_| VaultError::KeychainDamaged)?;
            for (index, word) in mnemonic.words().enumerate() {
                text.push_str(word);
                text.push(if index % 6 == 5 { '\n' } else { ' ' });
            }
            text.push('\n');
        }
        Ok(text)
    }

    /// The kit as a page to be printed. Lines that start with `#` are explanation.
    ///
    /// # Errors
    /// As [`RecoveryKit::words`].
    pub fn document(&self) -> Result<Zeroizing<String>, VaultError> {
        let mut text = Zeroizing::new(String::with_capacity(1400));
        text.push_str(
            "# Recovery kit\n#\n\
             # These words open every batch of the organisation and let their holder appoint leads.\n\
             # Print this page, put it into a safe, and delete this file.\n#\n\
             # Fingerprint of the root key:\n# ",
        );
        text.push_str(&self.root.verifying_key().fingerprint());
        text.push_str("\n#\n# First the root key, then the recovery key, 24 words each.\n\n");
        text.push_str(&self.words()?);
        Ok(text)
    }

    /// The kit from its words or its page.
    ///
    /// # Errors
    /// [`RecoveryWordsError`], which names the position of a wrong word, never the word.
    pub fn from_text(text: &str) -> Result<Self, RecoveryWordsError> {
        let lower = Zeroizing::new(text.to_lowercase());
        let words: Vec<&str> = lower
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .flat_map(str::split_whitespace)
            .collect();
        if words.len() != 2 * GROUP {
            return Err(RecoveryWordsError::Count { found: words.len() });
        }
        let mut keys = [Zeroizing::new([0; 32]), Zeroizing::new([0; 32])];
        for (group, key) in keys.iter_mut().enumerate() {
            let joined = Zeroizing::new(words[group * GROUP..(group + 1) * GROUP].join(" "));
            let mnemonic =
                Mnemonic::parse_in_normalized(Language::English, &joined).map_err(|error| match error {
                    bip39::Error::UnknownWord(index) => {
                        RecoveryWordsError::UnknownWord { position: group * GROUP + index + 1 }
                    }
                    _ => RecoveryWordsError::Checksum { group: group + 1 },
                })?;
            let (entropy, length) = mnemonic.to_entropy_array();
            let entropy = Zeroizing::new(entropy);
            if length != 32 {
                return Err(RecoveryWordsError::Checksum { group: group + 1 });
            }
            key.copy_from_slice(&entropy[..32]);
        }
        let recovery = KemKey::from_bytes(&keys[1]).map_err(|_| RecoveryWordsError::Checksum { group: 2 })?;
        Ok(Self { root: SigningKey::from_seed(&keys[0]), recovery })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_page_leads_back_to_the_keys() {
        let kit = RecoveryKit::generate();
        let page = kit.document().unwrap();
        let again = RecoveryKit::from_text(&page.to_uppercase()).unwrap();
        assert_eq!(again.public(), kit.public());
    }

    #[test]
    fn a_wrong_word_is_named_by_its_position_only() {
        let kit = RecoveryKit::generate();
        let words = kit.words().unwrap();
        let mut list: Vec<&str> = words.split_whitespace().collect();
        let error = RecoveryKit::from_text(&list[1..].join(" ")).unwrap_err();
        assert_eq!(error, RecoveryWordsError::Count { found: 47 });
        list[29] = "xylophones";
        assert_eq!(
            RecoveryKit::from_text(&list.join(" ")).unwrap_err(),
            RecoveryWordsError::UnknownWord { position: 30 }
        );
        list[29] = if list[28] == "zoo" { "zone" } else { "zoo" };
        let exchanged = RecoveryKit::from_text(&list.join(" "));
        // One in 256 wrong words fits the checksum of 8 bits by chance.
        if let Err(error) = exchanged {
            assert_eq!(error, RecoveryWordsError::Checksum { group: 2 });
        }
    }
}
