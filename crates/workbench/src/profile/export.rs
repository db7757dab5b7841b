//! Writing labels for other tools: the one place where content leaves the encrypted space, because a person asked for
//! it. It goes on record, and the folder appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use abox_formats::{Dataset, DatasetItem, Dropped, Format};
use abox_ids::BatchId;
use abox_model::document::{ItemDocument, WorkState};
use abox_model::schema::ShapeKind;
use abox_vault::ObjectRole;

use super::Profile;
use crate::audit;
use crate::contract::{
    DroppedKind, ErrorCode, ExportArguments, ExportPlan, ExportPlanArguments, ExportReport, Failure,
};
use crate::failure;
use crate::manifest::Manifest;
use crate::task::Progress;

/// A batch with all its documents in memory.
struct Labels {
    manifest: Arc<Manifest>,
    documents: Vec<ItemDocument>,
}

impl Labels {
    fn items(&self) -> Vec<DatasetItem<'_>> {
        self.manifest
            .items
            .iter()
            .zip(&self.documents)
            .map(|(item, document)| DatasetItem {
                path: &item.name,
                width: item.width,
                height: item.height,
                document,
            })
            .collect()
    }
}

impl Profile {
    fn labels(&self, batch: BatchId) -> Result<Labels, Failure> {
        let manifest = self.manifest(batch)?;
        let store = self.store();
        let documents = manifest
            .items
            .iter()
            .map(|item| store.document(batch, item.id).map(|stored| stored.document))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| failure::store(&error))?;
        drop(store);
        Ok(Labels { manifest, documents })
    }

    /// What an export would write, and what the format cannot carry, with counts.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for an unknown batch, [`ErrorCode::InvalidInput`] for an unknown format,
    /// [`ErrorCode::NotAllowed`] for annotators.
    pub fn plan_export(&self, arguments: &ExportPlanArguments) -> Result<ExportPlan, Failure> {
        self.require_lead()?;
        let format = find_format(&arguments.format)?;
        let labels = self.labels(arguments.batch)?;
        let items = labels.items();
        let dataset = Dataset { schema: &labels.manifest.schema, items: &items };
        let report = (format.plan)(&dataset);
        let carried = |kind| match kind {
            ShapeKind::Box => format.capabilities.boxes,
            ShapeKind::Polygon => format.capabilities.polygons,
            ShapeKind::Tag => format.capabilities.tags,
        };
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let annotations = labels.documents.iter().flat_map(|document| &document.annotations);
        Ok(ExportPlan {
            items: number(items.len()),
            accepted: number(
                labels.documents.iter().filter(|document| document.state == WorkState::Accepted).count(),
            ),
            annotations: number(annotations.filter(|annotation| carried(annotation.shape.kind())).count()),
            dropped: dropped(report.dropped),
        })
    }

    /// Writes an export into a folder that is new or empty. Progress counts files.
    ///
    /// # Errors
    /// As [`Profile::plan_export`]; [`ErrorCode::InvalidInput`] for a folder that holds something,
    /// [`ErrorCode::DiskFull`], [`ErrorCode::NotPulled`] if media are wanted that are not here,
    /// [`ErrorCode::Cancelled`]. The folder is not there then.
    pub fn export(
        &self,
        arguments: &ExportArguments,
        progress: &Progress<'_>,
    ) -> Result<ExportReport, Failure> {
        self.require_lead()?;
        let format = find_format(&arguments.format)?;
        let labels = self.labels(arguments.batch)?;
        let out = PathBuf::from(&arguments.out);
        let staging = Staging::beside(&out)?;
        let items = labels.items();
        let dataset = Dataset { schema: &labels.manifest.schema, items: &items };
        let total = 1 + if arguments.media { items.len() as u64 } else { 0 };
        progress.step(0, Some(total))?;

        let path = staging.path(Path::new(format.label_path))?;
        let mut sink = BufWriter::new(File::create(path).map_err(|error| failure::write(&error))?);
        let report = (format.write)(&dataset, &mut sink).map_err(|error| failure::format(&error))?;
        finish(sink)?;
        progress.step(1, Some(total))?;
        // Also without media: readers take the folder as a sign of the format.
        fs::create_dir_all(staging.folder.join(format.media_folder))
            .map_err(|error| failure::write(&error))?;
        if arguments.media {
            for (done, item) in labels.manifest.items.iter().enumerate() {
                let path = staging.path(&Path::new(format.media_folder).join(&item.name))?;
                self.read_object(&labels.manifest, item, &item.media, ObjectRole::Media, |mut reader| {
                    let file = File::create(path).map_err(|error| failure::write(&error))?;
                    let mut sink = BufWriter::new(file);
                    io::copy(&mut reader, &mut sink).map_err(|error| failure::write(&error))?;
                    finish(sink)
                })?;
                progress.step(2 + done as u64, Some(total))?;
            }
        }
        // On record before it is there: what cannot be recorded does not leave.
        let detail = format!("{} objects, media: {}", report.written, arguments.media);
        self.store()
            .record(&audit::counted("export", arguments.batch, detail))
            .map_err(|error| failure::store(&error))?;
        staging.publish(&out)?;
        Ok(ExportReport {
            written: u32::try_from(report.written).unwrap_or(u32::MAX),
            dropped: dropped(report.dropped),
        })
    }
}

