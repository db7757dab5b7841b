import { expect, it } from 'vitest';
import type { ItemState, ItemSummary } from '../../generated/contract';
import { needsReview, needsWork, neighbour, nextThat, tally } from './order';
import { windowOf } from './windowing';

const items = (...states: ItemState[]): ItemSummary[] =>
  states.map((state, i) => ({ id: String(i), name: '', width: 1, height: 1, state, annotations: 0, openComments: 0, conflicts: 0, waiting: false, here: true }));

it('goes to the neighbours and stops at the ends', () => {
  const list = items('open', 'open');
  expect(neighbour(list, '0', 1)?.id).toBe('1');
  expect(neighbour(list, '1', 1)).toBeNull();
  expect(neighbour(list, '0', -1)).toBeNull();
  expect(neighbour([], null, 1)).toBeNull();
});

it('finds the next to review round the end, and never the current one', () => {
  const list = items('submitted', 'open', 'submitted', 'accepted');
  expect(nextThat(list, '2', needsReview)?.id).toBe('0');
  expect(nextThat(items('open', 'submitted'), '1', needsReview)).toBeNull();
  expect(nextThat(list, null, needsReview)?.id).toBe('0');
  expect(nextThat(items('accepted', 'rejected', 'open'), '0', needsWork)?.id).toBe('1');
});

it('counts states', () => {
  expect(tally(items('open', 'submitted', 'submitted', 'rejected'))).toEqual({ open: 1, submitted: 2, accepted: 0, rejected: 1 });
});

it('draws only the rows in view, however long the list', () => {
  expect(windowOf(10_000, 92, 92 * 5000, 920, 4)).toEqual({ first: 4996, last: 5014, before: 4996 * 92 });
  expect(windowOf(3, 92, 0, 5000)).toEqual({ first: 0, last: 3, before: 0 });
  // A scroll position of a longer list that is gone.
  expect(windowOf(2, 92, 90_000, 500)).toEqual({ first: 2, last: 2, before: 184 });
});
