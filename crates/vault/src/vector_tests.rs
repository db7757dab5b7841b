//! Published vectors: C2SP's for Cobblestone-256, Wycheproof's for the primitives, and RFC 9180's for the suite in use.
//! The files are in `tests/vectors` at the top. Every test counts what it checked, so that none passes by skipping.

use std::io::{Cursor, Read as _};

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use data_encoding::HEXLOWER;
use hkdf::Hkdf;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};

use crate::chunk::{CHUNK_LENGTH, Chunks, HEADER_LENGTH, SALT_LENGTH, SEALED_CHUNK_LENGTH};
use crate::error::Damage;
use crate::{Opener, VaultError};

macro_rules! vectors {
    ($file:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../../tests/vectors/", $file))).unwrap()
    };
}

fn hex(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    hex(value).try_into().unwrap()
}

/// Each test with its group.
fn tests(file: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    file["testGroups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["tests"].as_array().unwrap().iter().map(move |test| (group, test)))
}

fn flagged(test: &Value, flag: &str) -> bool {
    test["flags"].as_array().unwrap().iter().any(|found| found == flag)
}

/// Whether `plain` is what the vector says, by length and SHA-512.
fn assert_message(test: &Value, plain: &[u8]) {
    assert_eq!(plain.len() as u64, test["msgLength"].as_u64().unwrap(), "{test}");
    assert_eq!(Sha512::digest(plain).as_slice(), hex(&test["msgSha512"]), "{}", test["tcId"]);
}

fn read_all(opener: &mut Opener<Cursor<&[u8]>>) -> (Vec<u8>, Option<VaultError>) {
    let mut plain = Vec::new();
    let error = opener.read_to_end(&mut plain).err().map(VaultError::from);
    (plain, error)
}

#[test]
fn cobblestone_256() {
    let file = vectors!("c2sp_chunked_encryption_aes_256_gcm_test.json");
    let (mut checked, mut valid, mut partial, mut raw) = (0, 0, 0, 0);
    for (_, test) in tests(&file) {
        checked += 1;
        let sealed = miniz_oxide::inflate::decompress_to_vec_zlib(&hex(&test["ct"])).unwrap();
        // A key of another length is refused by the type, before there is anything to open.
        let Ok(key) = <[u8; 32]>::try_from(hex(&test["key"])) else {
            assert!(flagged(test, "InvalidKeySize"), "{test}");
            continue;
        };
        let context = hex(&test["ctx"]);
        let opened = Opener::with_context(&key, &context, None, Cursor::new(sealed.as_slice()), None);
        if test["result"] == "valid" {
            valid += 1;
            let mut opener = opened.unwrap();
            let (plain, error) = read_all(&mut opener);
            assert!(error.is_none(), "{test}");
            assert_message(test, &plain);
            assert_eq!(opener.len(), plain.len() as u64);
            let mut written = Vec::new();
            assert_eq!(opener.open_to(&mut written).unwrap(), plain.len() as u64);
            assert!(written == plain);
        } else if flagged(test, "ValidFinalChunk") {
            // The length is genuine, so it opens; reading gives the valid prefix and then fails, again and again.
            let mut opener = opened.unwrap();
            let (plain, error) = read_all(&mut opener);
            assert!(matches!(error, Some(VaultError::Damaged { damage: Damage::Chunk(_), .. })), "{test}");
            if flagged(test, "PartialPlaintext") {
                assert_message(test, &plain);
            } else {
                assert!(plain.is_empty(), "{test}");
            }
            assert!(read_all(&mut opener).0.is_empty() && read_all(&mut opener).1.is_some());
            let mut written = Vec::new();
            assert!(opener.open_to(&mut written).is_err());
            assert_eq!(written, plain);
        } else {
            let error = opened.map(|_| ()).unwrap_err();
            assert!(matches!(error, VaultError::Damaged { .. }), "{test}");
            let long_enough = sealed.len() >= HEADER_LENGTH;
            if flagged(test, "HeaderFailure") && long_enough {
                assert!(matches!(error, VaultError::Damaged { damage: Damage::Header, .. }), "{test}");
            }
        }
        // Raw mode: the derived key and nonce, and the chunks one by one.
        if test.get("aeadKey").is_some() {
            raw += 1;
            let salt: [u8; SALT_LENGTH] = sealed[..SALT_LENGTH].try_into().unwrap();
            let derived = crate::chunk::derived_bytes(&key, &salt, &context);
            assert_eq!(derived[..32], array::<32>(&test["aeadKey"]), "{}", test["tcId"]);
            assert_eq!(derived[32..44], array::<12>(&test["baseNonce"]), "{}", test["tcId"]);
            assert_eq!(derived[44..], sealed[SALT_LENGTH..HEADER_LENGTH], "{}", test["tcId"]);
            let chunks = Chunks::raw(&array(&test["aeadKey"]), array(&test["baseNonce"]));
            let mut body = sealed[HEADER_LENGTH..].to_vec();
            let count = body.len().div_ceil(SEALED_CHUNK_LENGTH);
            let good = chunks.open_run(0, &mut body);
            let plain: Vec<u8> = body
                .chunks(SEALED_CHUNK_LENGTH)
                .take(good)
                .flat_map(|chunk| &chunk[..chunk.len() - 16])
                .copied()
                .collect();
            if test["result"] == "valid" {
                assert_eq!(good, count);
                assert_message(test, &plain);
            } else if flagged(test, "PartialPlaintext") {
                partial += 1;
                assert_message(test, &plain);
                // What a whole object of only these chunks would be is refused for its length or by its last chunk.
                assert!(good < count || plain.len().is_multiple_of(CHUNK_LENGTH));
            } else {
                assert!(plain.is_empty(), "{test}");
            }
        }
    }
    assert_eq!((checked, valid, raw), (35, 10, 25));
    assert_eq!(partial, 9);
}

#[test]
fn wycheproof_aes_256_gcm_by_both_implementations() {
    use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    let file = vectors!("aes_gcm_test.json");
    let (mut valid, mut invalid) = (0, 0);
    for (group, test) in tests(&file) {
        // The only sizes that the product uses.
        if group["keySize"] != 256 || group["ivSize"] != 96 || group["tagSize"] != 128 {
            continue;
        }
        let (key, nonce): ([u8; 32], [u8; 12]) = (array(&test["key"]), array(&test["iv"]));
        let (aad, plain) = (hex(&test["aad"]), hex(&test["msg"]));
        let sealed = [hex(&test["ct"]), hex(&test["tag"])].concat();
        let rust = aes_gcm::Aes256Gcm::new_from_slice(&key).unwrap();
        let aws = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let rust_opened = rust.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &aad });
        let mut buffer = sealed.clone();
        let aws_opened = aws.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&aad), &mut buffer);
        if test["result"] == "valid" {
            valid += 1;
            assert_eq!(rust_opened.unwrap(), plain, "{}", test["tcId"]);
            assert_eq!(aws_opened.unwrap(), plain, "{}", test["tcId"]);
            let again = rust.encrypt(&nonce.into(), Payload { msg: &plain, aad: &aad }).unwrap();
            assert_eq!(again, sealed, "{}", test["tcId"]);
            let mut again = plain.clone();
            aws.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&aad), &mut again)
                .unwrap();
            assert_eq!(again, sealed, "{}", test["tcId"]);
        } else {
            invalid += 1;
            assert!(rust_opened.is_err() && aws_opened.is_err(), "{}", test["tcId"]);
        }
    }
    assert_eq!(valid + invalid, 66);
    assert!(valid > 0 && invalid > 0);
}

