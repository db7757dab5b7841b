//! Exchanging revisions with the server: the log first, then new batches, then each batch until both sides are in step.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use abox_attest::{Digest, from_canonical, to_canonical};
use abox_ids::{BatchId, ItemId};
use abox_protocol::revision::RevisionEnvelope;
use abox_protocol::wire::{self, PushRevisions, RevisionsPage, RevisionsPushed};
use abox_store::{AuditEvent, RevisionRow, StoreError};
use abox_sync::{
    Author, ChainEnd, Decision, Expected, Local, Node, Origin, Received, SyncError, converge, make, receive,
};

use super::Profile;
use super::pull::concerns_one_batch;
use crate::contract::{ErrorCode, Failure};
use crate::failure;
use crate::manifest::Manifest;
use crate::task::Progress;
use crate::{audit, clock};

/// How often a batch is gone over in one sync. Each round needs another device to have sent in between.
const ROUNDS: usize = 6;

/// What a sync changed.
#[derive(Debug, Default)]
pub struct Synced {
    /// Whether the list of batches, members or grants changed.
    pub batches: bool,
    /// The items whose documents changed.
    pub documents: BTreeMap<BatchId, BTreeSet<ItemId>>,
    /// The items whose changes the server has now.
    pub sent: BTreeMap<BatchId, BTreeSet<ItemId>>,
    /// Why a batch could not be exchanged, if the server or a device sent for it what had to be refused. The other
    /// batches were exchanged.
    pub refused: Option<Failure>,
}

impl Profile {
    /// Brings everything into step with the server. Progress counts batches.
    ///
    /// # Errors
    /// [`ErrorCode::Offline`], [`ErrorCode::WrongServer`], [`ErrorCode::ServerLied`], [`ErrorCode::Cancelled`]. What was
    /// exchanged before stays, what was not is tried again the next time. What is wrong with a single batch is in
    /// [`Synced::refused`].
    pub fn sync(&self, progress: &Progress<'_>) -> Result<Synced, Failure> {
        let _one_at_a_time = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        let head = self.organisation().head();
        self.refresh_log()?;
        let (discovered, refused) = self.discover_batches()?;
        let batches = discovered || self.organisation().head() != head;
        let mut synced = Synced { batches, refused, ..Synced::default() };
        let batches: Vec<BatchId> = self
            .store()
            .batches()
            .map_err(|error| failure::store(&error))?
            .iter()
            .filter(|row| row.published)
            .map(|row| row.batch)
            .collect();
        let total = batches.len() as u64;
        for (done, batch) in batches.into_iter().enumerate() {
            progress.step(done as u64, Some(total))?;
            // A revision that has to be refused stops its batch, not the others.
            let exchanged =
                self.resend_wraps(batch).and_then(|()| self.sync_batch(batch, &mut synced, progress));
            match exchanged {
                Err(failure) if concerns_one_batch(&failure) => {
                    synced.refused.get_or_insert(failure);
                }
                exchanged => exchanged?,
            }
        }
        progress.step(total, Some(total))?;
        Ok(synced)
    }

    /// How many items hold changes that the server does not have.
    ///
    /// # Errors
    /// The database's.
    pub fn waiting(&self) -> Result<u32, Failure> {
        self.store().waiting().map_err(|error| failure::store(&error))
    }

    fn sync_batch(
        &self,
        batch: BatchId,
        synced: &mut Synced,
        progress: &Progress<'_>,
    ) -> Result<(), Failure> {
        let manifest = self.manifest(batch)?;
        for _ in 0..ROUNDS {
            progress.check()?;
            let mut touched = self.receive_revisions(&manifest)?;
            touched.extend(self.store().outbox(batch).map_err(|error| failure::store(&error))?);
            for item in touched {
                if self.settle(&manifest, item)? {
                    synced.documents.entry(batch).or_default().insert(item);
                }
            }
            if self.send_revisions(batch, synced)? {
                self.store().set_synced(batch, clock::now()).map_err(|error| failure::store(&error))?;
                return Ok(());
            }
        }
        Err(Failure::new(ErrorCode::ServerRefused, "Others are sending all the time. The next sync goes on."))
    }

    /// Takes in what the server has gained. Returns the items that revisions came for.
    fn receive_revisions(&self, manifest: &Manifest) -> Result<BTreeSet<ItemId>, Failure> {
        let batch = manifest.batch;
        let mut touched = BTreeSet::new();
        loop {
            let cursor = self.store().cursor(batch).map_err(|error| failure::store(&error))?;
            let page: RevisionsPage = self.server.get(
                &self.keys.signing,
                &format!("/v1/batches/{batch}/revisions?after={cursor}&limit={}", wire::MAX_REVISIONS_PAGE),
            )?;
            if page.total < cursor {
                return Err(Failure::new(
                    ErrorCode::ServerLied,
                    "The server has forgotten revisions that it had before. Nothing was changed here. Tell the operator.",
                ));
            }
            if page.revisions.is_empty() {
                return Ok(touched);
            }
            touched.extend(self.take_page(manifest, cursor, &page)?);
        }
    }

