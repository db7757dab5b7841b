//! The tables as they are documented in `docs/formats/database.md`.

use crate::profile::Profile;

#[test]
fn the_tables_are_the_documented_ones() {
    let profile = Profile::new();
    let raw = profile.raw();
    let version: i64 = raw.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    let mut statement =
        raw.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name").unwrap();
    let tables: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    insta::assert_snapshot!(format!("user_version {version}\n\n{}", tables.join(";\n\n")));
}