pub(super) fn find_format(name: &str) -> Result<&'static Format, Failure> {
    abox_formats::find(name).ok_or_else(|| {
        let names: Vec<&str> = abox_formats::registry().iter().map(|format| format.name).collect();
        Failure::new(
            ErrorCode::InvalidInput,
            format!("There is no such format. Known are: {}.", names.join(", ")),
        )
    })
}

pub(super) fn dropped(dropped: Vec<Dropped>) -> Vec<DroppedKind> {
    dropped
        .into_iter()
        .map(|kind| DroppedKind {
            what: kind.what.to_owned(),
            why: kind.why.to_owned(),
            count: u32::try_from(kind.count).unwrap_or(u32::MAX),
        })
        .collect()
}

fn finish(mut sink: BufWriter<File>) -> Result<(), Failure> {
    sink.flush().and_then(|()| sink.get_ref().sync_all()).map_err(|error| failure::write(&error))
}

/// A hidden folder beside the wanted one, which takes its name when everything is in it and goes otherwise.
struct Staging {
    folder: PathBuf,
}

impl Staging {
    fn beside(out: &Path) -> Result<Self, Failure> {
        let taken = || {
            Failure::new(
                ErrorCode::InvalidInput,
                "The folder for the export is not empty. Choose a new or an empty one.",
            )
        };
        match fs::read_dir(out) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(taken());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => return Err(taken()),
        }
        let unusable = || Failure::new(ErrorCode::InvalidInput, "The folder for the export needs a name.");
        let name = out.file_name().ok_or_else(unusable)?.to_string_lossy().into_owned();
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|error| failure::write(&error))?;
        let folder = parent.join(format!(".{name}.{}", abox_ids::ObjectId::random()));
        fs::create_dir(&folder).map_err(|error| failure::write(&error))?;
        Ok(Self { folder })
    }

    /// Where a file goes. Names come from a signed manifest, and still none leads out of the folder.
    fn path(&self, name: &Path) -> Result<PathBuf, Failure> {
        if !name.components().all(|component| matches!(component, Component::Normal(_))) {
            return Err(Failure::new(
                ErrorCode::InvalidInput,
                "An item has a name that is no file name here. Nothing was written.",
            ));
        }
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| failure::write(&error))?;
        }
        Ok(path)
    }

    fn publish(self, out: &Path) -> Result<(), Failure> {
        if out.exists() {
            fs::remove_dir(out).map_err(|error| failure::write(&error))?;
        }
        fs::rename(&self.folder, out).map_err(|error| failure::write(&error))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After publishing there is nothing under this name any more.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
