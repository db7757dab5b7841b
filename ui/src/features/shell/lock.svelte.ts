// Locking the window: first what was done is saved, then what would be lost is asked about, then the core locks, and the shell
// loads the page anew, so that nothing of this page is left. Not here: the lock screen (views/LockedView.svelte).
import { tick } from 'svelte';
import type { Action } from '../../actions/registry.svelte';
import type { TaskKind } from '../../generated/contract';
import { call, toFailure } from '../../host';
import { session } from '../../state/session.svelte';
import { status } from '../../state/status.svelte';
import { tasks } from '../../state/tasks.svelte';
import { toasts } from '../../state/toasts.svelte';
import { words } from '../../words';
import { overlays } from './overlays.svelte';

/** What locking would stop or throw away. */
export interface Unfinished {
  running: readonly TaskKind[];
  /** Whether the core says that work runs which is not among `running`. */
  more: boolean;
  gesture: boolean;
  writing: boolean;
  /** Whether changes could not be saved. */
  held: boolean;
}

const nothing: Unfinished = { running: [], more: false, gesture: false, writing: false, held: false };

/** Whether an open dialog has something to fill in, or a comment has text. Other fields save when they are left. */
const isWriting = (): boolean =>
  document.querySelector('[role="dialog"] :is(input, textarea, select)') !== null || [...document.querySelectorAll('textarea')].some((field) => field.value.trim() !== '');

class Lock {
  /** `asking` shows what would be lost; from `locking` on nothing else is to be seen. */
  phase = $state<'open' | 'asking' | 'locking'>('open');
  unfinished = $state.raw(nothing);

  /** Locks, or asks when something would be lost. */
  async request(): Promise<void> {
    if (this.phase !== 'open') return;
    overlays.open = null;
    await tick();
    if (document.activeElement instanceof HTMLElement && !isWriting()) document.activeElement.blur();
    const found: Unfinished = { running: tasks.running.map((task) => task.work), more: false, gesture: status.gesture(), writing: isWriting(), held: status.held() };
    if (found.gesture || found.writing || found.held || found.running.length > 0) return this.ask(found);
    await this.close(false);
  }

  /** Locks whatever runs. */
  async confirm(): Promise<void> {
    await this.close(true);
  }

  cancel(): void {
    this.phase = 'open';
  }

  private ask(unfinished: Unfinished): void {
    this.unfinished = unfinished;
    this.phase = 'asking';
  }

  private async close(stop: boolean): Promise<void> {
    this.phase = 'locking';
    try {
      if (!(await status.settled()) && !stop) return this.ask({ ...nothing, held: true });
      session.keepPlace();
      await call('lock', { stop });
      this.phase = 'open';
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code === 'busy') return this.ask({ ...nothing, more: true });
      this.phase = 'open';
      toasts.failure(failure);
    }
  }
}

export const lock = new Lock();

export const lockActions: readonly Action[] = [
  { id: 'shell.lock', title: words.lock.action, scope: 'everywhere', keys: ['Mod+L'], inText: true, inDialogs: true, enabled: () => session.ready !== null, run: () => lock.request() },
];
