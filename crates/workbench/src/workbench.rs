//! What stands behind the window: the profile if there is one, long work as tasks, and sync in the background.

mod lock;

use std::hint::black_box;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use abox_decoder::Program;
use abox_ids::{BatchId, ItemId};
use tokio::runtime::Runtime;

use crate::contract::{
    AssignArguments, BatchArguments, BatchSummary, BatchView, Commands, Connection, CreateProjectArguments,
    EditArguments, EditOutcome, EnrollArguments, ErrorCode, Event, ExportArguments, ExportPlan,
    ExportPlanArguments, Failure, InviteArguments, InviteIssued, InviteMemberArguments, InvitePreview,
    ItemArguments, ItemView, LockArguments, MemberSummary, Nothing, Preferences, PrefetchArguments,
    ProjectSummary, SealArguments, Session, SubmitArguments, SubmitOutcome, SyncState, TaskArguments,
    TaskKind, TaskOutcome, TaskStarted,
};
use crate::profile::{self, Profile, Synced};
use crate::task::{Progress, Tasks};
use crate::{clock, failure};

/// How long after an edit the background sync waits for more edits.
const QUIET: Duration = Duration::from_secs(3);
/// How often it syncs without a reason.
const PERIOD: Duration = Duration::from_secs(60);
/// How long the end of the program waits for work that is ending.
const PATIENCE_AT_EXIT: Duration = Duration::from_secs(5);

type Listener = Box<dyn Fn(Event) + Send + Sync>;

enum State {
    Unenrolled,
    Ready(Arc<Profile>),
    /// With what the lock screen needs to look as usual.
    Locked(Preferences),
    Blocked(Failure),
    Closed,
}

impl State {
    fn profile(&self) -> Result<&Arc<Profile>, Failure> {
        match self {
            Self::Ready(profile) => Ok(profile),
            Self::Locked(_) => Err(Failure::locked()),
            Self::Blocked(failure) => Err(failure.clone()),
            Self::Unenrolled | Self::Closed => Err(Failure::new(
                ErrorCode::NotEnrolled,
                "This profile is not enrolled yet. Enrol it with an invite code.",
            )),
        }
    }
}

/// The core behind a window.
#[derive(Clone)]
pub struct Workbench(Arc<Inner>);

struct Inner {
    home: PathBuf,
    decoder: Program,
    runtime: Runtime,
    state: RwLock<State>,
    /// Locking and unlocking, one at a time.
    locking: Mutex<()>,
    listener: RwLock<Option<Listener>>,
    tasks: Tasks,
    sync: Mutex<SyncState>,
    wake: Wake,
}

/// Why the background thread wakes.
#[derive(Default)]
struct Wake {
    wanted: Mutex<Wanted>,
    more: Condvar,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    #[default]
    Nothing,
    Soon,
    Now,
    End,
}

