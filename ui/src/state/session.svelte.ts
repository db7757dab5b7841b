// Who and where this profile is, and which view the window shows.
import type { Failure, MemberRole, Overlays, Preferences, Session } from '../generated/contract';
import { call, toFailure } from '../host';
import { keepAddress, takeAddress } from './address';
import { status } from './status.svelte';

/** What the window shows. */
export type View =
  | { kind: 'loading' }
  | { kind: 'blocked'; failure: Failure }
  | { kind: 'enrol' }
  | { kind: 'locked' }
  | { kind: 'batches' }
  | { kind: 'members' }
  | { kind: 'workspace'; batch: string; item: string | null };

type Ready = Extract<Session, { kind: 'ready' }>;

class SessionState {
  view = $state.raw<View>({ kind: 'loading' });
  ready = $state.raw<Ready | null>(null);
  /** Asked before another view is shown; what it says no to stays. */
  mayLeave: (() => boolean) | null = null;

  /** Whether this member may seal, assign, review and export. */
  get leads(): boolean {
    const role: MemberRole | undefined = this.ready?.me.role;
    return role === 'lead' || role === 'owner';
  }

  /** Shows another view, unless the one that is shown may not be left. */
  go(view: View): void {
    if (this.mayLeave?.() ?? true) this.view = view;
  }

  /** Shows the view that a session asks for. */
  take(session: Session): void {
    this.ready = session.kind === 'ready' ? session : null;
    if (session.kind === 'blocked') this.view = { kind: 'blocked', failure: session.failure };
    else if (session.kind === 'locked') this.view = { kind: 'locked' };
    else if (session.kind === 'unenrolled') this.view = { kind: 'enrol' };
    else {
      const view = takeAddress();
      this.view = view.kind === 'members' && !this.leads ? { kind: 'batches' } : view;
    }
  }

  /** Keeps where the person is for the time after the lock. */
  keepPlace(): void {
    keepAddress(this.view, status.place?.item ?? null);
  }

  /** Opens the locked profile again. Rejects with a `Failure`. */
  async unlock(): Promise<void> {
    const answer = await call('unlock');
    if (answer.kind === 'ready') await preferences.load();
    this.take(answer);
  }

  /** Asks the core. Failures become the blocked view. */
  async load(): Promise<void> {
    this.view = { kind: 'loading' };
    try {
      const answer = await call('session');
      if (answer.kind === 'ready' || answer.kind === 'locked') await preferences.load();
      this.take(answer);
    } catch (thrown) {
      this.view = { kind: 'blocked', failure: toFailure(thrown) };
    }
  }
}

const NO_OVERLAYS: Overlays = { grid: false, crosshair: false, pixels: false, rulers: false, minimap: false };

class PreferencesState {
  current = $state.raw<Preferences>({ theme: 'system', tourSeen: true, fillOpacity: 0.15, showLabels: true, outlinesOnly: false, overlays: NO_OVERLAYS });
  /** Whether `current` is what the core keeps. Until then nothing is written back. */
  loaded = $state(false);

  async load(): Promise<void> {
    this.current = await call('preferences');
    this.loaded = true;
    this.applyTheme();
  }

  /** Changes some preferences and keeps them. Rejects with a `Failure` after taking the change back. */
  async set(change: Partial<Preferences>): Promise<void> {
    const before = this.current;
    this.current = { ...before, ...change };
    this.applyTheme();
    if (!this.loaded) return;
    try {
      await call('set_preferences', this.current);
    } catch (thrown) {
      this.current = before;
      this.applyTheme();
      throw toFailure(thrown);
    }
  }

  private applyTheme(): void {
    document.documentElement.dataset['theme'] = this.current.theme;
  }
}

export const preferences = new PreferencesState();
export const session = new SessionState();