    fn take_page(
        &self,
        manifest: &Manifest,
        cursor: u64,
        page: &RevisionsPage,
    ) -> Result<BTreeSet<ItemId>, Failure> {
        let organisation = self.organisation();
        let published = organisation.batch(manifest.batch).ok_or_else(|| failure::not_found("batch"))?;
        let key = self.batch_key(manifest.batch)?;
        let mut rows: Vec<RevisionRow> = Vec::new();
        let mut confirmed = Vec::new();
        let mut histories: BTreeMap<ItemId, BTreeMap<Digest, Node>> = BTreeMap::new();
        let mut own = self.own_read(manifest.batch, cursor)?;
        let mut next = cursor;
        for numbered in &page.revisions {
            next += 1;
            if numbered.serial != next {
                return Err(failure::sync(&SyncError::Dropped));
            }
            let revision = numbered.envelope.digest();
            let header =
                numbered.envelope.header.claim().map_err(|_| failure::sync(&SyncError::OtherPlace))?;
            if self.store().has_revision(&revision).map_err(|error| failure::store(&error))? {
                // The digest vouches for the header. This device's own come back, each once and in their order; of
                // others each comes once.
                if header.batch != manifest.batch {
                    return Err(failure::sync(&SyncError::OtherPlace));
                }
                if header.device != self.place.device || header.sequence < own {
                    return Err(failure::sync(&SyncError::Replayed));
                }
                if header.sequence > own {
                    return Err(failure::sync(&SyncError::Dropped));
                }
                own += 1;
                confirmed.push(revision);
                continue;
            }
            // Nothing vouches for the header yet; it only says whose history to look up.
            if let Entry::Vacant(entry) = histories.entry(header.item) {
                entry.insert(self.revisions_of(manifest.batch, header.item)?);
            }
            let expected = Expected {
                org: manifest.org,
                batch: manifest.batch,
                epoch: manifest.epoch,
                key: &key,
                schema: &manifest.schema,
                item_size: &|item| manifest.item(item).map(|entry| (entry.width, entry.height)),
                author: &|device| {
                    let device = organisation
                        .device(device)
                        .filter(|device| published.grants.contains_key(&device.id))?;
                    let member = organisation.member(device.member)?;
                    Some(Author {
                        signing: device.signing,
                        member: member.id,
                        can_review: member.role.leads(),
                    })
                },
                chain: &|device| {
                    let here = rows.iter().rev().find(|row| row.device == device);
                    here.map(|row| ChainEnd { sequence: row.sequence, digest: row.revision }).or_else(|| {
                        let end = self.store().chain(manifest.batch, device).ok()??;
                        Some(ChainEnd { sequence: end.sequence, digest: end.digest })
                    })
                },
                history: &|item| histories.get(&item),
            };
            let received = receive(&numbered.envelope, &expected).map_err(|error| failure::sync(&error))?;
            if received.header.device == self.place.device {
                own += 1;
            }
            histories.entry(received.header.item).or_default().insert(received.revision, received.node());
            rows.push(row(received));
        }
        let items: BTreeSet<ItemId> = rows.iter().map(|row| row.item).collect();
        let mut store = self.store();
        store.receive(manifest.batch, &rows, &confirmed, next).map_err(|error| failure::store(&error))?;
        if !rows.is_empty() {
            let detail = format!("{} revisions of {} items", rows.len(), items.len());
            store
                .record(&audit::counted("receive-revisions", manifest.batch, detail))
                .map_err(|error| failure::store(&error))?;
        }
        Ok(items)
    }

    /// How many of this device's own revisions have been read in the server's list: all that was read, but for others'.
    fn own_read(&self, batch: BatchId, cursor: u64) -> Result<u64, Failure> {
        let mut own = cursor;
        for device in self.organisation().devices().filter(|device| device.id != self.place.device) {
            let end = self.store().chain(batch, device.id).map_err(|error| failure::store(&error))?;
            own = own.saturating_sub(end.map_or(0, |end| end.sequence + 1));
        }
        Ok(own)
    }

    /// All revisions of an item that are here.
    fn revisions_of(&self, batch: BatchId, item: ItemId) -> Result<BTreeMap<Digest, Node>, Failure> {
        let rows = self.store().revisions(batch, item).map_err(|error| failure::store(&error))?;
        let node = |row: RevisionRow| Node {
            revision: row.revision,
            parents: row.parents,
            author: row.author,
            document: row.document,
        };
        Ok(rows.into_iter().map(|row| (row.revision, node(row))).collect())
    }