impl Workbench {
    /// Opens the profile in `home` and starts the background sync; `decoder` decodes pictures. Never fails: a profile that
    /// cannot be opened is [`Session::Blocked`].
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] if the operating system gives no threads.
    pub fn open(home: PathBuf, decoder: Program) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|_| Failure::new(ErrorCode::Internal, "The program could not start its threads."))?;
        let state = opened(open(&home, &runtime, &decoder));
        let inner = Inner {
            home,
            decoder,
            runtime,
            state: RwLock::new(state),
            locking: Mutex::default(),
            listener: RwLock::new(None),
            tasks: Tasks::default(),
            sync: Mutex::new(SyncState {
                connection: Connection::Unknown,
                running: false,
                waiting: 0,
                last_synced: None,
            }),
            wake: Wake::default(),
        };
        let workbench = Self(Arc::new(inner));
        workbench.count_waiting();
        let background = workbench.clone();
        thread::spawn(move || background.sync_in_background());
        workbench.want(Wanted::Now);
        Ok(workbench)
    }

    /// Tells events to `listener` from now on.
    pub fn set_listener(&self, listener: Listener) {
        *self.0.listener.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Ends background work and closes the database. Everything that was acknowledged is saved already.
    pub fn close(&self) {
        self.want(Wanted::End);
        let before = std::mem::replace(
            &mut *self.0.state.write().unwrap_or_else(PoisonError::into_inner),
            State::Closed,
        );
        if let State::Ready(profile) = before {
            self.close_profile(profile, Some(PATIENCE_AT_EXIT));
        }
    }

    /// RGBA rows of a part of a level of an item's picture.
    ///
    /// # Errors
    /// As [`Profile::region`].
    #[expect(clippy::too_many_arguments, reason = "a rectangle of a level of an item")]
    pub fn region(
        &self,
        batch: BatchId,
        item: ItemId,
        level: u32,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
    ) -> Result<Vec<u8>, Failure> {
        self.profile()?.region(batch, item, level, x, y, width, height)
    }

    /// A small JPEG of an item.
    ///
    /// # Errors
    /// As [`Profile::preview`].
    pub fn preview(&self, batch: BatchId, item: ItemId) -> Result<Vec<u8>, Failure> {
        self.profile()?.preview(batch, item)
    }

    fn profile(&self) -> Result<Arc<Profile>, Failure> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).profile().map(Arc::clone)
    }

    fn tell(&self, event: Event) {
        if let Some(listener) = &*self.0.listener.read().unwrap_or_else(PoisonError::into_inner) {
            listener(event);
        }
    }

    fn want(&self, wanted: Wanted) {
        let mut current = self.0.wake.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if *current != Wanted::End && !(*current == Wanted::Now && wanted == Wanted::Soon) {
            *current = wanted;
        }
        drop(current);
        self.0.wake.more.notify_all();
    }

    fn sync_in_background(&self) {
        loop {
            let mut wanted = self.0.wake.wanted.lock().unwrap_or_else(PoisonError::into_inner);
            if *wanted == Wanted::Nothing {
                let woken = self.0.wake.more.wait_timeout(wanted, PERIOD);
                wanted = woken.unwrap_or_else(PoisonError::into_inner).0;
            }
            if *wanted == Wanted::Soon {
                let woken = self.0.wake.more.wait_timeout_while(wanted, QUIET, |now| *now == Wanted::Soon);
                wanted = woken.unwrap_or_else(PoisonError::into_inner).0;
            }
            if *wanted == Wanted::End {
                return;
            }
            *wanted = Wanted::Nothing;
            drop(wanted);
            if let Ok(profile) = self.profile() {
                self.sync_once(&profile);
            }
        }
    }

    fn update_sync(&self, change: impl FnOnce(&mut SyncState)) {
        let state = {
            let mut state = self.0.sync.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut state);
            state.clone()
        };
        self.tell(Event::Sync { state });
    }

    fn count_waiting(&self) {
        if let Ok(waiting) = self.profile().and_then(|profile| profile.waiting()) {
            self.update_sync(|state| state.waiting = waiting);
        }
    }

    fn sync_once(&self, profile: &Profile) {
        self.update_sync(|state| state.running = true);
        let outcome = profile.sync(&Progress::unwatched_until(profile.closing().clone()));
        if profile.closing().is_cancelled() {
            // It was cut short on purpose, which says nothing about the server.
            return self.update_sync(|state| state.running = false);
        }
        let waiting = profile.waiting().unwrap_or_default();
        self.update_sync(|state| {
            state.running = false;
            state.waiting = waiting;
            match &outcome {
                Ok(Synced { refused: Some(failure), .. }) => {
                    state.connection = Connection::Refused { failure: failure.clone() };
                }
                Ok(_) => {
                    state.connection = Connection::Online;
                    state.last_synced = Some(clock::now());
                }
                Err(failure) if failure.code == ErrorCode::Offline => state.connection = Connection::Offline,
                Err(failure) => state.connection = Connection::Refused { failure: failure.clone() },
            }
        });
        let Ok(synced) = outcome else { return };
        if synced.batches || !synced.documents.is_empty() || !synced.sent.is_empty() {
            self.tell(Event::BatchesChanged);
        }
        for (batch, items) in &synced.documents {
            self.tell(Event::DocumentsChanged { batch: *batch, items: items.iter().copied().collect() });
        }
        let mut lines = synced.sent;
        for (batch, items) in synced.documents {
            lines.entry(batch).or_default().extend(items);
        }
        for (batch, items) in lines {
            let items = items.iter().filter_map(|item| profile.item_line(batch, *item).ok()).collect();
            self.tell(Event::ItemsChanged { batch, items });
        }
    }

    /// Runs long work on a thread of its own.
    fn start(
        &self,
        work: TaskKind,
        batch: Option<BatchId>,
        run: impl FnOnce(&Profile, &Progress<'_>) -> Result<TaskOutcome, Failure> + Send + 'static,
    ) -> Result<TaskStarted, Failure> {
        // In one go, so that the profile is never locked with a task that nobody knows of.
        let state = self.0.state.read().unwrap_or_else(PoisonError::into_inner);
        let profile = Arc::clone(state.profile()?);
        let (task, cancel) = self.0.tasks.start();
        drop(state);
        let workbench = self.clone();
        thread::spawn(move || {
            let last = Mutex::new(None::<(Instant, u64)>);
            let report = |done, total: Option<u64>| {
                // Ten times a second is as much as anybody sees; the last one always comes.
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                let due =
                    last.is_none_or(|(at, told)| told != done && at.elapsed() > Duration::from_millis(100));
                if due || Some(done) == total {
                    *last = Some((Instant::now(), done));
                    workbench.tell(Event::Progress { task, work, batch, done, total });
                }
            };
            let progress = Progress::new(&report, cancel);
            let outcome = run(&profile, &progress).unwrap_or_else(|failure| TaskOutcome::Failed { failure });
            workbench.0.tasks.end(task);
            workbench.tell(Event::BatchesChanged);
            workbench.tell(Event::Finished { task, work, batch, outcome });
            workbench.want(Wanted::Soon);
        });
        Ok(TaskStarted { task })
    }

    /// After a saved change: what waits has grown, and it should be sent soon.
    fn edited(&self) {
        self.count_waiting();
        self.want(Wanted::Soon);
    }
}

