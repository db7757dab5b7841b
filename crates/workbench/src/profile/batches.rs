//! Batches as lists and the workspace show them.

use abox_ids::{BatchId, ItemId};
use abox_store::{BatchRow, ItemRow, ObjectTotals, StoredState};

use super::Profile;
use crate::contract::{
    Assignee, BatchSummary, BatchView, ErrorCode, Failure, ItemCounts, ItemState, ItemSummary, MemberRole,
    Presence,
};
use crate::failure;
use crate::manifest::{Manifest, ManifestItem};

impl Profile {
    /// The batches on this device, those that are due first at the top, then the newest.
    ///
    /// # Errors
    /// The database's.
    pub fn batches(&self) -> Result<Vec<BatchSummary>, Failure> {
        let rows = self.store().batches().map_err(|error| failure::store(&error))?;
        let mut summaries = rows
            .iter()
            .map(|row| self.summarise(row, &*self.manifest(row.batch)?))
            .collect::<Result<Vec<_>, Failure>>()?;
        summaries
            .sort_by_key(|summary| (summary.due.unwrap_or(i64::MAX), std::cmp::Reverse(summary.created)));
        Ok(summaries)
    }

    /// One batch with its items.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn batch(&self, batch: BatchId) -> Result<BatchView, Failure> {
        let row = self
            .store()
            .batch(batch)
            .map_err(|error| failure::store(&error))?
            .ok_or_else(|| failure::not_found("batch"))?;
        let manifest = self.manifest(batch)?;
        let items = self.item_summaries(&manifest)?;
        let unfinished = |item: &&ItemSummary| matches!(item.state, ItemState::Rejected | ItemState::Open);
        let resume = row
            .last_item
            .or_else(|| items.iter().find(unfinished).map(|item| item.id))
            .or_else(|| items.first().map(|item| item.id));
        Ok(BatchView {
            summary: self.summarise(&row, &manifest)?,
            project: manifest.project,
            schema: manifest.schema.clone(),
            guide: manifest.guide.clone(),
            items,
            resume,
        })
    }

    /// The batch that an identifier or an unambiguous name means.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Ambiguous`].
    pub fn find_batch(&self, text: &str) -> Result<BatchId, Failure> {
        let batches = self.batches()?;
        if let Some(batch) = batches.iter().find(|batch| batch.id.to_string() == text) {
            return Ok(batch.id);
        }
        let mut named = batches.iter().filter(|batch| batch.name.to_lowercase() == text.to_lowercase());
        match (named.next(), named.next()) {
            (Some(batch), None) => Ok(batch.id),
            (None, _) => Err(failure::not_found("batch")),
            _ => Err(Failure::new(
                ErrorCode::Ambiguous,
                "Several batches have this name. Give the identifier instead.",
            )),
        }
    }

    /// The item of a batch that an identifier or a name means.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn find_item(&self, batch: BatchId, text: &str) -> Result<ItemId, Failure> {
        let manifest = self.manifest(batch)?;
        manifest
            .items
            .iter()
            .find(|item| item.id.to_string() == text || item.name == text)
            .map(|item| item.id)
            .ok_or_else(|| failure::not_found("item"))
    }

    fn summarise(&self, row: &BatchRow, manifest: &Manifest) -> Result<BatchSummary, Failure> {
        let (items, ObjectTotals { bytes, bytes_here, items_here }) = {
            let store = self.store();
            let items = store.items(row.batch).map_err(|error| failure::store(&error))?;
            (items, store.object_totals(row.batch).map_err(|error| failure::store(&error))?)
        };
        let organisation = self.organisation();
        let mut assignees: Vec<Assignee> = Vec::new();
        if let Some(published) = organisation.batch(row.batch) {
            for device in published.grants.keys().filter_map(|device| organisation.device(*device)) {
                let Some(member) = organisation.member(device.member) else { continue };
                let known = assignees.iter().any(|assignee| assignee.member == member.id);
                if !known && device.is_active() && device.signing != published.publisher {
                    assignees.push(Assignee { member: member.id, name: member.name.clone() });
                }
            }
        }
        Ok(BatchSummary {
            id: row.batch,
            name: manifest.name.clone(),
            project: manifest.project_name.clone(),
            presence: match (row.published, bytes_here >= bytes) {
                (false, _) => Presence::Unpushed,
                (true, true) => Presence::Here,
                (true, false) => Presence::Remote,
            },
            bytes,
            bytes_here,
            items_here,
            counts: count(&items),
            due: manifest.due,
            created: row.created,
            assignees,
            can_review: self.role() != MemberRole::Annotator,
        })
    }

    fn item_summaries(&self, manifest: &Manifest) -> Result<Vec<ItemSummary>, Failure> {
        let rows = self.store().items(manifest.batch).map_err(|error| failure::store(&error))?;
        let here = self.objects_here(manifest)?;
        let by_id: std::collections::BTreeMap<ItemId, ItemRow> =
            rows.into_iter().map(|row| (row.item, row)).collect();
        manifest
            .items
            .iter()
            .map(|item| {
                let row = by_id.get(&item.id).ok_or_else(|| failure::not_found("item"))?;
                Ok(line(item, row, here.contains(&item.id)))
            })
            .collect()
    }

    fn objects_here(&self, manifest: &Manifest) -> Result<std::collections::BTreeSet<ItemId>, Failure> {
        let rows = self.store().objects(manifest.batch).map_err(|error| failure::store(&error))?;
        Ok(rows
            .iter()
            .filter(|row| row.complete && row.role == abox_store::StoredRole::Media)
            .filter_map(|row| row.item)
            .collect())
    }

    /// The line of one item.
    pub(super) fn item_summary(&self, batch: BatchId, item: ItemId) -> Result<ItemSummary, Failure> {
        let manifest = self.manifest(batch)?;
        let entry = manifest.item(item).ok_or_else(|| failure::not_found("item"))?;
        let row = self.store().item(batch, item).map_err(|error| failure::store(&error))?;
        let here = self.objects.has(entry.media.object, &entry.media.summary);
        Ok(line(entry, &row, here))
    }
}

fn line(item: &ManifestItem, row: &ItemRow, here: bool) -> ItemSummary {
    ItemSummary {
        id: item.id,
        name: item.name.clone(),
        width: item.width,
        height: item.height,
        state: match row.state {
            StoredState::Open => ItemState::Open,
            StoredState::Submitted => ItemState::Submitted,
            StoredState::Accepted => ItemState::Accepted,
            StoredState::Rejected => ItemState::Rejected,
        },
        annotations: row.annotations,
        open_comments: row.open_comments,
        conflicts: row.conflicts,
        waiting: row.waiting,
        here,
    }
}

fn count(items: &[ItemRow]) -> ItemCounts {
    let number = |test: &dyn Fn(&ItemRow) -> bool| {
        u32::try_from(items.iter().filter(|item| test(item)).count()).unwrap_or(u32::MAX)
    };
    ItemCounts {
        total: number(&|_| true),
        untouched: number(&|item| item.state == StoredState::Open && item.annotations == 0),
        labelled: number(&|item| item.state == StoredState::Open && item.annotations > 0),
        submitted: number(&|item| item.state == StoredState::Submitted),
        accepted: number(&|item| item.state == StoredState::Accepted),
        rejected: number(&|item| item.state == StoredState::Rejected),
        conflicts: number(&|item| item.conflicts > 0),
        waiting: number(&|item| item.waiting),
    }
}