    /// Brings an item's document into step with its revisions. Returns whether the document changed.
    fn settle(&self, manifest: &Manifest, item: ItemId) -> Result<bool, Failure> {
        let batch = manifest.batch;
        let mut changed = false;
        loop {
            let stored = self.store().document(batch, item).map_err(|error| failure::store(&error))?;
            let nodes = self.revisions_of(batch, item)?;
            let local = Local { document: &stored.document, base: &stored.base, dirty: stored.dirty };
            let outcome = match converge(&nodes, &local) {
                Decision::Nothing => return Ok(changed),
                Decision::FastForward { document, base } => {
                    changed |= document != stored.document;
                    self.store().fast_forward(batch, item, &document, &base, stored.edits)
                }
                Decision::Revise { document, parents } => {
                    changed |= document != stored.document;
                    let row = self.revise(manifest, item, document, &parents)?;
                    let mut store = self.store();
                    let kept = store.keep_own_revision(&row, stored.edits);
                    if kept.is_ok() && !stored.dirty {
                        let merge = AuditEvent {
                            item: Some(item),
                            ..audit::counted("merge", batch, format!("{} revisions", row.parents.len()))
                        };
                        store.record(&merge).map_err(|error| failure::store(&error))?;
                    }
                    kept
                }
            };
            match outcome {
                // Somebody drew in the meantime: look again.
                Ok(()) | Err(StoreError::Stale) => {}
                Err(error) => return Err(failure::store(&error)),
            }
        }
    }

    fn revise(
        &self,
        manifest: &Manifest,
        item: ItemId,
        document: abox_model::document::ItemDocument,
        parents: &[Digest],
    ) -> Result<RevisionRow, Failure> {
        // What others would refuse would stop the batch for all of them: it does not leave this device.
        let size = manifest.item(item).map(|entry| (entry.width, entry.height));
        if size.is_none_or(|size| document.validate(&manifest.schema, size).is_err()) {
            return Err(Failure::new(
                ErrorCode::Internal,
                "The labels of an item are not valid, so they were not sent. They are safe on this device. Undo the last changes of items that wait to be sent, or report this.",
            ));
        }
        let key = self.batch_key(manifest.batch)?;
        let origin = Origin {
            org: manifest.org,
            batch: manifest.batch,
            epoch: manifest.epoch,
            key: &key,
            device: self.place.device,
            signing: &self.keys.signing,
            now: clock::now(),
        };
        let chain = self
            .store()
            .chain(manifest.batch, self.place.device)
            .map_err(|error| failure::store(&error))?
            .map(|end| ChainEnd { sequence: end.sequence, digest: end.digest });
        let made = make(&origin, item, &document, parents, chain).map_err(|error| failure::sync(&error))?;
        let header = made.envelope.header.claim().map_err(|_| failure::unencodable())?;
        Ok(RevisionRow {
            revision: made.chain.digest,
            batch: manifest.batch,
            item,
            device: self.place.device,
            sequence: made.chain.sequence,
            author: self.place.member,
            parents: header.parents,
            document,
            envelope: Some(to_canonical(&made.envelope).map_err(|_| failure::unencodable())?),
        })
    }

    /// Sends what the server lacks. Returns whether the server had nothing new meanwhile.
    fn send_revisions(&self, batch: BatchId, synced: &mut Synced) -> Result<bool, Failure> {
        let mut in_step = true;
        loop {
            let unsent = self.store().unsent(batch, 64).map_err(|error| failure::store(&error))?;
            if unsent.is_empty() {
                return Ok(in_step);
            }
            let mut revisions = Vec::new();
            let mut digests = Vec::new();
            let mut bytes = 0;
            for (digest, envelope) in unsent {
                if !revisions.is_empty() && bytes + envelope.len() > wire::MAX_REVISIONS_PAGE_BYTES {
                    break;
                }
                bytes += envelope.len();
                let envelope: RevisionEnvelope =
                    from_canonical(&envelope).map_err(|_| failure::store(&StoreError::Damaged))?;
                if let Ok(header) = envelope.header.claim() {
                    synced.sent.entry(batch).or_default().insert(header.item);
                }
                revisions.push(envelope);
                digests.push(digest);
            }
            let pushed: RevisionsPushed = self.server.post(
                &self.keys.signing,
                &format!("/v1/batches/{batch}/revisions"),
                &PushRevisions { revisions },
            )?;
            self.store().mark_sent(&digests).map_err(|error| failure::store(&error))?;
            let cursor = self.store().cursor(batch).map_err(|error| failure::store(&error))?;
            in_step &= pushed.total == cursor + digests.len() as u64;
            if in_step {
                // Exactly ours came on top, so the list is read up to here.
                self.store()
                    .receive(batch, &[], &[], pushed.total)
                    .map_err(|error| failure::store(&error))?;
            }
        }
    }
}

fn row(received: Received) -> RevisionRow {
    RevisionRow {
        revision: received.revision,
        batch: received.header.batch,
        item: received.header.item,
        device: received.header.device,
        sequence: received.header.sequence,
        author: received.author,
        parents: received.header.parents,
        document: received.document,
        envelope: None,
    }
}