fn open(home: &Path, runtime: &Runtime, decoder: &Program) -> Result<Arc<Profile>, Failure> {
    let (runtime, decoder) = (runtime.handle().clone(), decoder.clone());
    let profile = with_own_stack(|| Profile::open(home, runtime, decoder).map(Arc::new))?;
    profile.warm_up();
    Ok(profile)
}

/// Runs work with keys on a thread of its own. On their way to their place they leave copies on the stack, which nothing
/// wipes; the operating system takes a stack back when its thread ends.
fn with_own_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(|| deep_in_the_stack(work)).join())
        .unwrap_or_else(|panic| resume_unwind(panic))
}

/// The C library keeps the stack of a thread that has ended for the next one, and gives back only what is deeper than the
/// least size of a stack: 16 KiB, 128 KiB on some processors.
#[inline(never)]
fn deep_in_the_stack<T>(work: impl FnOnce() -> T) -> T {
    let above = [0_u8; 256 << 10];
    black_box(&above);
    let outcome = work();
    black_box(&above);
    outcome
}

fn opened(profile: Result<Arc<Profile>, Failure>) -> State {
    match profile {
        Ok(profile) => State::Ready(profile),
        Err(failure) if failure.code == ErrorCode::NotEnrolled => State::Unenrolled,
        Err(failure) => State::Blocked(failure),
    }
}

impl Commands for Workbench {
    fn is_locked(&self) -> bool {
        matches!(&*self.0.state.read().unwrap_or_else(PoisonError::into_inner), State::Locked(_))
    }

