//! Which files a person means who drops files and folders: every file below, in a fixed order, under the name that
//! label files will call it by.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use crate::contract::{Failure, SkippedFile};
use crate::task::Progress;

/// A file to be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is on this machine.
    pub(super) path: PathBuf,
    /// What the batch calls it: its path below the folder that was given, with `/`, in Unicode NFC.
    pub(super) name: String,
}

/// Below how many folders a file may lie.
const MAX_DEPTH: usize = 64;

/// Finds the files under `paths`. A given folder contributes the paths below it, a given file its own name. Names that
/// collide get a number. Links are followed for files but not for folders, so that no loop can be entered.
pub(super) fn discover(
    paths: &[PathBuf],
    skipped: &mut Vec<SkippedFile>,
    progress: &Progress<'_>,
) -> Result<Vec<Found>, Failure> {
    let mut found = BTreeMap::new();
    for path in paths {
        let mut search = Search { found: &mut found, skipped, progress };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => search.folder(path, "", 0)?,
            Ok(metadata) if metadata.is_file() => search.file(path, ""),
            Ok(_) => search.skip(path, "This is not a regular file."),
            Err(_) => search.skip(path, "It cannot be read: it does not exist or is not yours."),
        }
    }
    Ok(found.into_iter().map(|(name, path)| Found { path, name }).collect())
}

struct Search<'a> {
    found: &'a mut BTreeMap<String, PathBuf>,
    skipped: &'a mut Vec<SkippedFile>,
    progress: &'a Progress<'a>,
}

impl Search<'_> {
    fn folder(&mut self, folder: &Path, below: &str, depth: usize) -> Result<(), Failure> {
        self.progress.check()?;
        if depth > MAX_DEPTH {
            self.skip(folder, "It lies below too many folders.");
            return Ok(());
        }
        let Ok(entries) = fs::read_dir(folder) else {
            self.skip(folder, "This folder cannot be read.");
            return Ok(());
        };
        let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            match entry.file_type() {
                _ if hidden => self.skip(&path, "It is hidden."),
                Ok(kind) if kind.is_dir() => {
                    let below = format!("{below}{}/", name_of(&path));
                    self.folder(&path, &below, depth + 1)?;
                }
                Ok(kind) if kind.is_file() => self.file(&path, below),
                Ok(kind) if kind.is_symlink() && path.is_file() => self.file(&path, below),
                _ => self.skip(&path, "This is not a regular file."),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, below: &str) {
        let name = format!("{below}{}", name_of(path));
        let mut unique = name.clone();
        let mut number = 2;
        while self.found.get(&unique).is_some_and(|other| other != path) {
            unique = numbered(&name, number);
            number += 1;
        }
        self.found.insert(unique, path.to_owned());
    }

    fn skip(&mut self, path: &Path, reason: &str) {
        self.skipped
            .push(SkippedFile { path: path.to_string_lossy().into_owned(), reason: reason.to_owned() });
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().nfc().collect()).unwrap_or_default()
}

fn numbered(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => format!("{stem} ({number}).{extension}"),
        _ => format!("{name} ({number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf]) -> (Vec<String>, usize) {
        let mut skipped = Vec::new();
        let found = discover(paths, &mut skipped, &Progress::unwatched()).unwrap();
        (found.into_iter().map(|found| found.name).collect(), skipped.len())
    }

    #[test]
    fn a_folder_contributes_what_lies_below_it_and_a_file_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/street")).unwrap();
        for file in ["a/2.jpg", "a/street/1.jpg", "a/.hidden", "b.png"] {
            fs::write(root.join(file), b"x").unwrap();
        }
        let (names, skipped) = names(&[root.join("a"), root.join("b.png"), root.join("missing")]);
        assert_eq!(names, ["2.jpg", "b.png", "street/1.jpg"]);
        assert_eq!(skipped, 2);
    }

    #[test]
    fn equal_names_from_two_folders_are_kept_apart_and_one_file_given_twice_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in ["a/1.jpg", "b/1.jpg"] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), b"x").unwrap();
        }
        let (names, _) = names(&[root.join("a"), root.join("b"), root.join("a/1.jpg")]);
        assert_eq!(names, ["1 (2).jpg", "1.jpg"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_ends() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::os::unix::fs::symlink(root, root.join("loop")).unwrap();
        fs::write(root.join("1.jpg"), b"x").unwrap();
        assert_eq!(names(&[root.to_owned()]), (vec!["1.jpg".to_owned()], 1));
    }
}
