//! Founding an organisation and enrolling a device. Both make new keys; when they fail, nothing is left behind.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use abox_attest::{Signed, SigningKey};
use abox_decoder::Program;
use abox_ids::{DeviceId, MemberId, OrgId};
use abox_protocol::invite::{InviteCode, SetupToken};
use abox_protocol::org::{Action, Enrolled, Founded, KemPublicBytes, LogEntry, Organisation};
use abox_protocol::wire::{self, LogAppend, LogAppended, Setup};
use abox_store::Store;
use abox_vault::{DeviceKeys, InviteSecret, KemPublic, OsKeychain, RecoveryKit, VaultKey, store_root};
use tokio::runtime::Handle;

use super::keys::KeychainAnchor;
use super::{Identity, Profile, organisation, role_of};
use crate::clock;
use crate::contract::{
    EnrollArguments, ErrorCode, Failure, InviteArguments, InvitePreview, OrganisationSummary,
};
use crate::failure;
use crate::home::Home;
use crate::server::{Server, ServerError};

/// The confidentiality agreement of an organisation that brings none of its own.
const DEFAULT_AGREEMENT: &str = include_str!("../../agreement.txt");

/// A new organisation.
pub struct CreateOrganisation {
    /// The server's address.
    pub server: String,
    /// The token that the server printed at its first start.
    pub setup_token: String,
    /// The organisation's name.
    pub name: String,
    /// The owner's name.
    pub member: String,
    /// Where the recovery kit is written: a new file.
    pub recovery_kit: PathBuf,
    /// The confidentiality agreement; a plain default one if absent.
    pub agreement: Option<String>,
}

/// Founds an organisation on a new server and enrols the owner's first device in this profile.
///
/// # Errors
/// As [`enroll`], and [`ErrorCode::InvalidInput`] if the recovery kit's file exists or cannot be written.
pub fn create_organisation(
    root: &Path,
    order: CreateOrganisation,
    runtime: Handle,
    decoder: Program,
) -> Result<Profile, Failure> {
    let token = SetupToken::parse(&order.setup_token)
        .map_err(|error| Failure::new(ErrorCode::InvalidInput, failure::sentence("", &error.to_string())))?;
    let new = NewProfile::begin(root)?;
    let server = Server::new(&order.server, token.pin, runtime.clone())?;

    let kit = RecoveryKit::generate();
    let (root_public, recovery) = kit.public();
    let keys = DeviceKeys::generate();
    let secret = InviteSecret::generate();
    let (org, owner, device) = (OrgId::random(), MemberId::random(), DeviceId::random());
    let invite_key = secret.invite_key();
    let now = clock::now();
    let founded = Founded {
        root: root_public,
        recovery: KemPublicBytes(recovery.0),
        name: order.name,
        agreement: order.agreement.unwrap_or_else(|| DEFAULT_AGREEMENT.to_owned()),
        owner,
        owner_name: order.member,
        owner_invite_key: invite_key.verifying_key(),
    };
    let first = LogEntry::founding(org, founded, now, &kit.root).map_err(|_| failure::unencodable())?;
    let mut organisation = Organisation::found(&first, &root_public).map_err(|error| failure::log(&error))?;
    let device_name = device_name();
    let second = enrolment(
        &organisation,
        owner,
        device,
        &device_name,
        (&keys.signing, keys.kem.public()),
        &invite_key,
    )?;
    organisation.apply(&second).map_err(|error| failure::log(&error))?;

    let place = abox_store::Profile {
        org,
        member: owner,
        device,
        device_name,
        server: order.server,
        pin: token.pin,
        root: root_public,
        enrolled: now,
    };
    write_new(&order.recovery_kit, kit.document().map_err(|error| failure::vault(&error))?.as_bytes())?;
    let made = new.fill(keys, &place, &[first.clone(), second.clone()], Some(&kit.root)).and_then(|filled| {
        let setup = Setup { setup_token: order.setup_token.trim().to_owned(), entries: vec![first, second] };
        server.post::<_, LogAppended>(&kit.root, "/v1/setup", &setup)?;
        filled.keep(runtime, decoder)
    });
    if made.is_err() {
        // The words open nothing; leaving them would only mislead.
        let _ = fs::remove_file(&order.recovery_kit);
    }
    made
}

