// What the top bar tells besides the sync: the place in the work, and whether the newest edits are on this disk.
import type { Failure } from '../generated/contract';

/** Where in a batch the person is. */
export interface Place {
  batch: string;
  /** The identifier of the item. */
  item: string;
  /** From 1; `null` while no item is open. */
  position: number | null;
  total: number;
}

export type SavedState = { kind: 'saved' } | { kind: 'saving' } | { kind: 'failed'; failure: Failure };

class StatusState {
  place = $state.raw<Place | null>(null);
  /** Whether a gesture on the picture is under way; whoever shows the picture says so. */
  gesture: () => boolean = () => false;
  /** Whether changes wait that could not be saved, as on a full disk. */
  held: () => boolean = () => false;
  private writes = $state(0);
  private readonly pending = new Set<Promise<unknown>>();
  private failure = $state.raw<Failure | null>(null);

  /** Saved only when nothing is being written and nothing failed since. */
  get saved(): SavedState {
    if (this.failure !== null) return { kind: 'failed', failure: this.failure };
    return this.writes > 0 ? { kind: 'saving' } : { kind: 'saved' };
  }

  /** Follows a write (an edit, undo, submit …) until the core has answered. Passes its result or rejection on. */
  async writing<T>(write: Promise<T>): Promise<T> {
    this.writes += 1;
    this.pending.add(write);
    try {
      const result = await write;
      this.failure = null;
      return result;
    } finally {
      this.writes -= 1;
      this.pending.delete(write);
    }
  }

  /** Waits until nothing is being written. Whether that came about: what cannot be saved now is not waited for. */
  async settled(): Promise<boolean> {
    while (this.pending.size > 0 && !this.held()) await new Promise((resolve) => setTimeout(resolve, 20));
    return this.pending.size === 0;
  }

  /** Says that an edit is not saved, until the next one is, or `clearFailure`. */
  fail(failure: Failure): void {
    this.failure = failure;
  }

  clearFailure(): void {
    this.failure = null;
  }
}

export const status = new StatusState();
