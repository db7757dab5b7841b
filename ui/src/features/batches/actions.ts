// What can be done with a batch, for the row's buttons, its menu and the keyboard alike.
import type { BatchSummary } from '../../generated/contract';
import { session } from '../../state/session.svelte';
import { tasks } from '../../state/tasks.svelte';
import { pull } from '../../state/transfers';

/** What is here can be worked on, also while the rest is not. */
export const canOpen = (batch: BatchSummary): boolean => batch.presence !== 'remote' || batch.itemsHere > 0;
export const canPull = (batch: BatchSummary): boolean => batch.presence === 'remote' && tasks.of(batch.id) === undefined;
export const canPush = (batch: BatchSummary): boolean => batch.presence === 'unpushed' && tasks.of(batch.id) === undefined;
/** Whether there are items that could be submitted. */
export const submittable = (batch: BatchSummary): number => batch.counts.labelled + batch.counts.rejected;

/** Opens what is here; downloads what is not. */
export function openOrPull(batch: BatchSummary): void {
  if (canOpen(batch)) session.go({ kind: 'workspace', batch: batch.id, item: null });
  else if (canPull(batch)) void pull(batch);
}