fn check_hkdf(file: &Value, expand: impl Fn(&[u8], &[u8], &[u8], &mut [u8]) -> bool) -> usize {
    let mut checked = 0;
    for (_, test) in tests(file) {
        let size = usize::try_from(test["size"].as_u64().unwrap()).unwrap();
        let mut output = vec![0; size];
        let worked = expand(&hex(&test["salt"]), &hex(&test["ikm"]), &hex(&test["info"]), &mut output);
        assert_eq!(worked, test["result"] == "valid", "{}", test["tcId"]);
        if worked {
            assert_eq!(output, hex(&test["okm"]), "{}", test["tcId"]);
        }
        checked += 1;
    }
    checked
}

#[test]
fn wycheproof_hkdf() {
    let sha256 = check_hkdf(&vectors!("hkdf_sha256_test.json"), |salt, ikm, info, output| {
        Hkdf::<Sha256>::new(Some(salt), ikm).expand(info, output).is_ok()
    });
    let sha512 = check_hkdf(&vectors!("hkdf_sha512_test.json"), |salt, ikm, info, output| {
        Hkdf::<Sha512>::new(Some(salt), ikm).expand(info, output).is_ok()
    });
    assert_eq!((sha256, sha512), (86, 83));
}

#[test]
fn wycheproof_x25519() {
    use x25519_dalek::{PublicKey, StaticSecret};
    let file = vectors!("x25519_test.json");
    let mut checked = 0;
    for (_, test) in tests(&file) {
        let secret = StaticSecret::from(array::<32>(&test["private"]));
        let shared = secret.diffie_hellman(&PublicKey::from(array::<32>(&test["public"])));
        assert_eq!(shared.as_bytes(), &array::<32>(&test["shared"]), "{}", test["tcId"]);
        checked += 1;
    }
    assert_eq!(checked, 518);
}

