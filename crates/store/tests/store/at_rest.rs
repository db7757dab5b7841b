//! What an edit leaves on the disk.

use std::fs;

use abox_store::{ProjectRow, Store};

use crate::profile::{Profile, files, write_text};

const CANARY: &str = "canary-of-client-content-0123456789";

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn plant(profile: &Profile, store: &mut Store) {
    store.edit(profile.batch, profile.item, &write_text(CANARY), 1, "edit").unwrap();
    store.set_setting("query", CANARY).unwrap();
    let schema = abox_model::schema::LabelSchema { classes: Vec::new(), attributes: Vec::new() };
    let row =
        ProjectRow { project: abox_ids::ProjectId::random(), name: CANARY.to_owned(), schema, created: 1 };
    store.put_project(&row).unwrap();
}

#[test]
fn no_content_is_readable_in_any_file_while_open_or_closed() {
    let (profile, mut store) = Profile::new_open();
    plant(&profile, &mut store);
    let open = profile.files();
    assert!(open["store.db-wal"].len() > 4096, "the write-ahead log is in use: {:?}", open.keys());
    drop(store);
    for (name, bytes) in open.iter().chain(&profile.files()) {
        assert!(!holds(bytes, CANARY), "{name}");
        assert!(!holds(bytes, "CREATE TABLE"), "{name}");
    }
    // The same search finds it where it is: in the same database without encryption.
    let plain = profile.directory.join("plain.db");
    let raw = profile.raw();
    raw.execute("ATTACH ?1 AS plain KEY ''", [plain.to_str().unwrap()]).unwrap();
    raw.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
    raw.execute_batch("DETACH plain").unwrap();
    assert!(holds(&fs::read(plain).unwrap(), CANARY));
}

#[test]
fn the_profile_has_no_other_files() {
    let (profile, mut store) = Profile::new_open();
    plant(&profile, &mut store);
    let names = |profile: &Profile| files(&profile.directory).into_keys().collect::<Vec<_>>();
    assert_eq!(names(&profile), ["head", "store.db", "store.db-wal"]);
    drop(store);
    assert_eq!(names(&profile), ["head", "store.db"]);
}
