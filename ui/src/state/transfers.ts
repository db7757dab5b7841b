// Downloads and uploads of batches: they run beside the window, and say how they ended wherever the person is then.
import type { BatchSummary } from '../generated/contract';
import { call } from '../host';
import { words } from '../words';
import { batches } from './batches.svelte';
import { tasks } from './tasks.svelte';
import { toasts } from './toasts.svelte';

const text = words.batches;

/** Starts a task on a batch and says how it ended. Returns whether it was done. */
async function transfer(batch: BatchSummary, command: 'pull_batch' | 'push_batch', done: (name: string) => string): Promise<boolean> {
  try {
    const outcome = await tasks.outcome(await call(command, { batch: batch.id }));
    if (outcome.kind !== 'failed') {
      toasts.show(done(batch.name), 'good');
      return true;
    }
    if (outcome.failure.code === 'cancelled') toasts.show(text.stopped);
    else toasts.failure(outcome.failure);
  } catch (thrown) {
    toasts.failure(thrown);
  } finally {
    await batches.load();
  }
  return false;
}

export const pull = (batch: BatchSummary): Promise<boolean> => transfer(batch, 'pull_batch', text.pulled);
export const push = (batch: BatchSummary): Promise<boolean> => transfer(batch, 'push_batch', text.pushed);
