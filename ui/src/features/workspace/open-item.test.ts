import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EditOutcome, Failure, Intent, ItemSummary } from '../../generated/contract';
import { installHost } from '../../host';
import { status } from '../../state/status.svelte';
import { FixtureHost } from '../../testing/fixture-host';
import { OpenItem } from './open-item.svelte';

const shape = (x: number): Extract<Intent, { kind: 'create' }>['shape'] => ({ kind: 'box', min: { x, y: 0 }, max: { x: x + 5, y: 5 } });
const create = (id: string, x = 0): Intent => ({ kind: 'create', id, class: 'class-person', shape: shape(x), attributes: [] });

describe('an open item', () => {
  let host: FixtureHost;
  let refused: Failure[];
  let summaries: ItemSummary[];
  let item: OpenItem;
  /** Edits wait here until the test lets them go. */
  let gates: (() => void)[];
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const ids = (): string[] => item.document.annotations.map((one) => one.id);

  beforeEach(async () => {
    host = new FixtureHost('annotator');
    installHost(host);
    status.clearFailure();
    gates = [];
    const edit = host.replies.edit;
    host.replies.edit = async (args) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return edit(args);
    };
    [refused, summaries] = [[], []];
    item = new OpenItem('batch-crossings', 'item-1', 'me', { summary: (one) => summaries.push(one), refused: (failure) => refused.push(failure) });
    await item.load();
  });

  it('shows a gesture at once, and says saved only when the core has answered', async () => {
    expect(status.saved.kind).toBe('saved');
    const done = item.edit([create('n')]);
    expect(ids()).toEqual(['n']);
    expect(status.saved.kind).toBe('saving');
    await settle();
    expect(status.saved.kind).toBe('saving');
    expect(item.history.undo).toBe(0);
    gates.shift()?.();
    expect(await done).toEqual(['n']);
    expect(status.saved.kind).toBe('saved');
    expect(item.history.undo).toBe(1);
    expect(summaries.at(-1)?.annotations).toBe(1);
  });

  it('takes a refused gesture back with the core\'s message, and says that it is not saved', async () => {
    const failure = { code: 'edit-refused' as const, message: 'This cannot be done.' };
    host.fail('edit', failure);
    const done = item.edit([create('n')]);
    expect(ids()).toEqual(['n']);
    expect(await done).toBeNull();
    expect(ids()).toEqual([]);
    expect(refused).toEqual([failure]);
    expect(status.saved).toEqual({ kind: 'failed', failure });
  });

  describe('on a full disk', () => {
    const full: Failure = { code: 'disk-full', message: 'The disk is full.' };
    let both: Promise<readonly string[] | null>[];
    beforeEach(async () => {
      host.fail('edit', full);
      both = [item.edit([create('a')]), item.edit([create('b', 9)])];
      await settle();
    });

    afterEach(async () => {
      item.discard();
      await Promise.all(both);
    });

    it('keeps what was drawn in sight, with those behind it, and says that it is not saved', () => {
      expect(ids()).toEqual(['a', 'b']);
      expect(item.held).toEqual(full);
      expect(item.unsavedCount).toBe(2);
      expect(status.saved).toEqual({ kind: 'failed', failure: full });
      expect(refused).toEqual([]);
      expect(host.calls.filter((one) => one.name === 'edit')).toHaveLength(1);
    });

    it('saves all of it in its order when there is room', async () => {
      item.saveAgain();
      await settle();
      expect(item.held).toEqual(full);
      host.fail('edit', null);
      item.saveAgain();
      expect(item.held).toBeNull();
      for (let n = 0; n < 2; n += 1) {
        await settle();
        gates.shift()?.();
      }
      expect(await Promise.all(both)).toEqual([['a'], ['b']]);
      expect(ids()).toEqual(['a', 'b']);
      expect(status.saved.kind).toBe('saved');
    });

    it('gives all of it up when the person says so, and saves what comes next', async () => {
      host.fail('edit', null);
      item.discard();
      expect(await Promise.all(both)).toEqual([null, null]);
      expect(ids()).toEqual([]);
      expect(refused).toEqual([]);
      expect(status.saved.kind).toBe('saved');
      const next = item.edit([create('c')]);
      await settle();
      gates.shift()?.();
      expect(await next).toEqual(['c']);
    });
  });

  it('sends one call a gesture, in their order, one after the other', async () => {
    const both = [item.edit([create('a'), create('b', 9)]), item.edit([{ kind: 'set-shape', id: 'a', shape: shape(50) }])];
    expect(ids()).toEqual(['a', 'b']);
    expect(item.document.annotations[0]?.shape).toEqual(shape(50));
    await settle();
    expect(host.calls.filter((one) => one.name === 'edit')).toHaveLength(1);
    gates.shift()?.();
    await both[0];
    // The second is still on its way and is still shown.
    expect(status.saved.kind).toBe('saving');
    expect(item.document.annotations[0]?.shape).toEqual(shape(50));
    await settle();
    gates.shift()?.();
    await both[1];
    expect(status.saved.kind).toBe('saved');
    expect(item.document.annotations[0]?.shape).toEqual(shape(50));
  });

  it('shows what the core made of a gesture, not what was guessed', async () => {
    const { edit } = host.replies;
    host.replies.edit = async (args) => {
      const outcome = (await edit(args)) as EditOutcome;
      return { ...outcome, patch: { ...outcome.patch, changed: outcome.patch.changed.map((one) => ({ ...one, shape: shape(1) })) } };
    };
    const done = item.edit([create('n', -3)]);
    expect(item.document.annotations[0]?.shape).toEqual(shape(-3));
    await settle();
    gates.shift()?.();
    await done;
    expect(item.document.annotations[0]?.shape).toEqual(shape(1));
  });

  it('undoes and does again through the core, after the gestures before', async () => {
    const done = item.edit([create('n')]);
    const undone = item.undo();
    await settle();
    gates.shift()?.();
    await done;
    await undone;
    expect(host.calls.map((one) => one.name).filter((name) => name !== 'open_item')).toEqual(['edit', 'undo']);
    expect(ids()).toEqual([]);
    await item.redo();
    expect(ids()).toEqual(['n']);
    expect(item.history).toEqual({ undo: 1, redo: 0 });
  });

  it('takes over a sync only after the gestures on their way, and keeps them', async () => {
    const done = item.edit([create('n')]);
    const loaded = item.load();
    expect(ids()).toEqual(['n']);
    await settle();
    gates.shift()?.();
    await done;
    await loaded;
    expect(ids()).toEqual(['n']);
  });

  it('says why it cannot be opened, and makes no call for a gesture without wishes', async () => {
    host.fail('open_item', { code: 'object-damaged', message: 'damaged' });
    await item.load();
    expect(item.failure?.code).toBe('object-damaged');
    expect(await item.edit([])).toEqual([]);
    expect(host.calls.some((one) => one.name === 'edit')).toBe(false);
  });
});