    fn session(&self, _: Nothing) -> Result<Session, Failure> {
        let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        let blocked = matches!(&*state, State::Blocked(_));
        if blocked {
            // What blocked it may be over: the other window closed, the keychain unlocked.
            *state = opened(open(&self.0.home, &self.0.runtime, &self.0.decoder));
        }
        let session = match &*state {
            State::Ready(profile) => profile.session(),
            State::Locked(_) => Session::Locked,
            State::Unenrolled | State::Closed => Session::Unenrolled,
            State::Blocked(failure) => Session::Blocked { failure: failure.clone() },
        };
        drop(state);
        if blocked && matches!(session, Session::Ready { .. }) {
            self.count_waiting();
            self.want(Wanted::Now);
        }
        Ok(session)
    }

    fn lock(&self, arguments: LockArguments) -> Result<Nothing, Failure> {
        self.lock_profile(arguments.stop).map(|()| Nothing {})
    }

    fn unlock(&self, _: Nothing) -> Result<Session, Failure> {
        self.unlock_profile()
    }

    fn inspect_invite(&self, arguments: InviteArguments) -> Result<InvitePreview, Failure> {
        profile::inspect_invite(&arguments, self.0.runtime.handle().clone())
    }

    fn enroll(&self, arguments: EnrollArguments) -> Result<Session, Failure> {
        let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        if let State::Ready(_) = &*state {
            return Err(Failure::new(ErrorCode::AlreadyEnrolled, "This profile is enrolled already."));
        }
        let (runtime, decoder) = (self.0.runtime.handle().clone(), self.0.decoder.clone());
        let profile =
            with_own_stack(|| profile::enroll(&self.0.home, &arguments, runtime, decoder).map(Arc::new))?;
        let session = profile.session();
        *state = State::Ready(profile);
        drop(state);
        self.want(Wanted::Now);
        Ok(session)
    }

