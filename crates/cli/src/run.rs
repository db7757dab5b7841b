//! Each verb as calls into the use cases, and its answer as JSON in the shape that scripts rely on.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use abox_ids::{BatchId, ItemId};
use abox_workbench::contract::{
    AssignArguments, CreateProjectArguments, EnrollArguments, ErrorCode, ExportArguments, Failure,
    InviteArguments, InviteMemberArguments, ItemState, MemberRole, Presence, SealArguments, Session,
    SubmitArguments,
};
use abox_workbench::{
    Cancel, CreateOrganisation, Decoder, INVITE_LIFETIME, Profile, create_organisation, default_home, enroll,
    inspect_invite,
};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::runtime::{Handle, Runtime};

use crate::arguments::{Arguments, OrgVerb, ProjectVerb, Role, Verb};
use crate::output::Bar;

/// Runs a verb.
pub(crate) fn run(arguments: Arguments) -> Result<Value, Failure> {
    let runtime = Runtime::new()
        .map_err(|_| Failure::new(ErrorCode::Internal, "The program could not start its threads."))?;
    let cancel = Cancel::default();
    let on_interrupt = cancel.clone();
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_interrupt.cancel();
        }
    });
    Context { runtime: runtime.handle().clone(), cancel, json: arguments.json }.run(arguments.verb)
}

struct Context {
    runtime: Handle,
    cancel: Cancel,
    json: bool,
}

impl Context {
    fn run(&self, verb: Verb) -> Result<Value, Failure> {
        let home = default_home()?;
        match verb {
            Verb::Org {
                verb: OrgVerb::Create { server, setup_token, name, member, recovery_kit, agreement },
            } => {
                let agreement = agreement.as_deref().map(read_text).transpose()?;
                let order = CreateOrganisation { server, setup_token, name, member, recovery_kit, agreement };
                let profile = create_organisation(&home, order, self.runtime.clone(), Decoder::own())?;
                Ok(place(&profile.session()))
            }
            Verb::Enroll { code, show: true, .. } => {
                value(&inspect_invite(&InviteArguments { code }, self.runtime.clone())?)
            }
            Verb::Enroll { code, agree, device, .. } => {
                let arguments = EnrollArguments { code, device_name: device, agree };
                Ok(place(&enroll(&home, &arguments, self.runtime.clone(), Decoder::own())?.session()))
            }
            verb => self.run_enrolled(&Profile::open(&home, self.runtime.clone(), Decoder::own())?, verb),
        }
    }

    fn run_enrolled(&self, profile: &Profile, verb: Verb) -> Result<Value, Failure> {
        match verb {
            Verb::Org { .. } | Verb::Enroll { .. } => Ok(Value::Null),
            Verb::Invite { name, role, valid_for } => {
                let role = match role {
                    Role::Owner => MemberRole::Owner,
                    Role::Lead => MemberRole::Lead,
                    Role::Annotator => MemberRole::Annotator,
                };
                let lifetime = valid_for.unwrap_or(INVITE_LIFETIME);
                value(&profile.invite(&InviteMemberArguments { name, role }, lifetime)?)
            }
            Verb::Members => {
                // Members as this device knows them are an answer, too.
                let _ = profile.refresh();
                value(&profile.members())
            }
            Verb::Revoke { who } => profile.revoke(&who).map(|()| json!({"revoked": who})),
            Verb::Project { verb: ProjectVerb::Create { name, schema } } => {
                let arguments = CreateProjectArguments { name, schema: read_text(&schema)? };
                Ok(json!({"project": profile.create_project(&arguments)?.id}))
            }
            Verb::Project { verb: ProjectVerb::List } => Ok(profile
                .projects()?
                .iter()
                .map(|project| json!({"project": project.id, "name": project.name}))
                .collect()),
            Verb::Seal { project, name, due_in_days, guide, paths } => {
                let arguments = SealArguments {
                    project: profile.find_project(&project)?,
                    name,
                    paths: paths.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
                    due: due_in_days.map(in_days),
                    guide: guide.as_deref().map(read_text).transpose()?,
                };
                value(
                    &self
                        .bar("Sealing")
                        .run(self.cancel.clone(), |progress| profile.seal(arguments, progress))?,
                )
            }
            Verb::Push { batch } => {
                let batches = chosen(profile, batch.as_deref(), |presence| presence == Presence::Unpushed)?;
                for batch in &batches {
                    self.bar("Sending")
                        .run(self.cancel.clone(), |progress| profile.push(*batch, progress))?;
                }
                Ok(json!({"pushed": batches}))
            }
            Verb::Assign { batch, to } => {
                profile.refresh()?;
                let arguments =
                    AssignArguments { batch: profile.find_batch(&batch)?, member: profile.find_member(&to)? };
                profile.assign(arguments.batch, arguments.member)?;
                value(&arguments)
            }
            Verb::Pull { batch } => {
                self.sync(profile)?;
                let batches = chosen(profile, batch.as_deref(), |presence| presence == Presence::Remote)?;
                for batch in &batches {
                    self.bar("Receiving")
                        .run(self.cancel.clone(), |progress| profile.pull(*batch, progress))?;
                }
                Ok(json!({"pulled": batches}))
            }
            Verb::Sync => {
                let changed = self.sync(profile)?;
                Ok(json!({"changed": changed, "waiting": profile.waiting()?}))
            }
            Verb::Status => status(profile),
            Verb::Items { batch } => items(profile, profile.find_batch(&batch)?),
            Verb::Import { batch, format, path } => {
                let batch = profile.find_batch(&batch)?;
                value(&profile.import(batch, &format, &path)?)
            }
            Verb::Submit { batch, items } => {
                let batch = profile.find_batch(&batch)?;
                let items = if items.is_empty() { None } else { Some(found(profile, batch, &items)?) };
                let outcome = profile.submit(&SubmitArguments { batch, items })?;
                let refused: Vec<Value> = outcome
                    .refused
                    .iter()
                    .map(|refusal| json!({"item": refusal.item, "reason": refusal.reason}))
                    .collect();
                Ok(json!({"submitted": outcome.submitted, "refused": refused}))
            }
            Verb::Review { batch, items, accept, reject: _, comment } => {
                let batch = profile.find_batch(&batch)?;
                let items = if items.is_empty() {
                    let items = profile.batch(batch)?.items;
                    items
                        .iter()
                        .filter(|item| item.state == ItemState::Submitted)
                        .map(|item| item.id)
                        .collect()
                } else {
                    found(profile, batch, &items)?
                };
                for item in &items {
                    profile.review(batch, *item, accept, comment.as_deref())?;
                }
                Ok(json!({"reviewed": items.len()}))
            }
            Verb::Export { batch, format, out, media } => {
                let arguments = ExportArguments {
                    batch: profile.find_batch(&batch)?,
                    format,
                    out: out.to_string_lossy().into_owned(),
                    media,
                };
                value(
                    &self
                        .bar("Exporting")
                        .run(self.cancel.clone(), |progress| profile.export(&arguments, progress))?,
                )
            }
            Verb::Verify { batch } => {
                let batch = batch.as_deref().map(|batch| profile.find_batch(batch)).transpose()?;
                value(
                    &self
                        .bar("Checking")
                        .run(self.cancel.clone(), |progress| profile.verify(batch, progress))?,
                )
            }
            Verb::Audit { batch, verify } => {
                let batch = batch.as_deref().map(|batch| profile.find_batch(batch)).transpose()?;
                if verify {
                    return Ok(json!({"verified": profile.verify_audit()?}));
                }
                value(&profile.audit(batch)?)
            }
        }
    }

