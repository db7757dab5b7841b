// Work that runs beside the window: its progress and how it ended.
import type { Event, TaskKind, TaskOutcome, TaskStarted } from '../generated/contract';
import { call } from '../host';
import { toasts } from './toasts.svelte';

export interface Task {
  task: number;
  work: TaskKind;
  batch: string | null;
  done: number;
  /** `null` while unknown. */
  total: number | null;
  cancelling: boolean;
}

class TaskList {
  running = $state.raw<readonly Task[]>([]);
  /** Outcomes that nobody waited for yet: a task can end before its number has reached the caller. */
  private early = new Map<number, TaskOutcome>();
  private waiting = new Map<number, (outcome: TaskOutcome) => void>();

  take(event: Extract<Event, { kind: 'progress' | 'finished' }>): void {
    if (event.kind === 'progress') {
      const { task, work, batch, done, total } = event;
      const before = this.running.find((one) => one.task === task);
      const next: Task = { task, work, batch, done, total, cancelling: before?.cancelling ?? false };
      this.running = before ? this.running.map((one) => (one.task === task ? next : one)) : [...this.running, next];
      return;
    }
    this.running = this.running.filter((one) => one.task !== event.task);
    const resolve = this.waiting.get(event.task);
    if (resolve === undefined) this.early.set(event.task, event.outcome);
    else resolve(event.outcome);
    this.waiting.delete(event.task);
  }

  /** The end of a task that a command started. Never rejects: failures are outcomes. */
  outcome({ task }: TaskStarted): Promise<TaskOutcome> {
    const early = this.early.get(task);
    this.early.delete(task);
    if (early !== undefined) return Promise.resolve(early);
    return new Promise((resolve) => this.waiting.set(task, resolve));
  }

  of(batch: string, work?: TaskKind): Task | undefined {
    return this.running.find((one) => one.batch === batch && (work === undefined || one.work === work));
  }

  byNumber(task: number | null): Task | undefined {
    return this.running.find((one) => one.task === task);
  }

  async cancel(task: number): Promise<void> {
    this.running = this.running.map((one) => (one.task === task ? { ...one, cancelling: true } : one));
    try {
      await call('cancel_task', { task });
    } catch (thrown) {
      toasts.failure(thrown);
    }
  }
}

export const tasks = new TaskList();
