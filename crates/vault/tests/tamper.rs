//! Every change of a sealed object is refused, with an error that names the item and the chunk.
//!
//! The object has three chunks. All of its bits are flipped one by one, through the real [`Opener`]: about 393,000
//! objects. For each, opening fails or else reading the chunk that was touched does, and no byte of it comes out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use std::io::{Cursor, Read as _, Seek as _, SeekFrom};

use abox_ids::{BatchId, ItemId, OrgId};
use abox_vault::{
    BatchKey, CHUNK_LENGTH, Damage, ItemKey, ObjectRole, Opener, SealContext, VaultError, open_bytes,
    seal_bytes,
};

const HEADER: usize = 56;
const SEALED_CHUNK: usize = CHUNK_LENGTH + 16;

struct Object {
    key: ItemKey,
    context: SealContext,
    plain: Vec<u8>,
    sealed: Vec<u8>,
}

fn context() -> SealContext {
    SealContext {
        org: OrgId::random(),
        batch: BatchId::random(),
        item: Some(ItemId::random()),
        role: ObjectRole::Media,
        epoch: 1,
    }
}

/// Three chunks, the last as long as a last one can be.
fn object() -> Object {
    let (key, context) = (ItemKey::generate(), context());
    let plain: Vec<u8> = (0..=250u8).cycle().take(3 * CHUNK_LENGTH - 1).collect();
    let (sealed, _) = seal_bytes(&key, &context, &plain).unwrap();
    assert_eq!(sealed.len(), HEADER + 3 * SEALED_CHUNK - 1);
    Object { key, context, plain, sealed }
}

impl Object {
    fn open<'a>(&self, sealed: &'a [u8]) -> Result<Opener<Cursor<&'a [u8]>>, VaultError> {
        Opener::open(&self.key, &self.context, Cursor::new(sealed), sealed.len() as u64)
    }

    /// `error` is about this item and this part of it, in fields and in words.
    fn assert_names(&self, error: &VaultError, expected: Damage) {
        let VaultError::Damaged { item, damage } = error else { panic!("{error}") };
        assert_eq!((*item, *damage), (self.context.item, expected));
        let text = error.to_string();
        assert!(text.contains(&self.context.item.unwrap().to_string()), "{text}");
        assert!(text.contains(&expected.to_string()), "{text}");
    }
}

/// Which part a byte belongs to.
fn part(at: usize) -> Damage {
    at.checked_sub(HEADER).map_or(Damage::Header, |at| Damage::Chunk((at / SEALED_CHUNK) as u64))
}