    fn bar(&self, words: &'static str) -> Bar {
        Bar::new(words, self.json)
    }

    fn sync(&self, profile: &Profile) -> Result<usize, Failure> {
        let synced = self.bar("Syncing").run(self.cancel.clone(), |progress| profile.sync(progress))?;
        if let Some(failure) = synced.refused {
            return Err(failure);
        }
        Ok(synced.documents.values().map(std::collections::BTreeSet::len).sum())
    }
}

fn place(session: &Session) -> Value {
    match session {
        Session::Ready { me, organisation } => {
            json!({"member": me.member, "device": me.device, "name": me.name, "org": organisation.id})
        }
        _ => Value::Null,
    }
}

fn status(profile: &Profile) -> Result<Value, Failure> {
    let batches: Vec<Value> = profile
        .batches()?
        .iter()
        .map(|batch| {
            json!({
                "batch": batch.id, "name": batch.name, "project": batch.project, "presence": batch.presence,
                "items": batch.counts.total, "open": batch.counts.untouched + batch.counts.labelled,
                "submitted": batch.counts.submitted, "accepted": batch.counts.accepted,
                "rejected": batch.counts.rejected, "conflicts": batch.counts.conflicts,
                "waiting": batch.counts.waiting, "due": batch.due,
            })
        })
        .collect();
    let session = profile.session();
    Ok(json!({"session": session, "waiting": profile.waiting()?, "batches": batches}))
}

fn items(profile: &Profile, batch: BatchId) -> Result<Value, Failure> {
    Ok(profile
        .batch(batch)?
        .items
        .iter()
        .map(|item| {
            json!({
                "item": item.id, "name": item.name, "kind": "image", "width": item.width, "height": item.height,
                "frames": Value::Null, "characters": Value::Null, "state": item.state,
                "annotations": item.annotations,
            })
        })
        .collect())
}

fn chosen(
    profile: &Profile,
    batch: Option<&str>,
    wanted: impl Fn(Presence) -> bool,
) -> Result<Vec<BatchId>, Failure> {
    match batch {
        Some(batch) => Ok(vec![profile.find_batch(batch)?]),
        None => Ok(profile
            .batches()?
            .iter()
            .filter(|batch| wanted(batch.presence))
            .map(|batch| batch.id)
            .collect()),
    }
}

fn found(profile: &Profile, batch: BatchId, items: &[String]) -> Result<Vec<ItemId>, Failure> {
    items.iter().map(|item| profile.find_item(batch, item)).collect()
}

fn in_days(days: u32) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from((now + u64::from(days) * 24 * 60 * 60) * 1000).unwrap_or(i64::MAX)
}

fn read_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|_| Failure::new(ErrorCode::InvalidInput, "A file that was given cannot be read as text."))
}

fn value<T: Serialize>(answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|_| Failure::new(ErrorCode::Internal, "The answer could not be encoded."))
}
