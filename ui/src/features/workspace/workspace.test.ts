import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { actionFor, allActions } from '../../actions/registry.svelte';
import { status } from '../../state/status.svelte';
import type { FixtureHost, Scenario } from '../../testing/fixture-host';
import { renderWith, tidy } from '../../testing/render';
import Workspace from './Workspace.svelte';

// There is no graphics card here: the stage says so, everything around it works. Drawing is tested by the tools' driver and in
// the real window.
async function show(scenario: Scenario, item: string | null, prepare?: (host: FixtureHost) => void): Promise<FixtureHost> {
  const { host } = await renderWith(scenario, Workspace, { batch: 'batch-crossings', item }, prepare);
  return host;
}
const itemNow = (): string | undefined => screen.getByTestId('workspace').dataset['item'];
const lastIntents = (host: FixtureHost): unknown => host.last('edit')?.intents;

beforeEach(() => {
  status.clearFailure();
});
afterAll(tidy);

describe('the workspace of an annotator', () => {
  it('opens the wished item and says where in the batch it is', async () => {
    await show('annotator', 'item-3');
    await screen.findByTestId('workspace');
    expect(itemNow()).toBe('item-3');
    expect(status.place).toEqual({ batch: 'Crossings, week 47', item: 'item-3', position: 4, total: 400 });
    expect(await screen.findAllByTestId('object-row')).toHaveLength(3);
  });

  it('draws thumbnails of the items in view only', async () => {
    await show('annotator', 'item-0');
    await screen.findByTestId('workspace');
    expect(screen.getAllByTestId('item-thumb').length).toBeLessThan(30);
  });

  it('shows why an item came back, with its comments, and resolves them by one gesture', async () => {
    const host = await show('annotator', 'item-2');
    expect(await screen.findByTestId('rejection-reason')).toHaveTextContent('The second vehicle is missing.');
    await fireEvent.click(await screen.findByTestId('comment-resolve'));
    expect(lastIntents(host)).toEqual([{ kind: 'resolve-comment', id: 'item-2-remark', resolved: true }]);
    await waitFor(() => expect(screen.getByTestId('comment').dataset['resolved']).toBe('true'));
  });

  it('selects in the list and changes an attribute as one gesture', async () => {
    const host = await show('annotator', 'item-0');
    const rows = await screen.findAllByTestId('object-row');
    const person = rows.find((row) => row.dataset['class'] === 'class-person');
    await fireEvent.click(person as HTMLElement);
    const inputs = await screen.findAllByTestId('attribute-input');
    await userEvent.selectOptions(inputs[0] as HTMLElement, 'walking');
    expect(lastIntents(host)).toEqual([{ kind: 'set-attribute', id: 'item-0-a', attribute: 'attribute-pose', value: { kind: 'select', value: 'walking' } }]);
  });

  it('changes the class of what is selected by its key', async () => {
    const host = await show('annotator', 'item-0');
    const rows = await screen.findAllByTestId('object-row');
    await fireEvent.click(rows.find((row) => row.dataset['class'] === 'class-person') as HTMLElement);
    await fireEvent.keyDown(document.body, { key: '2' });
    expect(lastIntents(host)).toEqual([{ kind: 'set-class', id: 'item-0-a', class: 'class-vehicle' }]);
  });

  it('deletes, copies and pastes by keys, the copy with new identifiers', async () => {
    const host = await show('annotator', 'item-0');
    const [row] = await screen.findAllByTestId('object-row');
    await fireEvent.click(row as HTMLElement);
    await fireEvent.keyDown(document.body, { key: 'c', ctrlKey: true });
    await fireEvent.keyDown(document.body, { key: 'v', ctrlKey: true });
    await waitFor(() => expect(screen.getAllByTestId('object-row')).toHaveLength(4));
    expect(lastIntents(host)).toMatchObject([{ kind: 'create', class: 'class-animal' }]);
    await fireEvent.keyDown(document.body, { key: 'Delete' });
    await waitFor(() => expect(screen.getAllByTestId('object-row')).toHaveLength(3));
  });

  it('tags the item', async () => {
    const host = await show('annotator', 'item-1');
    await waitFor(() => expect(screen.getByTestId('tag-row')).toBeEnabled());
    await fireEvent.click(screen.getByTestId('tag-row'));
    expect(lastIntents(host)).toMatchObject([{ kind: 'create', class: 'class-night', shape: { kind: 'tag' } }]);
    await waitFor(() => expect(screen.getByTestId('tag-row')).toHaveAttribute('aria-pressed', 'true'));
  });

  it('submits and goes on to the next item that needs work', async () => {
    const host = await show('annotator', 'item-1');
    await waitFor(() => expect(screen.getByTestId('submit-item')).toBeEnabled());
    await fireEvent.click(screen.getByTestId('submit-item'));
    await waitFor(() => expect(itemNow()).toBe('item-2'));
    expect(lastIntents(host)).toEqual([{ kind: 'submit' }]);
  });

  it('stays on an item that the core does not take', async () => {
    const host = await show('annotator', 'item-1');
    host.fail('edit', { code: 'edit-refused', message: 'An attribute that is required has no value.' });
    await waitFor(() => expect(screen.getByTestId('submit-item')).toBeEnabled());
    await fireEvent.click(screen.getByTestId('submit-item'));
    await waitFor(() => expect(status.saved.kind).toBe('failed'));
    expect(itemNow()).toBe('item-1');
  });

  it('goes to the neighbours by key and asks the core to decode ahead', async () => {
    const host = await show('annotator', 'item-5');
    await screen.findByTestId('workspace');
    await fireEvent.keyDown(document.body, { key: 'f' });
    expect(itemNow()).toBe('item-6');
    await fireEvent.keyDown(document.body, { key: 'd' });
    expect(itemNow()).toBe('item-5');
    expect(host.last('prefetch')?.items).toEqual(['item-6', 'item-7', 'item-4']);
  });

  it('takes over what a sync changed on the open item', async () => {
    const host = await show('annotator', 'item-1');
    await screen.findByTestId('workspace');
    await waitFor(() => expect(screen.queryAllByTestId('object-row')).toHaveLength(0));
    host.documents.edit('item-1', [{ kind: 'create', id: 'theirs', class: 'class-person', shape: { kind: 'box', min: { x: 1, y: 1 }, max: { x: 9, y: 9 } }, attributes: [] }]);
    host.emit({ kind: 'documents-changed', batch: 'batch-crossings', items: ['item-1'] });
    expect(await screen.findAllByTestId('object-row')).toHaveLength(1);
  });

  it('says that an item is not here, and offers to download it', async () => {
    const host = await show('annotator', 'item-4', ({ documents }) => {
      const item = documents.item('item-4');
      item.here = false;
    });
    await fireEvent.click(await screen.findByTestId('stage-download'));
    expect(host.last('pull_batch')).toEqual({ batch: 'batch-crossings' });
  });

  it('says that a batch is empty, or why it cannot be opened', async () => {
    await show('annotator', null, ({ documents }) => documents.items.splice(0));
    expect(await screen.findByTestId('empty-batch')).toBeInTheDocument();
    await show('annotator', null, (host) => host.fail('open_batch', { code: 'store-damaged', message: 'The local database is damaged.' }));
    expect(await screen.findByTestId('workspace-failure')).toHaveTextContent('The local database is damaged.');
  });

  it('lists every action of the hand with its key, and takes them away with the workspace', async () => {
    await show('annotator', 'item-0');
    await screen.findByTestId('workspace');
    const keys = (id: string): readonly string[] | undefined => allActions().find((action) => action.id === `workspace.${id}`)?.keys;
    expect([keys('box'), keys('polygon'), keys('undo'), keys('next-item'), keys('submit'), keys('hide-all')]).toEqual([['b'], ['p'], ['Mod+z'], ['f', 'PageDown'], ['Mod+Enter'], ['h']]);
    expect(keys('accept')).toBeUndefined();
    expect(actionFor(new KeyboardEvent('keydown', { key: 'h' }))?.id).toBe('workspace.hide-all');
  });

  it('moves the view by the arrow keys while nothing is selected', async () => {
    await show('annotator', 'item-0');
    await screen.findByTestId('workspace');
    expect(actionFor(new KeyboardEvent('keydown', { key: 'ArrowRight' }))?.id).toBe('workspace.pan');
    expect(actionFor(new KeyboardEvent('keydown', { key: 'ArrowUp', shiftKey: true }))?.id).toBe('workspace.pan-far');
    await waitFor(() => expect(screen.getAllByTestId('object-row').length).toBeGreaterThan(0));
    await fireEvent.click(screen.getAllByTestId('object-row')[0]!);
    await waitFor(() => expect(actionFor(new KeyboardEvent('keydown', { key: 'ArrowRight' }))?.id).toBe('workspace.nudge'));
  });

  it('goes to the last item and back to the first by key', async () => {
    const host = await show('annotator', 'item-0');
    await screen.findByTestId('workspace');
    const press = (key: string): unknown => actionFor(new KeyboardEvent('keydown', { key }))?.run();
    press('End');
    await waitFor(() => expect(itemNow()).toBe(host.documents.items.at(-1)?.id));
    press('Home');
    await waitFor(() => expect(itemNow()).toBe('item-0'));
  });
});

