// The list of batches in all its states, by pointer and by keyboard.
import { screen, waitFor, within } from '@testing-library/svelte';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { batches } from '../../state/batches.svelte';
import { session } from '../../state/session.svelte';
import { toasts } from '../../state/toasts.svelte';
import { testNow } from '../../testing/fixture-data';
import type { FixtureHost, Scenario } from '../../testing/fixture-host';
import { renderWith, tidy, type Rendered } from '../../testing/render';
import { words } from '../../words';
import BatchList from './BatchList.svelte';

const text = words.batches;
const show = async (scenario: Scenario, prepare?: (host: FixtureHost) => void): Promise<Rendered & { props: { oncreate: ReturnType<typeof vi.fn>; onassign: ReturnType<typeof vi.fn>; onexport: ReturnType<typeof vi.fn> } }> => {
  const props = { oncreate: vi.fn(), onassign: vi.fn(), onexport: vi.fn() };
  const rendered = await renderWith(scenario, BatchList, props, prepare);
  void batches.load();
  return { ...rendered, props };
};
const row = async (name: string): Promise<HTMLElement> => {
  const found = (await screen.findByText(name)).closest<HTMLElement>('[data-testid="batch-row"]');
  if (found === null) throw new Error('the name is not in a row');
  return found;
};

beforeEach(() => {
  vi.spyOn(Date, 'now').mockReturnValue(testNow);
});
afterAll(tidy);

describe('states', () => {
  it('shows a skeleton while the list is read', async () => {
    await show('loading');
    expect(screen.getByTestId('batches-loading')).toBeInTheDocument();
  });
  it('tells an annotator why the list is empty and offers to sync', async () => {
    const { user, host } = await show('empty');
    expect(await screen.findByTestId('batches-empty')).toHaveTextContent(text.emptyAnnotator);
    await user.click(screen.getByTestId('batches-empty-sync'));
    expect(host.last('sync_now')).toBeDefined();
  });
  it('shows a failure in its place and reads again on demand', async () => {
    const failure = { code: 'store-damaged' as const, message: 'The local database is damaged.' };
    const { user, host } = await show('annotator', (one) => one.fail('list_batches', failure));
    expect(await screen.findByTestId('batches-failure')).toHaveTextContent(failure.message);
    host.fail('list_batches', null);
    await user.click(screen.getByTestId('batches-failure-retry'));
    expect(await screen.findAllByTestId('batch-row')).toHaveLength(5);
    expect(screen.queryByTestId('batches-failure')).toBeNull();
  });
  it('keeps the list when a reload fails', async () => {
    const { host } = await show('annotator');
    await screen.findAllByTestId('batch-row');
    host.fail('list_batches', { code: 'internal', message: 'It did not work.' });
    await batches.load();
    expect(await screen.findByTestId('batches-failure')).toBeInTheDocument();
    expect(screen.getAllByTestId('batch-row')).toHaveLength(5);
  });
  it('says plainly that one is offline', async () => {
    await show('annotator', (host) => (host.state.sync = { ...host.state.sync, connection: { kind: 'offline' } }));
    expect(screen.getByTestId('batches-offline')).toHaveTextContent(text.offline);
  });
});

describe('a row', () => {
  it('says what needs attention, how far it is and that it is late', async () => {
    await show('annotator');
    const crossings = await row('Crossings, week 47');
    expect(within(crossings).getByTestId('batch-conflicts')).toHaveTextContent('2 conflicts');
    expect(within(crossings).getByTestId('batch-rejected')).toHaveTextContent('11 sent back');
    expect(within(crossings).getByTestId('batch-progress')).toHaveTextContent('127 of 400 done');
    expect(within(await row('Harbour at dusk')).getByTestId('batch-due')).toHaveTextContent('2 days overdue');
    expect(within(await row('Kitchen tables')).getByTestId('batch-due')).toHaveTextContent('Today');
  });
  it('downloads with progress and can be stopped', async () => {
    const { user, host } = await show('annotator');
    await user.click(within(await row('Kitchen tables')).getByTestId('batch-pull'));
    await waitFor(() => expect(host.last('pull_batch')).toEqual({ batch: 'batch-kitchen' }));
    host.progress(1, 'pull', 'batch-kitchen', 43_200_000, 86_400_000);
    expect(await within(await row('Kitchen tables')).findByTestId('batch-task')).toHaveTextContent('Downloading 50 %');
    await user.click(within(await row('Kitchen tables')).getByTestId('batch-cancel'));
    expect(host.last('cancel_task')).toEqual({ task: 1 });
    host.finish(1, 'pull', 'batch-kitchen', { kind: 'failed', failure: { code: 'cancelled', message: 'Stopped.' } });
    await waitFor(() => expect(toasts.list.map((toast) => toast.text)).toEqual([text.stopped]));
    expect(within(await row('Kitchen tables')).getByTestId('batch-pull')).toBeInTheDocument();
  });
  it('opens what is here by its button', async () => {
    const { user } = await show('annotator');
    await user.click(within(await row('Pilot')).getByTestId('batch-open'));
    expect(session.view).toEqual({ kind: 'workspace', batch: 'batch-pilot', item: null });
  });
});

describe('keyboard', () => {
  it('chooses by arrows and opens by Enter', async () => {
    const { user } = await show('annotator');
    await row('Harbour at dusk');
    await user.keyboard('{ArrowDown}');
    expect(await row('Harbour at dusk')).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{Enter}');
    expect(session.view).toEqual({ kind: 'workspace', batch: 'batch-harbour', item: null });
  });
  it('searches by /, and says when nothing is found', async () => {
    const { user } = await show('annotator');
    await row('Pilot');
    await user.keyboard('/');
    expect(screen.getByTestId('batch-search')).toHaveFocus();
    await user.keyboard('street pil');
    expect(screen.getAllByTestId('batch-row')).toHaveLength(1);
    await user.keyboard('zzz');
    expect(screen.getByTestId('batches-no-match')).toBeInTheDocument();
    await user.click(screen.getByTestId('batch-search-clear'));
    expect(screen.getAllByTestId('batch-row')).toHaveLength(5);
  });
  it('gives the actions of leads to leads only', async () => {
    const annotator = await show('annotator');
    await row('Pilot');
    await annotator.user.keyboard('n');
    expect(annotator.props.oncreate).not.toHaveBeenCalled();
    expect(screen.queryByTestId('batch-create')).toBeNull();
    const lead = await show('lead');
    await row('Pilot');
    await lead.user.keyboard('n');
    expect(lead.props.oncreate).toHaveBeenCalledOnce();
    await lead.user.keyboard('{ArrowDown}e');
    expect(lead.props.onexport.mock.calls[0]?.[0]).toMatchObject({ id: 'batch-crossings' });
  });
});

describe('submitting a batch', () => {
  it('asks first and says which items were refused, with reasons', async () => {
    const { user, host } = await show('annotator');
    await row('Crossings, week 47');
    await user.keyboard('{Control>}{Enter}{/Control}');
    const dialog = await screen.findByTestId('submit-dialog');
    expect(dialog).toHaveTextContent('85 open or sent-back items');
    expect(host.last('submit')).toBeUndefined();
    await user.click(screen.getByTestId('submit-confirm'));
    expect(await screen.findByTestId('submit-done')).toHaveTextContent('85 items submitted');
    expect(dialog).toHaveTextContent('The attribute that is required has no value.');
    expect(host.last('submit')).toEqual({ batch: 'batch-crossings', items: null });
  });
});
