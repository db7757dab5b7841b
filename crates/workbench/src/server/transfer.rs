//! Sealed objects up and down, in parts, from where a cut connection left them.

use std::io::{Read, Seek, SeekFrom};

use abox_attest::SigningKey;
use abox_ids::{BatchId, ObjectId};
use abox_protocol::wire::{self, ErrorDetail, PartStored};
use abox_vault::ObjectSummary;
use reqwest::Method;

use super::{Server, ServerError, decode, read};
use crate::contract::{ErrorCode, Failure};
use crate::failure;
use crate::objects::Objects;
use crate::task::Progress;

/// How often a transfer is taken up again by itself before the person is told.
const ATTEMPTS: u32 = 3;

fn path(batch: BatchId, object: ObjectId) -> String {
    format!("/v1/batches/{batch}/objects/{object}")
}

/// What all transfers of a batch share.
pub(crate) struct Transfer<'a> {
    /// Signs the requests.
    pub(crate) key: &'a SigningKey,
    /// Whose objects.
    pub(crate) batch: BatchId,
    /// Where they lie on this device.
    pub(crate) objects: &'a Objects,
    /// Says when to stop.
    pub(crate) progress: &'a Progress<'a>,
}

impl Server {
    /// Sends what the server lacks of an object, from `stored` on. `sent` is told the bytes of each part.
    pub(crate) fn upload(
        &self,
        transfer: &Transfer<'_>,
        object: ObjectId,
        mut stored: u64,
        mut sent: impl FnMut(u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let &Transfer { key, batch, objects, progress } = transfer;
        let mut file = objects.open(object).map_err(|error| failure::read(&error))?;
        let length = file.metadata().map_err(|error| failure::read(&error))?.len();
        let mut corrections = 0;
        loop {
            progress.check()?;
            file.seek(SeekFrom::Start(stored)).map_err(|error| failure::read(&error))?;
            let mut part = Vec::new();
            (&mut file)
                .take(wire::PART_BYTES as u64)
                .read_to_end(&mut part)
                .map_err(|error| failure::read(&error))?;
            match self.put_part(key, &format!("{}?offset={stored}", path(batch, object)), part) {
                Ok(PartStored { complete: true, stored: now }) => return sent(now.saturating_sub(stored)),
                Ok(PartStored { stored: now, .. }) if now > stored && now < length => {
                    sent(now - stored)?;
                    stored = now;
                }
                // The server knows better where it is, as after a cut connection.
                Err(ServerError::Refused { detail: Some(ErrorDetail::Stored(at)), code, .. })
                    if code == wire::code::OFFSET && corrections < ATTEMPTS =>
                {
                    if at >= length {
                        return sent(length.saturating_sub(stored));
                    }
                    corrections += 1;
                    stored = at;
                }
                Err(ServerError::Unreachable) if corrections < ATTEMPTS => {
                    corrections += 1;
                    std::thread::sleep(std::time::Duration::from_millis(200 * u64::from(corrections)));
                }
                Ok(_) => return Err(ServerError::Malformed.into()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn put_part(&self, key: &SigningKey, path: &str, part: Vec<u8>) -> Result<PartStored, ServerError> {
        self.runtime.block_on(async {
            let response = self.send(key, &Method::PUT, path, part).await?;
            decode(&read(response).await?)
        })
    }

    /// Brings an object here, going on from what is here already, and gives it its name once its digest is right.
    /// `received` is told the bytes as they come.
    pub(crate) fn download(
        &self,
        transfer: &Transfer<'_>,
        object: ObjectId,
        summary: &ObjectSummary,
        mut received: impl FnMut(u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let objects = transfer.objects;
        let mut attempt = 0;
        loop {
            let from = objects.partial_length(object);
            let outcome = if from < summary.sealed_length {
                self.receive(transfer, object, from, summary, &mut received)
            } else {
                Ok(())
            };
            match outcome {
                Ok(()) => {}
                Err(failure) if failure.code == ErrorCode::Offline && attempt < ATTEMPTS => {
                    attempt += 1;
                    std::thread::sleep(std::time::Duration::from_millis(200 * u64::from(attempt)));
                    continue;
                }
                Err(failure) => return Err(failure),
            }
            if objects.finish_verified(object, summary).map_err(|error| failure::write(&error))? {
                return Ok(());
            }
            // What was here was thrown away; once is enough to tell a broken transfer from a server that lies.
            attempt += 1;
            if attempt > 1 {
                return Err(Failure::new(
                    ErrorCode::ServerLied,
                    "The server sent an object that is not the one in the signed manifest. It was thrown away. Tell \
                     the operator.",
                ));
            }
        }
    }

    fn receive(
        &self,
        transfer: &Transfer<'_>,
        object: ObjectId,
        from: u64,
        summary: &ObjectSummary,
        received: &mut impl FnMut(u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        use std::io::Write;
        let &Transfer { key, batch, objects, progress } = transfer;
        let path = path(batch, object);
        let mut file = objects.append(object).map_err(|error| failure::write(&error))?;
        self.runtime.block_on(async {
            let range = (from > 0).then_some(from);
            let mut response = self.send_with(key, &Method::GET, &path, Vec::new(), range).await?;
            let mut left = summary.sealed_length - from;
            while let Some(part) = response.chunk().await.map_err(|_| ServerError::Unreachable)? {
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(part.len());
                file.write_all(&part[..take]).map_err(|error| failure::write(&error))?;
                left -= take as u64;
                received(take as u64)?;
                progress.check()?;
                if left == 0 {
                    break;
                }
            }
            if left > 0 { Err(ServerError::Unreachable.into()) } else { Ok(()) }
        })
    }
}
