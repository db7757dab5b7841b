//! An enrolled profile that is open: its keys, database, organisation and server. The use cases are methods of it, one
//! module each.

mod assign;
mod batches;
mod enrolment;
mod export;
mod import;
mod items;
mod keys;
mod members;
mod organisation;
mod pictures;
mod projects;
mod pull;
mod push;
mod seal;
mod sync;
#[cfg(feature = "unsealed-reference")]
mod unsealed;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use abox_attest::SigningKey;
use abox_decoder::Program;
use abox_ids::{BatchId, ItemId, ObjectId};
use abox_protocol::org::{Organisation, Role};
use abox_store::Store;
use abox_vault::{BatchKey, DeviceKeys, KemKey, OsKeychain};
use tokio::runtime::Handle;

use crate::contract::{ErrorCode, Failure, Me, MemberRole, OrganisationSummary, Session};
use crate::failure;
use crate::home::Home;
use crate::manifest::Manifest;
use crate::objects::Objects;
use crate::pictures::Pictures;
use crate::server::Server;
use crate::task::Cancel;

pub use enrolment::{CreateOrganisation, create_organisation, enroll, inspect_invite};
pub use import::ImportReport;
pub use members::INVITE_LIFETIME;
pub use sync::Synced;
pub use verify::{AuditLine, VerifyReport};

/// The keys that this device acts with. The database's key is with the database.
struct Identity {
    signing: SigningKey,
    kem: KemKey,
}

/// An enrolled profile, open in this process and in no other.
pub struct Profile {
    home: Home,
    keys: Identity,
    place: abox_store::Profile,
    store: Mutex<Store>,
    organisation: Mutex<Organisation>,
    server: Server,
    objects: Objects,
    batch_keys: Mutex<BTreeMap<BatchId, Arc<BatchKey>>>,
    manifests: Mutex<BTreeMap<BatchId, Arc<Manifest>>>,
    pictures: Pictures,
    /// What the last pull did not get, as the server's copy is not what it should be.
    withheld: Mutex<BTreeSet<ObjectId>>,
    /// One sync at a time.
    syncing: Mutex<()>,
    closing: Cancel,
}

impl Profile {
    /// Opens the profile in this data directory. `decoder` will decode its pictures, and is started when there are some.
    ///
    /// # Errors
    /// [`ErrorCode::NotEnrolled`] for a new or empty directory; otherwise what is wrong with the lock, keychain, database
    /// or log. Nothing is changed then.
    pub fn open(root: &Path, runtime: Handle, decoder: Program) -> Result<Self, Failure> {
        let home = Home::open(root)?;
        let keychain = OsKeychain::new(home.profile());
        let has_database = home.root().join(abox_store::DATABASE_FILE).exists();
        let keys = match DeviceKeys::load(&keychain).map_err(|error| failure::vault(&error))? {
            Some(keys) if has_database => keys,
            None if has_database => {
                return Err(Failure::new(
                    ErrorCode::KeysMissing,
                    "The keys of this profile are not in this keychain. Log in as the person who enrolled this device, \
                     or restore the keychain. Without its keys the profile cannot be opened.",
                ));
            }
            _ => return Err(not_enrolled()),
        };
        let anchor = keys::KeychainAnchor(keychain);
        let DeviceKeys { signing, kem, vault } = keys;
        let store = Store::open(home.root(), vault, &anchor).map_err(|error| failure::store(&error))?;
        Self::assemble(home, Identity { signing, kem }, store, runtime, decoder)
    }

    fn assemble(
        home: Home,
        keys: Identity,
        store: Store,
        runtime: Handle,
        decoder: Program,
    ) -> Result<Self, Failure> {
        let place = store.profile().map_err(|error| failure::store(&error))?.ok_or_else(not_enrolled)?;
        let organisation = organisation::replay_stored(&store, &place)?;
        let server = Server::new(&place.server, place.pin, runtime)?;
        let objects = Objects::new(home.objects());
        Ok(Self {
            home,
            keys,
            place,
            store: Mutex::new(store),
            organisation: Mutex::new(organisation),
            server,
            objects,
            batch_keys: Mutex::default(),
            manifests: Mutex::default(),
            pictures: Pictures::new(decoder),
            withheld: Mutex::default(),
            syncing: Mutex::new(()),
            closing: Cancel::default(),
        })
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The organisation as far as this device knows. A copy: cheap, and no lock is held while it is used.
    fn organisation(&self) -> Organisation {
        self.organisation.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The role that the verified log gives this member.
    #[must_use]
    pub fn role(&self) -> MemberRole {
        role_of(self.organisation().member(self.place.member).map_or(Role::Annotator, |member| member.role))
    }

    fn require_lead(&self) -> Result<(), Failure> {
        if self.role() == MemberRole::Annotator { Err(failure::leads_only()) } else { Ok(()) }
    }

    /// Who and where this is.
    #[must_use]
    pub fn session(&self) -> Session {
        let organisation = self.organisation();
        let name =
            organisation.member(self.place.member).map(|member| member.name.clone()).unwrap_or_default();
        Session::Ready {
            me: Me {
                member: self.place.member,
                name,
                role: self.role(),
                device: self.place.device,
                device_name: self.place.device_name.clone(),
                fingerprint: self.keys.signing.verifying_key().fingerprint(),
            },
            organisation: OrganisationSummary {
                id: organisation.id(),
                name: organisation.name().to_owned(),
                fingerprint: organisation.root().fingerprint(),
            },
        }
    }
}

pub(crate) fn role_of(role: Role) -> MemberRole {
    match role {
        Role::Owner => MemberRole::Owner,
        Role::Lead => MemberRole::Lead,
        Role::Annotator => MemberRole::Annotator,
    }
}

fn not_enrolled() -> Failure {
    Failure::new(ErrorCode::NotEnrolled, "This profile is not enrolled yet. Enrol it with an invite code.")
}

impl Profile {
    pub(crate) fn setting(&self, name: &str) -> Result<Option<String>, Failure> {
        self.store().setting(name).map_err(|error| failure::store(&error))
    }

    pub(crate) fn set_setting(&self, name: &str, value: &str) -> Result<(), Failure> {
        self.store().set_setting(name, value).map_err(|error| failure::store(&error))
    }

    /// The line of an item in lists.
    pub(crate) fn item_line(
        &self,
        batch: BatchId,
        item: ItemId,
    ) -> Result<crate::contract::ItemSummary, Failure> {
        self.item_summary(batch, item)
    }

    /// Starts what decodes, so that the first picture need not wait for it.
    pub(crate) fn warm_up(&self) {
        self.pictures.decoder().warm_up();
    }

    /// Stops when the profile is being closed: for work that nobody watches.
    pub(crate) fn closing(&self) -> &Cancel {
        &self.closing
    }

    /// Ends what still runs with this profile as soon as it can end without losing anything, cuts requests, ends the
    /// processes that decode, and wipes decoded pictures and batch keys from memory. The database closes when the last
    /// user lets go.
    pub(crate) fn wind_down(&self) {
        self.closing.cancel();
        self.server.hang_up();
        self.pictures.close();
        self.batch_keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let store = self.store.get_mut().unwrap_or_else(PoisonError::into_inner);
        let anchor = keys::KeychainAnchor(OsKeychain::new(self.home.profile()));
        // A copy of the database from this session is one of the past from now on. Should the keychain not answer, that
        // is so from the next opening on.
        let _ = store.advance_session(&anchor);
    }
}
