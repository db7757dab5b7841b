//! The keychain of the operating system, for real: each case starts a D-Bus session of its own with a home directory of
//! its own, and runs itself again inside it. GNOME Keyring is the Secret Service.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use abox_attest::SigningKey;
use abox_ids::ProfileId;
use abox_vault::{
    DeviceKeys, Keychain as _, OsKeychain, VaultError, load_anchor, load_root, store_anchor, store_root,
};

/// Set for the inner run; names the case.
const INSIDE: &str = "ABOX_KEYCHAIN_CASE";

/// Starts the daemon as a login does, with the password of the session. The pipe closes, so that it reads its end. It goes
/// into the background before it can be reached.
const UNLOCKED: &str =
    "printf password | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
until dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
  org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do sleep 0.02; done";

/// Runs test `case` again, inside a session that `prepare` has made ready. True if this is the inner run.
fn inside(case: &str, prepare: &str) -> bool {
    if std::env::var(INSIDE).is_ok_and(|inner| inner == case) {
        return true;
    }
    let home = tempfile::tempdir().unwrap();
    let bus = home.path().join("bus.conf");
    // The system's configuration would start a daemon on demand, also where there should be none.
    fs::write(
        &bus,
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><type>session</type>\
         <listen>unix:tmpdir=/tmp</listen><policy context=\"default\"><allow send_destination=\"*\"/>\
         <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
    )
    .unwrap();
    let runtime = home.path().join("run");
    fs::create_dir(&runtime).unwrap();
    let script = format!("{prepare}\n\"$0\" --exact {case} --nocapture --test-threads 1");
    let mut child = Command::new("dbus-run-session")
        .arg("--config-file")
        .arg(&bus)
        .args(["--", "sh", "-ec", &script])
        .arg(std::env::current_exe().unwrap())
        .env(INSIDE, case)
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_RUNTIME_DIR", &runtime)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("GNOME_KEYRING_CONTROL")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("dbus-run-session (Debian package dbus) and gnome-keyring have to be installed");
    let deadline = Instant::now() + Duration::from_secs(60);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("the session hangs: {:?}", child.wait_with_output().unwrap());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    // A wrong name would run no test and succeed.
    assert!(text.contains("1 passed"), "{text}");
    false
}

fn keychain() -> OsKeychain {
    OsKeychain::new(ProfileId::random())
}

