// What can be done with a batch, for the row's buttons, its menu and the keyboard alike.
import type { BatchSummary } from '../../generated/contract';
import { call } from '../../host';
import { batches } from '../../state/batches.svelte';
import { session } from '../../state/session.svelte';
import { tasks } from '../../state/tasks.svelte';
import { toasts } from '../../state/toasts.svelte';
import { words } from '../../words';

const text = words.batches;

export const canOpen = (batch: BatchSummary): boolean => batch.presence !== 'remote';
export const canPull = (batch: BatchSummary): boolean => batch.presence === 'remote' && tasks.of(batch.id) === undefined;
export const canPush = (batch: BatchSummary): boolean => batch.presence === 'unpushed' && tasks.of(batch.id) === undefined;
/** Whether there are items that could be submitted. */
export const submittable = (batch: BatchSummary): number => batch.counts.labelled + batch.counts.rejected;

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

/** Opens what is here; downloads what is not. */
export function openOrPull(batch: BatchSummary): void {
  if (canOpen(batch)) session.go({ kind: 'workspace', batch: batch.id, item: null });
  else if (canPull(batch)) void pull(batch);
}
