//! Sealed objects as files: `objects/<batch>/<object>`. How much of a file counts, and whether it is complete, is for
//! the database to say; the bytes are on the disk before the database says so.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use abox_attest::ObjectDigest;
use abox_ids::{BatchId, ObjectId};

use super::sync_directory;

/// The directory of all objects.
#[derive(Clone)]
pub(crate) struct ObjectFiles {
    root: PathBuf,
}

impl ObjectFiles {
    /// Opens the directory, or makes it.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let root = data.join("objects");
        fs::create_dir_all(&root)?;
        sync_directory(data)?;
        Ok(Self { root })
    }

    fn directory(&self, batch: BatchId) -> PathBuf {
        self.root.join(batch.to_string())
    }

    fn path(&self, batch: BatchId, object: ObjectId) -> PathBuf {
        self.directory(batch).join(object.to_string())
    }

    /// Writes a part after the first `stored` bytes, durably. `false` when fewer than `stored` bytes are there, so
    /// that the upload has to begin anew.
    pub(crate) fn append(
        &self,
        batch: BatchId,
        object: ObjectId,
        stored: u64,
        part: &[u8],
    ) -> io::Result<bool> {
        let path = self.path(batch, object);
        let mut file = if stored == 0 {
            let directory = self.directory(batch);
            if !directory.is_dir() {
                fs::create_dir_all(&directory)?;
                sync_directory(&self.root)?;
            }
            let file = File::options().write(true).create(true).truncate(true).open(&path)?;
            sync_directory(&directory)?;
            file
        } else {
            match File::options().write(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error),
            }
        };
        let length = file.metadata()?.len();
        if length < stored {
            return Ok(false);
        }
        // A part whose arrival was never recorded.
        if length > stored {
            file.set_len(stored)?;
        }
        file.seek(SeekFrom::Start(stored))?;
        if let Err(error) = file.write_all(part) {
            // Room for others; the database does not count these bytes.
            let _ = file.set_len(stored);
            return Err(error);
        }
        file.sync_data()?;
        Ok(true)
    }

    /// The digest of the whole file.
    pub(crate) fn digest(&self, batch: BatchId, object: ObjectId) -> io::Result<ObjectDigest> {
        let (digest, _) = ObjectDigest::of_stream(File::open(self.path(batch, object))?)?;
        Ok(digest)
    }

    /// The file of a complete object of `length` bytes, for reading from `offset` on; none if it was lost, cut or
    /// exchanged for one of another length.
    pub(crate) fn read_from(
        &self,
        batch: BatchId,
        object: ObjectId,
        length: u64,
        offset: u64,
    ) -> io::Result<Option<File>> {
        let mut file = match File::open(self.path(batch, object)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if file.metadata()?.len() != length {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(offset))?;
        Ok(Some(file))
    }

    /// Removes an object that turned out to be damaged.
    pub(crate) fn discard(&self, batch: BatchId, object: ObjectId) -> io::Result<()> {
        fs::remove_file(self.path(batch, object))
    }

    /// Removes all objects of a batch.
    pub(crate) fn erase(&self, batch: BatchId) -> io::Result<()> {
        match fs::remove_dir_all(self.directory(batch)) {
            Ok(()) => sync_directory(&self.root),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes the objects of batches that the database does not know: what an erasure left when it was cut short.
    pub(crate) fn sweep(&self, known: &[BatchId]) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let name = entry?.file_name();
            let batch = name.to_str().and_then(|name| name.parse::<BatchId>().ok());
            if let Some(batch) = batch
                && !known.contains(&batch)
            {
                self.erase(batch)?;
            }
        }
        Ok(())
    }
}