describe('the workspace of a lead', () => {
  it('begins with an item to review and counts', async () => {
    await show('lead', null);
    await screen.findByTestId('workspace');
    expect(screen.getByTestId('workspace').dataset['mode']).toBe('review');
    expect(itemNow()).toBe('item-3');
    expect(screen.getByTestId('review-counts')).toHaveTextContent(/57 to review/);
  });

  it('accepts and goes on to the next to review', async () => {
    const host = await show('lead', 'item-3');
    await waitFor(() => expect(screen.getByTestId('accept')).toBeEnabled());
    await fireEvent.click(screen.getByTestId('accept'));
    await waitFor(() => expect(itemNow()).toBe('item-10'));
    expect(lastIntents(host)).toEqual([{ kind: 'accept' }]);
  });

  it('sends back with a reason only', async () => {
    const host = await show('lead', 'item-3');
    await waitFor(() => expect(screen.getByTestId('reject')).toBeEnabled());
    await fireEvent.click(screen.getByTestId('reject'));
    const reason = await screen.findByTestId('reject-reason');
    expect(screen.getByTestId('reject-confirm')).toBeDisabled();
    await userEvent.type(reason, '  One is missing. ');
    await fireEvent.click(screen.getByTestId('reject-confirm'));
    await waitFor(() => expect(itemNow()).toBe('item-10'));
    expect(lastIntents(host)).toEqual([{ kind: 'reject', reason: 'One is missing.' }]);
  });

  it('comments on the item', async () => {
    const host = await show('lead', 'item-3');
    await waitFor(() => expect(screen.getByTestId('comment-item')).toBeEnabled());
    await fireEvent.click(screen.getByTestId('comment-item'));
    await userEvent.type(await screen.findByTestId('comment-text'), 'Look again.{Enter}');
    expect(lastIntents(host)).toEqual([{ kind: 'add-comment', anchor: { kind: 'item' }, text: 'Look again.' }]);
    expect(await screen.findAllByTestId('comment')).toHaveLength(1);
  });
});