#[test]
fn a_public_key_of_low_order_receives_nothing() {
    use crate::{BatchKey, KemPublic, Recipient, WrapPurpose, wrap_batch_key};
    let file = vectors!("x25519_test.json");
    let mut refused = 0;
    for (_, test) in tests(&file).filter(|(_, test)| flagged(test, "ZeroSharedSecret")) {
        let to = Recipient {
            purpose: WrapPurpose::Recovery,
            kem: KemPublic(array(&test["public"])),
            certificate: abox_attest::Digest::of(b""),
        };
        let (org, batch) = (abox_ids::OrgId::random(), abox_ids::BatchId::random());
        let signer = abox_attest::SigningKey::generate();
        assert!(wrap_batch_key(&BatchKey::generate(), &to, org, batch, 0, &signer).is_err(), "{test}");
        refused += 1;
    }
    assert!(refused > 0);
}

#[test]
fn rfc_9180_base_mode_of_the_suite_in_use() {
    use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
    type Suite = hpke::kem::X25519HkdfSha256;
    let vector = vectors!("hpke_x25519_hkdf_sha256_aes_256_gcm_base.json");
    let (private, public) = Suite::derive_keypair(&hex(&vector["ikmR"]));
    // The library keeps the scalar clamped, as X25519 uses it; the vector has it as it was derived.
    let mut clamped = array::<32>(&vector["skRm"]);
    clamped[0] &= 248;
    clamped[31] = clamped[31] & 127 | 64;
    assert_eq!(private.to_bytes().as_slice(), clamped);
    assert_eq!(public.to_bytes().as_slice(), hex(&vector["pkRm"]));
    let kem = crate::KemKey::from_bytes(&array(&vector["skRm"])).unwrap();
    assert_eq!(kem.public().0, array(&vector["pkRm"]));

    // The sender's side draws its key seed from the random source: give it the vector's.
    let (encapsulated, mut sender) =
        hpke::setup_sender_with_rng::<hpke::aead::AesGcm256, hpke::kdf::HkdfSha256, Suite>(
            &OpModeS::Base,
            &public,
            &hex(&vector["info"]),
            &mut Replay(hex(&vector["ikmE"])),
        )
        .unwrap();
    assert_eq!(encapsulated.to_bytes().as_slice(), hex(&vector["enc"]));

    let encapsulated = <Suite as hpke::Kem>::EncappedKey::from_bytes(&hex(&vector["enc"])).unwrap();
    let mut receiver = hpke::setup_receiver::<hpke::aead::AesGcm256, hpke::kdf::HkdfSha256, Suite>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        &hex(&vector["info"]),
    )
    .unwrap();
    let mut checked = 0;
    // Of the 257 messages the file has the first five in a row; the count in the nonce has to run with them.
    for message in vector["encryptions"].as_array().unwrap() {
        let (aad, plain, sealed) = (hex(&message["aad"]), hex(&message["pt"]), hex(&message["ct"]));
        assert_eq!(sender.seal(&plain, &aad).unwrap(), sealed);
        assert_eq!(receiver.open(&sealed, &aad).unwrap(), plain);
        checked += 1;
    }
    assert_eq!(checked, 5);
    for export in vector["exports"].as_array().unwrap() {
        let mut value = vec![0; usize::try_from(export["L"].as_u64().unwrap()).unwrap()];
        receiver.export(&hex(&export["exporter_context"]), &mut value).unwrap();
        assert_eq!(value, hex(&export["exported_value"]));
    }
}

/// A random source that says what a vector says.
struct Replay(Vec<u8>);

impl hpke::rand_core::TryRng for Replay {
    type Error = std::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unreachable!("key seeds are drawn as bytes")
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        unreachable!("key seeds are drawn as bytes")
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        assert_eq!(bytes.len(), self.0.len());
        bytes.copy_from_slice(&self.0);
        Ok(())
    }
}
impl hpke::rand_core::TryCryptoRng for Replay {}
