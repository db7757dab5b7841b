//! Locking: the profile is closed while the window stays, and opened again with the keys from the keychain.
//!
//! Closed means closed, as at the end of the program: running work has ended, the database is closed, and with the
//! profile go its keys, documents and decoded pictures. The data directory is free meanwhile, so `abox` can use it; the
//! window then has to wait for `abox` when it is unlocked. Nothing is lost by locking: what was acknowledged is saved,
//! and stopped work can be started again.
//!
//! Not here: who asks for it, which today is a person, and what the window itself holds, which the shell drops on
//! [`Event::Locked`].

use std::mem;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{State, Wanted, Workbench};
use crate::contract::{ErrorCode, Event, Failure, Session};
use crate::profile::Profile;

/// Between two looks whether the last user of a profile has let go.
const PAUSE: Duration = Duration::from_millis(5);

impl Workbench {
    /// Locks. Returns when the profile is closed. With `stop` running tasks are stopped, without it they are a reason
    /// not to lock.
    pub(super) fn lock_profile(&self, stop: bool) -> Result<(), Failure> {
        let _one_at_a_time = self.0.locking.lock().unwrap_or_else(PoisonError::into_inner);
        let profile = {
            let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
            if let State::Locked(_) = &*state {
                return Ok(());
            }
            let profile = Arc::clone(state.profile()?);
            if !stop && self.0.tasks.any() {
                return Err(Failure::new(
                    ErrorCode::Busy,
                    "Work is still running. Let it finish, or stop it and lock.",
                ));
            }
            // Preferences that cannot be read are no reason to stay open.
            drop(mem::replace(&mut *state, State::Locked(profile.preferences().unwrap_or_default())));
            profile
        };
        self.close_profile(profile, None);
        self.tell(Event::Locked);
        Ok(())
    }

    /// Opens the locked profile again. What keeps it from opening is the error, and it stays locked.
    pub(super) fn unlock_profile(&self) -> Result<Session, Failure> {
        let one_at_a_time = self.0.locking.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(&*self.0.state.read().unwrap_or_else(PoisonError::into_inner), State::Locked(_)) {
            drop(one_at_a_time);
            return crate::contract::Commands::session(self, crate::contract::Nothing {});
        }
        // The keychain may ask the person for its password here, so nothing else may have to wait.
        let profile = super::open(&self.0.home, &self.0.runtime, &self.0.decoder)?;
        let session = profile.session();
        {
            let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
            if let State::Closed = &*state {
                // The program has ended meanwhile.
                return Ok(Session::Locked);
            }
            *state = State::Ready(profile);
        }
        self.count_waiting();
        self.want(Wanted::Now);
        Ok(session)
    }

    /// Ends all work with a profile that nobody can get any more, and closes it as soon as the last user has let go.
    /// With a limit it gives up waiting after that time, and the last user closes it.
    pub(super) fn close_profile(&self, mut profile: Arc<Profile>, limit: Option<Duration>) {
        self.0.tasks.cancel_all();
        profile.wind_down();
        let start = Instant::now();
        // The keys are wiped where they lie: taken out of the `Arc` they would leave a copy there.
        while Arc::get_mut(&mut profile).is_none() && limit.is_none_or(|limit| start.elapsed() < limit) {
            thread::sleep(PAUSE);
        }
    }
}
