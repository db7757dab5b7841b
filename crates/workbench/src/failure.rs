//! Every error of the crates below as a [`Failure`]: what is wrong and what to do, without client content.

use std::io;

use abox_formats::FormatError;
use abox_media::MediaError;
use abox_model::change::IntentError;
use abox_model::schema::SchemaError;
use abox_protocol::org::LogError;
use abox_store::StoreError;
use abox_sync::SyncError;
use abox_vault::VaultError;

use crate::contract::{ErrorCode, Failure};

/// `text` of a lower crate as a sentence, with what it is about in front unless that is clear from the text.
pub(crate) fn sentence(about: &str, text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next();
    let mut sentence = if about.is_empty() || first.is_some_and(char::is_uppercase) {
        first.into_iter().flat_map(char::to_uppercase).chain(letters).collect()
    } else {
        format!("{about}: {text}")
    };
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

pub(crate) fn disk_full() -> Failure {
    Failure::new(
        ErrorCode::DiskFull,
        "The disk is full. Free some space and try again; everything that was saved so far is safe.",
    )
}

/// Damage for which there is no copy anywhere.
pub(crate) fn seal_again() -> Failure {
    Failure::new(
        ErrorCode::ObjectDamaged,
        "A sealed object on this device is damaged, and the server has no copy of it. Seal the batch again from the \
         original files.",
    )
}

pub(crate) fn bad_address() -> Failure {
    Failure::new(ErrorCode::InvalidInput, "The server's address is not valid. It begins with https://.")
}

pub(crate) fn not_found(what: &str) -> Failure {
    Failure::new(ErrorCode::NotFound, format!("There is no such {what} on this device."))
}

pub(crate) fn leads_only() -> Failure {
    Failure::new(ErrorCode::NotAllowed, "Only leads and the owner may do this.")
}

pub(crate) fn unencodable() -> Failure {
    Failure::new(ErrorCode::Internal, "A value could not be encoded. Nothing was changed.")
}

/// A failed read of a file of the profile.
pub(crate) fn read(error: &io::Error) -> Failure {
    if let Some(error) = VaultError::from_io(error) {
        return vault(error);
    }
    Failure::new(
        ErrorCode::ObjectDamaged,
        "A sealed object on this device cannot be read. Pull the batch again.",
    )
}

/// A failed write, of the profile or of an export.
pub(crate) fn write(error: &io::Error) -> Failure {
    if let Some(error) = VaultError::from_io(error) {
        return vault(error);
    }
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => disk_full(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Failure::new(ErrorCode::InvalidInput, "The folder cannot be written to. Choose another one.")
        }
        _ => Failure::new(ErrorCode::Internal, "Writing failed. Check the disk and try again."),
    }
}

pub(crate) fn vault(error: &VaultError) -> Failure {
    let code = match error {
        VaultError::KeychainUnavailable => ErrorCode::KeychainUnavailable,
        VaultError::KeychainLocked => ErrorCode::KeychainLocked,
        VaultError::KeychainDamaged => ErrorCode::KeysMissing,
        VaultError::Io(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => return disk_full(),
        _ => ErrorCode::ObjectDamaged,
    };
    Failure::new(code, sentence("Keys", &error.to_string()))
}

pub(crate) fn store(error: &StoreError) -> Failure {
    let code = match error {
        StoreError::Missing => ErrorCode::NotEnrolled,
        StoreError::Exists => ErrorCode::AlreadyEnrolled,
        StoreError::InUse => ErrorCode::ProfileInUse,
        StoreError::NotEncrypted | StoreError::Damaged | StoreError::RolledBack | StoreError::Tampered => {
            ErrorCode::StoreDamaged
        }
        StoreError::TooNew => ErrorCode::StoreTooNew,
        StoreError::Keychain => ErrorCode::KeychainLocked,
        StoreError::DiskFull => return disk_full(),
        StoreError::Stale | StoreError::NotNext => ErrorCode::Stale,
        StoreError::NothingThere | StoreError::NotFound => ErrorCode::NotFound,
        _ => ErrorCode::Internal,
    };
    Failure::new(code, sentence("", &error.to_string()))
}

pub(crate) fn log(error: &LogError) -> Failure {
    let code = match error {
        LogError::InviteUsed
        | LogError::InviteExpired
        | LogError::InviteWithdrawn
        | LogError::UnknownInvite => ErrorCode::InviteInvalid,
        LogError::NotAllowed | LogError::RevokedSigner => ErrorCode::NotAllowed,
        LogError::BadName | LogError::NameTaken | LogError::BadAgreement => ErrorCode::InvalidInput,
        LogError::UnknownMember | LogError::UnknownDevice | LogError::UnknownBatch => ErrorCode::NotFound,
        _ => ErrorCode::ServerLied,
    };
    let about = if code == ErrorCode::ServerLied { "The organisation's log was refused" } else { "" };
    Failure::new(code, sentence(about, &error.to_string()))
}

pub(crate) fn media(error: &MediaError) -> Failure {
    let code = match error {
        MediaError::Read(cause) => return read(cause),
        MediaError::Stopped => ErrorCode::Cancelled,
        // It is no fault of the picture.
        MediaError::NoDecoder => ErrorCode::Internal,
        _ => ErrorCode::MediaUnreadable,
    };
    Failure::new(code, error.to_string())
}

pub(crate) fn schema(error: &SchemaError) -> Failure {
    Failure::new(ErrorCode::InvalidInput, sentence("", &error.to_string()))
}

pub(crate) fn intent(error: &IntentError) -> Failure {
    Failure::new(ErrorCode::EditRefused, sentence("This cannot be done", &error.to_string()))
}

pub(crate) fn format(error: &FormatError) -> Failure {
    match error {
        FormatError::Write(kind) => write(&(*kind).into()),
        error => Failure::new(ErrorCode::InvalidInput, sentence("The label file", &error.to_string())),
    }
}

pub(crate) fn sync(error: &SyncError) -> Failure {
    Failure::new(ErrorCode::ServerLied, sentence("The server's answer was refused", &error.to_string()))
}
