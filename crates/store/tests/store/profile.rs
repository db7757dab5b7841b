//! A profile for tests: a directory with a database, and a keychain outside of it.
//!
//! The keychain is a directory of its own, so that a test can restart the profile in another process.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use abox_attest::Digest;
use abox_ids::{AnnotationId, AttributeId, BatchId, ClassId, DeviceId, ItemId, MemberId, ProjectId};
use abox_model::annotation::{Annotation, Point, Shape};
use abox_model::change::{Change, ChangeSet};
use abox_model::document::ItemDocument;
use abox_store::{Anchor, AuditEvent, BatchRow, RevisionRow, Store, StoreError};
use abox_vault::{DeviceKeys, Keychain, VaultError, VaultKey, load_anchor, store_anchor};
use rusqlite::Connection;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// A keychain of the tests.
#[derive(Clone)]
pub(crate) struct TestKeychain(pub(crate) PathBuf);

impl Keychain for TestKeychain {
    fn load(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        Ok(fs::read(self.0.join(name)).ok().map(Zeroizing::new))
    }

    fn store(&self, name: &str, secret: &[u8]) -> Result<(), VaultError> {
        // In one step, as keychains do: a process that is killed here must not leave half an entry.
        let new = self.0.join(format!("{name}.new"));
        fs::write(&new, secret).unwrap();
        fs::rename(new, self.0.join(name)).unwrap();
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), VaultError> {
        fs::remove_file(self.0.join(name)).unwrap();
        Ok(())
    }
}

impl Anchor for TestKeychain {
    fn session(&self) -> Result<Option<u64>, StoreError> {
        load_anchor(self).map_err(|_| StoreError::Keychain)
    }

    fn set_session(&self, session: u64) -> Result<(), StoreError> {
        store_anchor(self, session).map_err(|_| StoreError::Keychain)
    }
}

/// A profile that can be opened again and again.
pub(crate) struct Profile {
    pub(crate) directory: PathBuf,
    pub(crate) keychain: TestKeychain,
    pub(crate) batch: BatchId,
    pub(crate) item: ItemId,
    _places: Vec<TempDir>,
}

impl Profile {
    /// A new profile with one batch of two items, closed.
    pub(crate) fn new() -> Self {
        let (profile, store) = Self::new_open();
        drop(store);
        profile
    }

    /// A new profile with one batch of two items, open.
    pub(crate) fn new_open() -> (Self, Store) {
        let place = TempDir::new().unwrap();
        let directory = place.path().to_owned();
        Self::new_in(directory, vec![place])
    }

    pub(crate) fn new_in(directory: PathBuf, mut places: Vec<TempDir>) -> (Self, Store) {
        let keys = TempDir::new().unwrap();
        let keychain = TestKeychain(keys.path().to_owned());
        places.push(keys);
        DeviceKeys::generate().save(&keychain).unwrap();
        let profile =
            Self { directory, keychain, batch: BatchId::random(), item: ItemId::random(), _places: places };
        let mut store = Store::create(&profile.directory, profile.key(), &profile.keychain).unwrap();
        let row = BatchRow {
            batch: profile.batch,
            project: ProjectId::random(),
            epoch: 1,
            manifest: vec![1, 2, 3],
            published: true,
            created: 1,
            last_item: None,
            synced: None,
        };
        store.add_batch(&row, &[profile.item, ItemId::random()], &[], &[], &event("add-batch")).unwrap();
        (profile, store)
    }

    pub(crate) fn key(&self) -> VaultKey {
        key_of(&self.keychain)
    }

    pub(crate) fn try_open(&self) -> Result<Store, StoreError> {
        Store::open(&self.directory, self.key(), &self.keychain)
    }

    pub(crate) fn open(&self) -> Store {
        self.try_open().unwrap()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The database without this program, to look at it or to damage it in ways that need its key.
    pub(crate) fn raw(&self) -> Connection {
        let connection = Connection::open(self.file("store.db")).unwrap();
        let key = self.key().sqlcipher_raw_key();
        connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", *key)).unwrap();
        connection
    }

    /// Every file of the profile with its bytes.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.directory)
    }
}

pub(crate) fn key_of(keychain: &TestKeychain) -> VaultKey {
    DeviceKeys::load(keychain).unwrap().unwrap().vault
}

pub(crate) fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

pub(crate) fn event(what: &str) -> AuditEvent {
    AuditEvent { time: 1, what: what.to_owned(), batch: None, item: None, detail: None }
}

/// A box with its left upper corner at (x, 0).
pub(crate) fn object(x: f64) -> Annotation {
    Annotation {
        id: AnnotationId::random(),
        class: ClassId::from_bytes([1; 16]),
        shape: shape(x),
        attributes: Vec::new(),
        author: MemberId::from_bytes([2; 16]),
    }
}

pub(crate) fn shape(x: f64) -> Shape {
    Shape::Box { min: Point { x, y: 0.0 }, max: Point { x: x + 10.0, y: 10.0 } }
}

/// Draws an object.
pub(crate) fn add(annotation: &Annotation) -> ChangeSet {
    ChangeSet { changes: vec![Change::AddAnnotation { index: u32::MAX, annotation: annotation.clone() }] }
}

/// Moves an object.
pub(crate) fn shift(annotation: &Annotation, from: f64, to: f64) -> ChangeSet {
    let change = Change::SetShape { annotation: annotation.id, before: shape(from), after: shape(to) };
    ChangeSet { changes: vec![change] }
}

/// Writes a text into an attribute of the item.
pub(crate) fn write_text(text: &str) -> ChangeSet {
    let after = Some(abox_model::schema::AttributeValue::Text(text.to_owned()));
    let attribute = AttributeId::from_bytes([3; 16]);
    ChangeSet { changes: vec![Change::SetItemAttribute { attribute, before: None, after }] }
}

/// A revision of the profile's item.
pub(crate) fn revision(
    profile: &Profile,
    device: DeviceId,
    sequence: u64,
    parents: &[Digest],
    document: &ItemDocument,
    envelope: Option<Vec<u8>>,
) -> RevisionRow {
    RevisionRow {
        revision: Digest::of(&[device.as_bytes().as_slice(), &sequence.to_be_bytes()].concat()),
        batch: profile.batch,
        item: profile.item,
        device,
        sequence,
        author: MemberId::from_bytes([2; 16]),
        parents: parents.to_vec(),
        document: document.clone(),
        envelope,
    }
}