/// What an invite offers, checked against the organisation's log. Changes nothing.
///
/// # Errors
/// [`ErrorCode::InviteInvalid`], [`ErrorCode::Offline`], [`ErrorCode::WrongServer`], [`ErrorCode::ServerLied`].
pub fn inspect_invite(arguments: &InviteArguments, runtime: Handle) -> Result<InvitePreview, Failure> {
    let invite = Invite::look_up(&arguments.code, runtime)?;
    let member = invite
        .organisation
        .member(invite.code.member)
        .ok_or_else(|| failure::log(&abox_protocol::org::LogError::UnknownInvite))?;
    let expires = invite
        .organisation
        .invite(&invite.key.verifying_key())
        .and_then(|invite| invite.expires)
        .unwrap_or(i64::MAX);
    Ok(InvitePreview {
        organisation: OrganisationSummary {
            id: invite.organisation.id(),
            name: invite.organisation.name().to_owned(),
            fingerprint: invite.organisation.root().fingerprint(),
        },
        name: member.name.clone(),
        role: role_of(member.role),
        server: invite.code.server_url.clone(),
        agreement: invite.organisation.agreement().to_owned(),
        expires,
    })
}

/// Enrols this profile: makes its keys, keeps them in the keychain, puts the device on the log.
///
/// # Errors
/// [`ErrorCode::AgreementNeeded`], [`ErrorCode::AlreadyEnrolled`], those of [`inspect_invite`], and the keychain's.
pub fn enroll(
    root: &Path,
    arguments: &EnrollArguments,
    runtime: Handle,
    decoder: Program,
) -> Result<Profile, Failure> {
    if !arguments.agree {
        return Err(Failure::new(
            ErrorCode::AgreementNeeded,
            "Read and accept the confidentiality agreement first. Nobody sees client data without it.",
        ));
    }
    let new = NewProfile::begin(root)?;
    let invite = Invite::look_up(&arguments.code, runtime.clone())?;
    let keys = DeviceKeys::generate();
    let device = DeviceId::random();
    let device_name = match arguments.device_name.trim() {
        "" => device_name(),
        name => name.to_owned(),
    };
    let place = abox_store::Profile {
        org: invite.organisation.id(),
        member: invite.code.member,
        device,
        device_name: device_name.clone(),
        server: invite.code.server_url.clone(),
        pin: invite.code.pin,
        root: invite.code.root,
        enrolled: clock::now(),
    };
    // The first attempt also says early, before any key is kept, whether the log would refuse.
    let mut organisation = invite.organisation;
    let mut entry = enrolment(
        &organisation,
        invite.code.member,
        device,
        &device_name,
        (&keys.signing, keys.kem.public()),
        &invite.key,
    )?;
    let mut filled = new.fill(keys, &place, organisation.entries().iter().map(AsRef::as_ref), None)?;
    for _ in 0..8 {
        let append = LogAppend { entries: vec![entry.clone()] };
        match invite.server.post::<_, LogAppended>(&invite.key, "/v1/log", &append) {
            Ok(_) => return filled.add(&entry)?.keep(runtime, decoder),
            Err(error) if error.is(wire::code::LOG_MOVED) => {}
            // The answer may have been lost after the server took the entry: then the log has it.
            Err(ServerError::Unreachable) => std::thread::sleep(std::time::Duration::from_millis(500)),
            Err(error) => return Err(error.into()),
        }
        let newest = organisation::fetch_all(&invite.server, &invite.key, &place.root)?;
        for entry in newest.entries().iter().skip(organisation.entries().len()) {
            filled.append(entry)?;
        }
        organisation = newest;
        if organisation.device(device).is_some() {
            return filled.keep(runtime, decoder);
        }
        entry = match &filled.keys {
            Some(keys) => enrolment(
                &organisation,
                place.member,
                device,
                &device_name,
                (&keys.signing, keys.kem.public()),
                &invite.key,
            )?,
            None => return Err(failure::unencodable()),
        };
    }
    Err(Failure::new(ErrorCode::Offline, "The server did not answer. The invite was not used; try again."))
}

struct Invite {
    code: InviteCode,
    key: SigningKey,
    server: Server,
    organisation: Organisation,
}

impl Invite {
    fn look_up(text: &str, runtime: Handle) -> Result<Self, Failure> {
        let code = InviteCode::parse(text).map_err(|error| {
            Failure::new(ErrorCode::InviteInvalid, failure::sentence("", &error.to_string()))
        })?;
        let key = InviteSecret::from_bytes(&code.secret).invite_key();
        let server = Server::new(&code.server_url, code.pin, runtime)?;
        let organisation = organisation::fetch_all(&server, &key, &code.root)?;
        if organisation.id() != code.org {
            return Err(failure::log(&abox_protocol::org::LogError::ForeignOrg));
        }
        Ok(Self { code, key, server, organisation })
    }
}