/// All files below the session's data directory with their content.
fn stored() -> Vec<(String, Vec<u8>)> {
    fn walk(at: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if let Ok(content) = fs::read(&path) {
                found.push((path.to_string_lossy().into_owned(), content));
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(&std::env::var("XDG_DATA_HOME").unwrap()), &mut found);
    found.sort();
    found
}

#[test]
fn entries_are_stored_loaded_replaced_and_deleted() {
    if !inside("entries_are_stored_loaded_replaced_and_deleted", UNLOCKED) {
        return;
    }
    let keychain = keychain();
    assert!(keychain.load("a").unwrap().is_none(), "an entry that is absent is none, not an error");
    keychain.delete("a").unwrap();
    let secret: Vec<u8> = (0..=255).collect();
    keychain.store("a", &secret).unwrap();
    assert_eq!(*keychain.load("a").unwrap().unwrap(), secret);
    keychain.store("a", b"other").unwrap();
    assert_eq!(*keychain.load("a").unwrap().unwrap(), b"other");
    assert!(keychain.load("b").unwrap().is_none());
    assert!(OsKeychain::new(ProfileId::random()).load("a").unwrap().is_none(), "profiles are apart");
    keychain.delete("a").unwrap();
    assert!(keychain.load("a").unwrap().is_none());
    assert!(!stored().is_empty(), "the daemon's keyring is on disk");
}

#[test]
fn the_keys_of_a_device_come_back() {
    if !inside("the_keys_of_a_device_come_back", UNLOCKED) {
        return;
    }
    let keychain = keychain();
    assert!(DeviceKeys::load(&keychain).unwrap().is_none());
    let keys = DeviceKeys::generate();
    keys.save(&keychain).unwrap();
    let again = DeviceKeys::load(&keychain).unwrap().unwrap();
    assert_eq!(again.signing.verifying_key(), keys.signing.verifying_key());
    assert_eq!(again.kem.public(), keys.kem.public());
    assert_eq!(*again.vault.sqlcipher_raw_key(), *keys.vault.sqlcipher_raw_key());

    assert!(load_root(&keychain).unwrap().is_none());
    let root = SigningKey::generate();
    store_root(&keychain, &root).unwrap();
    assert_eq!(load_root(&keychain).unwrap().unwrap().verifying_key(), root.verifying_key());

    assert_eq!(load_anchor(&keychain).unwrap(), None);
    store_anchor(&keychain, 7).unwrap();
    store_anchor(&keychain, u64::MAX).unwrap();
    assert_eq!(load_anchor(&keychain).unwrap(), Some(u64::MAX));
    keychain.store("anchor", b"short").unwrap();
    assert!(matches!(load_anchor(&keychain), Err(VaultError::KeychainDamaged)));

    keychain.delete("device-kem").unwrap();
    assert!(
        matches!(DeviceKeys::load(&keychain), Err(VaultError::KeychainDamaged)),
        "two of three are not none"
    );
}

#[test]
fn a_locked_keychain_is_neither_empty_nor_changed() {
    if !inside("a_locked_keychain_is_neither_empty_nor_changed", UNLOCKED) {
        return;
    }
    let keychain = keychain();
    keychain.store("vault", b"precious").unwrap();
    let before = stored();
    let locked = Command::new("dbus-send")
        .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args([
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ])
        .output()
        .unwrap();
    assert!(locked.status.success(), "{locked:?}");
    // The daemon would ask for the password; there is nobody to ask.
    for (what, refused) in [
        ("load", keychain.load("vault").map(|found| assert!(found.is_none(), "it was not locked"))),
        ("store over it", keychain.store("vault", b"new")),
        ("store beside it", keychain.store("other", b"new")),
        ("delete", keychain.delete("vault")),
    ] {
        let error = refused.expect_err(what);
        assert!(matches!(error, VaultError::KeychainLocked), "{what}: {error}");
        assert!(error.to_string().contains("locked"), "{error}");
    }
    assert!(DeviceKeys::load(&keychain).is_err(), "a locked keychain must not look like a new device");
    assert!(before == stored(), "a locked keychain was changed");
}

#[test]
fn a_daemon_that_starts_late_or_again_is_found_without_a_restart() {
    if !inside("a_daemon_that_starts_late_or_again_is_found_without_a_restart", ":") {
        return;
    }
    let keychain = keychain();
    assert!(matches!(keychain.load("vault"), Err(VaultError::KeychainUnavailable)));
    start_daemon();
    keychain.store("vault", b"kept").unwrap();
    stop_daemon();
    assert!(matches!(keychain.load("vault"), Err(VaultError::KeychainUnavailable)), "the daemon has ended");
    assert!(matches!(keychain.store("vault", b"lost"), Err(VaultError::KeychainUnavailable)));
    start_daemon();
    assert_eq!(*keychain.load("vault").unwrap().unwrap(), b"kept");
}

fn start_daemon() {
    assert!(Command::new("sh").args(["-ec", UNLOCKED]).status().unwrap().success());
}

/// Ends the daemon of this session's bus, and waits until its name is free.
fn stop_daemon() {
    let script = "pid=$(dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets | awk '/uint32/ {print $2}')
        kill \"$pid\"
        while dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do sleep 0.02; done";
    assert!(Command::new("sh").args(["-ec", script]).status().unwrap().success());
}

#[test]
fn without_a_daemon_there_is_a_clear_error_and_no_file() {
    if !inside("without_a_daemon_there_is_a_clear_error_and_no_file", ":") {
        return;
    }
    assert_nothing_works(&keychain());
}

#[test]
fn without_a_session_bus_there_is_a_clear_error_and_no_file() {
    let nowhere = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus";
    if !inside("without_a_session_bus_there_is_a_clear_error_and_no_file", nowhere) {
        return;
    }
    assert_nothing_works(&keychain());
}

fn assert_nothing_works(keychain: &OsKeychain) {
    for refused in [
        keychain.load("vault").map(|_| ()),
        keychain.store("vault", b"secret"),
        keychain.delete("vault"),
        DeviceKeys::load(keychain).map(|_| ()),
        DeviceKeys::generate().save(keychain),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, VaultError::KeychainUnavailable), "{error}");
        assert!(error.to_string().contains("Start it"), "{error}");
    }
    assert!(stored().is_empty(), "there is never a fallback file");
    // Only what this test has put into the home directory itself.
    let home = std::env::var("HOME").unwrap();
    let mut names: Vec<_> = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["bus.conf", "run"]);
}