    fn preferences(&self, _: Nothing) -> Result<Preferences, Failure> {
        let state = self.0.state.read().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Ready(profile) => profile.preferences(),
            State::Locked(preferences) => Ok(preferences.clone()),
            // Before enrolment there is nowhere to keep them.
            _ => Ok(Preferences::default()),
        }
    }

    fn set_preferences(&self, preferences: Preferences) -> Result<Nothing, Failure> {
        match self.profile() {
            Ok(profile) => profile.set_preferences(&preferences).map(|()| Nothing {}),
            Err(failure) if failure.code == ErrorCode::NotEnrolled => Ok(Nothing {}),
            Err(failure) => Err(failure),
        }
    }

    fn sync_now(&self, _: Nothing) -> Result<Nothing, Failure> {
        self.profile()?;
        self.want(Wanted::Now);
        Ok(Nothing {})
    }

    fn sync_state(&self, _: Nothing) -> Result<SyncState, Failure> {
        Ok(self.0.sync.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn cancel_task(&self, arguments: TaskArguments) -> Result<Nothing, Failure> {
        self.0.tasks.cancel(arguments.task);
        Ok(Nothing {})
    }

    fn list_batches(&self, _: Nothing) -> Result<Vec<BatchSummary>, Failure> {
        self.profile()?.batches()
    }

    fn pull_batch(&self, arguments: BatchArguments) -> Result<TaskStarted, Failure> {
        self.start(TaskKind::Pull, Some(arguments.batch), move |profile, progress| {
            profile.pull(arguments.batch, progress).map(|()| TaskOutcome::Done)
        })
    }

    fn open_batch(&self, arguments: BatchArguments) -> Result<BatchView, Failure> {
        self.profile()?.batch(arguments.batch)
    }

    fn open_item(&self, arguments: ItemArguments) -> Result<ItemView, Failure> {
        self.profile()?.item(arguments.batch, arguments.item).inspect_err(|failure| {
            if failure.code == ErrorCode::ObjectDamaged {
                // The batch is not whole any more, and can be pulled again.
                self.tell(Event::BatchesChanged);
            }
        })
    }

    fn prefetch(&self, arguments: PrefetchArguments) -> Result<Nothing, Failure> {
        self.profile()?;
        let workbench = self.clone();
        thread::spawn(move || {
            for item in arguments.items {
                // Each anew, so that locking has to wait for one picture at the most.
                let Ok(profile) = workbench.profile() else { return };
                profile.prefetch(arguments.batch, item);
            }
        });
        Ok(Nothing {})
    }

    fn edit(&self, arguments: EditArguments) -> Result<EditOutcome, Failure> {
        let outcome = self.profile()?.edit(&arguments)?;
        self.edited();
        Ok(outcome)
    }

    fn undo(&self, arguments: ItemArguments) -> Result<EditOutcome, Failure> {
        let outcome = self.profile()?.undo(arguments.batch, arguments.item)?;
        self.edited();
        Ok(outcome)
    }

    fn redo(&self, arguments: ItemArguments) -> Result<EditOutcome, Failure> {
        let outcome = self.profile()?.redo(arguments.batch, arguments.item)?;
        self.edited();
        Ok(outcome)
    }

    fn submit(&self, arguments: SubmitArguments) -> Result<SubmitOutcome, Failure> {
        let outcome = self.profile()?.submit(&arguments)?;
        self.edited();
        Ok(outcome)
    }

    fn list_members(&self, _: Nothing) -> Result<Vec<MemberSummary>, Failure> {
        Ok(self.profile()?.members())
    }

    fn invite(&self, arguments: InviteMemberArguments) -> Result<InviteIssued, Failure> {
        self.profile()?.invite(&arguments, profile::INVITE_LIFETIME)
    }

    fn list_projects(&self, _: Nothing) -> Result<Vec<ProjectSummary>, Failure> {
        self.profile()?.projects()
    }

    fn create_project(&self, arguments: CreateProjectArguments) -> Result<ProjectSummary, Failure> {
        self.profile()?.create_project(&arguments)
    }

    fn seal_batch(&self, arguments: SealArguments) -> Result<TaskStarted, Failure> {
        self.start(TaskKind::Seal, None, move |profile, progress| {
            profile.seal(arguments, progress).map(|report| TaskOutcome::Sealed { report })
        })
    }

    fn push_batch(&self, arguments: BatchArguments) -> Result<TaskStarted, Failure> {
        self.start(TaskKind::Push, Some(arguments.batch), move |profile, progress| {
            profile.push(arguments.batch, progress).map(|()| TaskOutcome::Done)
        })
    }

    fn assign_batch(&self, arguments: AssignArguments) -> Result<Nothing, Failure> {
        self.profile()?.assign(arguments.batch, arguments.member)?;
        self.tell(Event::BatchesChanged);
        Ok(Nothing {})
    }

    fn plan_export(&self, arguments: ExportPlanArguments) -> Result<ExportPlan, Failure> {
        self.profile()?.plan_export(&arguments)
    }

    fn export_batch(&self, arguments: ExportArguments) -> Result<TaskStarted, Failure> {
        self.start(TaskKind::Export, Some(arguments.batch), move |profile, progress| {
            profile.export(&arguments, progress).map(|report| TaskOutcome::Exported { report })
        })
    }
}

impl Profile {
    /// The preferences of this profile; defaults where none were kept.
    ///
    /// # Errors
    /// The database's.
    pub fn preferences(&self) -> Result<Preferences, Failure> {
        let text = self.setting("preferences")?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Keeps the preferences.
    ///
    /// # Errors
    /// The database's.
    pub fn set_preferences(&self, preferences: &Preferences) -> Result<(), Failure> {
        let text = serde_json::to_string(preferences).map_err(|_| failure::unencodable())?;
        self.set_setting("preferences", &text)
    }
}