fn enrolment(
    organisation: &Organisation,
    member: MemberId,
    device: DeviceId,
    device_name: &str,
    (signing, kem): (&SigningKey, KemPublic),
    invite_key: &SigningKey,
) -> Result<Signed<LogEntry>, Failure> {
    let enrolled = Enrolled::prepare(
        organisation.id(),
        member,
        device,
        device_name.to_owned(),
        signing,
        KemPublicBytes(kem.0),
        organisation.agreement_digest(),
        invite_key.verifying_key(),
    )
    .map_err(|_| failure::unencodable())?;
    organisation
        .propose(Action::Enrolled(enrolled), clock::now(), invite_key)
        .map_err(|error| failure::log(&error))
}

/// A data directory that is not enrolled yet.
struct NewProfile {
    home: Home,
}

impl NewProfile {
    fn begin(root: &Path) -> Result<Self, Failure> {
        let home = Home::open(root)?;
        let keychain = OsKeychain::new(home.profile());
        let taken = home.root().join(abox_store::DATABASE_FILE).exists()
            || DeviceKeys::load(&keychain).map_err(|error| failure::vault(&error))?.is_some();
        if taken {
            return Err(Failure::new(
                ErrorCode::AlreadyEnrolled,
                "This profile is enrolled already. Use another ABOX_HOME for another member.",
            ));
        }
        Ok(Self { home })
    }

    fn fill<'a>(
        self,
        keys: DeviceKeys,
        place: &abox_store::Profile,
        entries: impl IntoIterator<Item = &'a Signed<LogEntry>>,
        root: Option<&SigningKey>,
    ) -> Result<FilledProfile, Failure> {
        let keychain = OsKeychain::new(self.home.profile());
        let mut filled = FilledProfile { home: Some(self.home), keys: None, store: None };
        keys.save(&keychain).map_err(|error| failure::vault(&error))?;
        if let Some(root) = root {
            store_root(&keychain, root).map_err(|error| failure::vault(&error))?;
        }
        let DeviceKeys { signing, kem, vault } = keys;
        filled.keys = Some(Identity { signing, kem });
        filled.with_store(vault, place, entries)
    }
}

/// A data directory with keys and database, which are removed again unless it is kept.
struct FilledProfile {
    home: Option<Home>,
    keys: Option<Identity>,
    store: Option<Store>,
}

impl FilledProfile {
    fn with_store<'a>(
        mut self,
        vault: VaultKey,
        place: &abox_store::Profile,
        entries: impl IntoIterator<Item = &'a Signed<LogEntry>>,
    ) -> Result<Self, Failure> {
        let Some(home) = &self.home else { return Err(failure::unencodable()) };
        let anchor = KeychainAnchor(OsKeychain::new(home.profile()));
        let mut store = Store::create(home.root(), vault, &anchor).map_err(|error| failure::store(&error))?;
        store.set_profile(place).map_err(|error| failure::store(&error))?;
        let rows = entries.into_iter().map(organisation::row).collect::<Result<Vec<_>, _>>()?;
        store.append_log(&rows).map_err(|error| failure::store(&error))?;
        self.store = Some(store);
        Ok(self)
    }

    fn append(&mut self, entry: &Signed<LogEntry>) -> Result<(), Failure> {
        let row = organisation::row(entry)?;
        match &mut self.store {
            Some(store) => store.append_log(&[row]).map_err(|error| failure::store(&error)),
            None => Err(failure::unencodable()),
        }
    }

    fn add(mut self, entry: &Signed<LogEntry>) -> Result<Self, Failure> {
        self.append(entry)?;
        Ok(self)
    }

    fn keep(mut self, runtime: Handle, decoder: Program) -> Result<Profile, Failure> {
        let (Some(home), Some(keys), Some(store)) = (self.home.take(), self.keys.take(), self.store.take())
        else {
            return Err(failure::unencodable());
        };
        Profile::assemble(home, keys, store, runtime, decoder)
    }
}

impl Drop for FilledProfile {
    fn drop(&mut self) {
        self.store = None;
        if let Some(home) = self.home.take() {
            // What cannot be removed is useless without its other half, and the next enrolment says so.
            Store::remove(home.root());
            let _ = DeviceKeys::delete(&OsKeychain::new(home.profile()));
        }
    }
}

fn write_new(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::new(
            ErrorCode::InvalidInput,
            "There is a file already where the recovery kit is to be written. Choose another place.",
        ),
        _ => failure::write(&error),
    })?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|error| failure::write(&error))
}

/// What people call this machine; what they type goes before it.
fn device_name() -> String {
    fs::read_to_string("/etc/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .map(|name| name.trim().chars().filter(|letter| !letter.is_control()).take(60).collect::<String>())
        .filter(|name: &String| !name.is_empty())
        .unwrap_or_else(|| "Workstation".to_owned())
}
