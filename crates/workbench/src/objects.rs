//! The sealed objects on this device: ciphertext files, named by their identifiers, nothing else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use abox_attest::ObjectDigest;
use abox_ids::ObjectId;
use abox_vault::ObjectSummary;

/// The folder of sealed objects of a profile.
#[derive(Debug, Clone)]
pub(crate) struct Objects {
    root: PathBuf,
}

impl Objects {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where a complete object lies.
    pub(crate) fn path(&self, object: ObjectId) -> PathBuf {
        let name = object.to_string();
        self.root.join(&name[..2]).join(name)
    }

    fn partial_path(&self, object: ObjectId) -> PathBuf {
        self.path(object).with_extension("part")
    }

    /// Whether the object is here, by its name and length. Its digest was right when it got the name.
    pub(crate) fn has(&self, object: ObjectId, summary: &ObjectSummary) -> bool {
        fs::metadata(self.path(object)).is_ok_and(|metadata| metadata.len() == summary.sealed_length)
    }

    /// Whether the object is here and still what `summary` says, by its digest.
    pub(crate) fn is_whole(&self, object: ObjectId, summary: &ObjectSummary) -> bool {
        self.open(object).is_ok_and(|file| fits(&file, summary).unwrap_or(false))
    }

    /// How many bytes of an unfinished object are here.
    pub(crate) fn partial_length(&self, object: ObjectId) -> u64 {
        fs::metadata(self.partial_path(object)).map_or(0, |metadata| metadata.len())
    }

    /// Opens a complete object.
    pub(crate) fn open(&self, object: ObjectId) -> io::Result<File> {
        File::open(self.path(object))
    }

    /// A new object to be written from the start.
    pub(crate) fn create(&self, object: ObjectId) -> io::Result<BufWriter<File>> {
        let path = self.partial_path(object);
        create_parent(&path)?;
        Ok(BufWriter::with_capacity(1 << 18, File::create(path)?))
    }

    /// An unfinished object to be written on from its end.
    pub(crate) fn append(&self, object: ObjectId) -> io::Result<File> {
        let path = self.partial_path(object);
        create_parent(&path)?;
        OpenOptions::new().create(true).append(true).open(path)
    }

    /// Gives a written object its name, durably.
    pub(crate) fn finish(&self, object: ObjectId, mut written: BufWriter<File>) -> io::Result<()> {
        written.flush()?;
        self.finish_file(object, written.get_ref())
    }

    fn finish_file(&self, object: ObjectId, file: &File) -> io::Result<()> {
        file.sync_all()?;
        let path = self.path(object);
        fs::rename(self.partial_path(object), &path)?;
        if let Some(parent) = path.parent() {
            File::open(parent)?.sync_all()?;
        }
        Ok(())
    }

    /// Gives a downloaded object its name if it is what `summary` says. Otherwise throws it away and says `false`.
    pub(crate) fn finish_verified(&self, object: ObjectId, summary: &ObjectSummary) -> io::Result<bool> {
        let path = self.partial_path(object);
        let file = File::open(&path)?;
        if fits(&file, summary)? {
            self.finish_file(object, &file)?;
            Ok(true)
        } else {
            fs::remove_file(path)?;
            Ok(false)
        }
    }

    /// Removes an object, finished or not.
    pub(crate) fn remove(&self, object: ObjectId) {
        for path in [self.path(object), self.partial_path(object)] {
            // What is not there need not be removed.
            let _ = fs::remove_file(path);
        }
    }
}

fn fits(file: &File, summary: &ObjectSummary) -> io::Result<bool> {
    Ok(ObjectDigest::of_stream(file)? == (summary.sealed_digest, summary.sealed_length))
}

fn create_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}
