// Which item comes next. Pure.
import type { ItemSummary } from '../../generated/contract';

/** The neighbour of an item in the list, or `null` at the end. */
export function neighbour(items: readonly ItemSummary[], current: string | null, step: 1 | -1): ItemSummary | null {
  const at = items.findIndex((item) => item.id === current);
  return at < 0 ? (items[0] ?? null) : (items[at + step] ?? null);
}

/** The next item after the current one, round the end of the list, that fits; `null` if no other does. */
export function nextThat(items: readonly ItemSummary[], current: string | null, fits: (item: ItemSummary) => boolean): ItemSummary | null {
  const at = items.findIndex((item) => item.id === current);
  for (let i = 1; i <= items.length; i++) {
    const item = items[(at + i) % items.length];
    if (item && item.id !== current && fits(item)) return item;
  }
  return null;
}

/** Whether a lead has to look at it. */
export const needsReview = (item: ItemSummary): boolean => item.state === 'submitted';
/** Whether an annotator has to work on it. */
export const needsWork = (item: ItemSummary): boolean => item.state === 'open' || item.state === 'rejected';

/** How many items are in which state. */
export function tally(items: readonly ItemSummary[]): { submitted: number; accepted: number; rejected: number; open: number } {
  const sum = { submitted: 0, accepted: 0, rejected: 0, open: 0 };
  for (const item of items) sum[item.state] += 1;
  return sum;
}