#[test]
fn every_single_bit_flip_is_refused() {
    let object = object();
    let bits = object.sealed.len() * 8;
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let checked: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let object = &object;
                scope.spawn(move || {
                    let mut sealed = object.sealed.clone();
                    let mut checked = 0;
                    for bit in (worker..bits).step_by(workers) {
                        sealed[bit / 8] ^= 1 << (bit % 8);
                        flipped(object, &sealed, bit / 8);
                        sealed[bit / 8] ^= 1 << (bit % 8);
                        checked += 1;
                    }
                    assert!(sealed == object.sealed);
                    checked
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(checked, 394_040);
    // The object itself was never at fault.
    assert!(*open_bytes(&object.key, &object.context, &object.sealed).unwrap() == object.plain);
}

fn flipped(object: &Object, sealed: &[u8], at: usize) {
    let expected = part(at);
    match (object.open(sealed), expected) {
        (Err(error), Damage::Header | Damage::Chunk(2)) => object.assert_names(&error, expected),
        (Ok(mut opener), Damage::Chunk(index @ 0..2)) => {
            let mut released = [0xee; 64];
            opener.seek(SeekFrom::Start(index * CHUNK_LENGTH as u64)).unwrap();
            let error = VaultError::from(opener.read(&mut released).unwrap_err());
            object.assert_names(&error, expected);
            assert_eq!(released, [0xee; 64], "bytes of a refused chunk came out");
        }
        (Ok(_), part) => panic!("a flip in the {part} was not noticed when opening"),
        (Err(error), _) => panic!("refused for the wrong reason: {error}"),
    }
}

#[test]
fn reading_through_gives_only_what_lies_before_the_damage() {
    let object = object();
    for (at, before) in [(HEADER, 0), (HEADER + SEALED_CHUNK - 1, 0), (HEADER + SEALED_CHUNK, CHUNK_LENGTH)] {
        let mut sealed = object.sealed.clone();
        sealed[at] ^= 0x80;
        let mut opener = object.open(&sealed).unwrap();
        let mut released = Vec::new();
        let error = VaultError::from(opener.read_to_end(&mut released).unwrap_err());
        object.assert_names(&error, part(at));
        assert!(released == object.plain[..before]);
        // It keeps failing, and a seek does not help.
        assert!(opener.read(&mut [0]).is_err());
        opener.seek(SeekFrom::Start(before as u64)).unwrap();
        assert!(opener.read(&mut [0]).is_err());
        let mut released = Vec::new();
        assert!(object.open(&sealed).unwrap().open_to(&mut released).is_err());
        assert!(released == object.plain[..before]);
    }
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let object = object();
    let whole = object.sealed.len() as u64;
    let mut longer = object.sealed.clone();
    longer.extend_from_slice(&object.sealed[..SEALED_CHUNK + 20]);
    for length in (0..object.sealed.len()).chain(object.sealed.len() + 1..=longer.len()) {
        let cut = &longer[..length];
        // As the manifest has the true length, the length alone gives it away ...
        let known = Opener::open(&object.key, &object.context, Cursor::new(cut), whole).map(|_| ());
        object.assert_names(&known.unwrap_err(), Damage::Length);
        // ... and even if it had not, the last chunk or its absence would.
        let error = object.open(cut).map(|_| ()).unwrap_err();
        assert!(matches!(error, VaultError::Damaged { item, .. } if item == object.context.item), "{error}");
    }
}

#[test]
fn chunks_in_other_places_are_refused() {
    let object = object();
    let chunk = |index: usize| {
        HEADER + index * SEALED_CHUNK..(HEADER + (index + 1) * SEALED_CHUNK).min(object.sealed.len())
    };
    let (other, _) = seal_bytes(&object.key, &object.context, &object.plain).unwrap();
    let mut swapped = object.sealed.clone();
    swapped[chunk(0)].copy_from_slice(&object.sealed[chunk(1)]);
    swapped[chunk(1)].copy_from_slice(&object.sealed[chunk(0)]);
    let mut repeated = object.sealed.clone();
    repeated[chunk(1)].copy_from_slice(&object.sealed[chunk(0)]);
    let mut foreign = object.sealed.clone();
    foreign[chunk(1)].copy_from_slice(&other[chunk(1)]);
    let mut foreign_last = object.sealed.clone();
    foreign_last[chunk(2)].copy_from_slice(&other[chunk(2)]);
    let mut foreign_header = object.sealed.clone();
    foreign_header[..HEADER].copy_from_slice(&other[..HEADER]);
    let removed = [&object.sealed[..chunk(1).start], &object.sealed[chunk(2)]].concat();
    for (what, sealed, expected, released) in [
        ("swapped", &swapped, Damage::Chunk(0), 0),
        ("repeated", &repeated, Damage::Chunk(1), CHUNK_LENGTH),
        ("of another object", &foreign, Damage::Chunk(1), CHUNK_LENGTH),
        ("last of another object", &foreign_last, Damage::Chunk(2), 0),
        ("header of another object", &foreign_header, Damage::Chunk(2), 0),
        ("one removed", &removed, Damage::Chunk(1), 0),
    ] {
        let mut plain = Vec::new();
        let error =
            object.open(sealed).and_then(|mut opener| Ok(opener.read_to_end(&mut plain)?)).unwrap_err();
        object.assert_names(&error, expected);
        assert!(plain == object.plain[..released], "{what}");
    }
}

#[test]
fn an_object_opens_in_no_other_place_and_under_no_other_key() {
    let object = object();
    let here = object.context;
    let mut places = vec![
        SealContext { org: OrgId::random(), ..here },
        SealContext { batch: BatchId::random(), ..here },
        SealContext { item: Some(ItemId::random()), ..here },
        SealContext { item: None, ..here },
        SealContext { epoch: 0, ..here },
        SealContext { epoch: 2, ..here },
    ];
    for role in [ObjectRole::Preview, ObjectRole::Manifest, ObjectRole::Revision, ObjectRole::Schema] {
        places.push(SealContext { role, ..here });
    }
    for place in places {
        let error = open_bytes(&object.key, &place, &object.sealed).unwrap_err();
        let VaultError::Damaged { item, damage } = error else { panic!("{error}") };
        assert_eq!((item, damage), (place.item, Damage::Header), "the place that was asked for is named");
    }
    let error = open_bytes(&ItemKey::generate(), &here, &object.sealed).unwrap_err();
    object.assert_names(&error, Damage::Header);
    assert!(open_bytes(&BatchKey::generate(), &here, &object.sealed).is_err());
}
