//! Sealed objects up and down, in parts, from where a cut connection left them.

use std::io::{Read, Seek, SeekFrom};
use std::pin::pin;
use std::time::Duration;

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

/// How long somebody who cancels waits for a server from which nothing comes.
const LOOK: Duration = Duration::from_millis(100);

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

impl Transfer<'_> {
    /// Waits for `work` as long as nobody cancels.
    async fn watched<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let mut work = pin!(work);
        loop {
            self.progress.wait()?;
            if let Ok(done) = tokio::time::timeout(LOOK, &mut work).await {
                return Ok(done);
            }
        }
    }
}

/// How long to wait before a connection is tried again.
fn pause(attempt: u32) -> Duration {
    Duration::from_millis(200 * u64::from(attempt))
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
        let &Transfer { batch, objects, progress, .. } = transfer;
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
            match self.put_part(transfer, &format!("{}?offset={stored}", path(batch, object)), part)? {
                Ok(PartStored { complete: true, stored: now }) => return sent(now.saturating_sub(stored)),
                Ok(PartStored { stored: now, .. }) if now > stored && now < length => {
                    sent(now - stored)?;
                    stored = now;
                }
                Err(ServerError::Refused { code, .. }) if code == wire::code::OBJECT_DAMAGED => {
                    return Err(failure::seal_again());
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
                    std::thread::sleep(pause(corrections));
                }
                Ok(_) => return Err(ServerError::Malformed.into()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The outer error is that somebody has cancelled.
    fn put_part(
        &self,
        transfer: &Transfer<'_>,
        path: &str,
        part: Vec<u8>,
    ) -> Result<Result<PartStored, ServerError>, Failure> {
        self.runtime.block_on(transfer.watched(async {
            let response = self.send(transfer.key, &Method::PUT, path, part).await?;
            decode(&read(response).await?)
        }))
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
        let mut fruitless = 0;
        let mut refused = false;
        loop {
            let from = objects.partial_length(object);
            let outcome = if from < summary.sealed_length {
                self.receive(transfer, object, from, summary, &mut received)
            } else {
                Ok(())
            };
            match outcome {
                Ok(()) => {}
                Err(failure) if failure.code == ErrorCode::Offline && fruitless < ATTEMPTS => {
                    // A connection that breaks now and then is no reason to stop, only one that brings nothing more.
                    fruitless = if objects.partial_length(object) > from { 0 } else { fruitless + 1 };
                    std::thread::sleep(pause(fruitless + 1));
                    continue;
                }
                Err(failure) => return Err(failure),
            }
            if objects.finish_verified(object, summary).map_err(|error| failure::write(&error))? {
                return Ok(());
            }
            // What was here was thrown away; once is enough to tell a broken transfer from a server that lies.
            if std::mem::replace(&mut refused, true) {
                return Err(Failure::new(
                    ErrorCode::ServerLied,
                    "The server sent an object that is not the one that was signed. It was thrown away. Tell the \
                     operator.",
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
        let &Transfer { key, batch, objects, .. } = transfer;
        let path = path(batch, object);
        let mut file = objects.append(object).map_err(|error| failure::write(&error))?;
        self.runtime.block_on(async {
            let range = (from > 0).then_some(from);
            let request = self.send_with(key, &Method::GET, &path, Vec::new(), range);
            let mut response = transfer.watched(request).await??;
            let mut left = summary.sealed_length - from;
            while let Some(part) =
                transfer.watched(response.chunk()).await?.map_err(|_| ServerError::Unreachable)?
            {
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(part.len());
                file.write_all(&part[..take]).map_err(|error| failure::write(&error))?;
                left -= take as u64;
                received(take as u64)?;
                if left == 0 {
                    break;
                }
            }
            if left > 0 { Err(ServerError::Unreachable.into()) } else { Ok(()) }
        })
    }
}
