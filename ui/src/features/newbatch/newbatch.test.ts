// Making a batch: from dropped files to the people who work on it.
import { screen, waitFor, within } from '@testing-library/svelte';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { batches } from '../../state/batches.svelte';
import type { FixtureHost } from '../../testing/fixture-host';
import { renderWith, tidy, type Rendered } from '../../testing/render';
import { words } from '../../words';
import NewBatch from './NewBatch.svelte';
import { previewSchema } from './preview-schema';
import { starterSchema } from './starter-schema';

const report = { batch: 'batch-sealed', items: 28, bytes: 41_300_000, skipped: [{ path: '/data/photos/empty.jpg', reason: 'The file is empty.' }] };
const open = async (prepare?: (host: FixtureHost) => void): Promise<Rendered & { onclose: ReturnType<typeof vi.fn> }> => {
  const onclose = vi.fn();
  return { ...(await renderWith('lead', NewBatch, { dropped: ['/data/photos'], onclose }, prepare)), onclose };
};
const next = async ({ user }: Rendered): Promise<void> => {
  await waitFor(() => expect(screen.getByTestId('new-batch-next')).toBeEnabled());
  await user.click(screen.getByTestId('new-batch-next'));
};
async function toSealing(rendered: Rendered): Promise<void> {
  await next(rendered);
  await screen.findByTestId('schema-classes');
  await next(rendered);
  await rendered.user.type(await screen.findByTestId('new-batch-name'), 'Week 49');
  await rendered.user.type(screen.getByTestId('new-batch-guide'), 'Label people.');
  await next(rendered);
  await waitFor(() => expect(rendered.host.last('seal_batch')).toBeDefined());
}

afterAll(tidy);

describe('files', () => {
  it('takes dropped, chosen and typed paths once each', async () => {
    const { user, host } = await open((one) => (one.chosen = [['/data/photos', '/data/more']]));
    await user.click(await screen.findByTestId('new-batch-folder'));
    host.drop({ kind: 'drop', paths: ['/data/dropped.png'] });
    await user.type(screen.getByTestId('new-batch-path'), '/data/typed{Enter}');
    await waitFor(() => expect(within(screen.getByTestId('new-batch-paths')).getAllByRole('listitem').map((one) => one.textContent?.trim())).toEqual(['/data/photos', '/data/more', '/data/dropped.png', '/data/typed']));
  });
});

describe('sealing', () => {
  it('seals what was asked for, shows progress, and lists every file that was left out', async () => {
    const rendered = await open();
    await toSealing(rendered);
    expect(rendered.host.last('seal_batch')).toEqual({ project: 'project-1', name: 'Week 49', paths: ['/data/photos'], due: null, guide: 'Label people.' });
    rendered.host.progress(1, 'seal', null, 12, 29);
    expect(await screen.findByText('12 of 29 files')).toBeInTheDocument();
    rendered.host.finish(1, 'seal', 'batch-sealed', { kind: 'sealed', report });
    expect(await screen.findByTestId('seal-report')).toHaveTextContent('28 items encrypted, 41.3 MB');
    expect(screen.getByTestId('seal-skipped')).toHaveTextContent('/data/photos/empty.jpgThe file is empty.');
  });
  it('can be cancelled and says that nothing was kept', async () => {
    const rendered = await open();
    await toSealing(rendered);
    rendered.host.progress(1, 'seal', null, 12, 29);
    await rendered.user.click(await screen.findByTestId('seal-cancel'));
    expect(rendered.host.last('cancel_task')).toEqual({ task: 1 });
    rendered.host.finish(1, 'seal', null, { kind: 'failed', failure: { code: 'cancelled', message: 'Stopped.' } });
    expect(await screen.findByTestId('seal-failure')).toHaveTextContent(words.lead.newBatch.cancelled);
    await rendered.user.click(screen.getByTestId('new-batch-back'));
    expect(screen.getByTestId('new-batch-name')).toHaveValue('Week 49');
  });
  it('does not offer to upload a batch without items', async () => {
    const rendered = await open();
    await toSealing(rendered);
    rendered.host.finish(1, 'seal', 'batch-sealed', { kind: 'sealed', report: { ...report, items: 0 } });
    expect(await screen.findByTestId('new-batch-push')).toBeDisabled();
  });
  it('shows a failed upload with a way to try again', async () => {
    const rendered = await open();
    await toSealing(rendered);
    rendered.host.finish(1, 'seal', 'batch-sealed', { kind: 'sealed', report });
    rendered.host.fail('push_batch', { code: 'offline', message: 'The server cannot be reached.' });
    await rendered.user.click(await screen.findByTestId('new-batch-push'));
    expect(await screen.findByTestId('push-failure')).toHaveTextContent('The server cannot be reached.');
    expect(screen.getByTestId('push-failure-retry')).toBeEnabled();
  });
});

describe('handing out', () => {
  it('uploads, then assigns to every ticked member', async () => {
    const rendered = await open();
    const { user, host } = rendered;
    await toSealing(rendered);
    host.state.batches = [{ ...host.state.batches[0]!, id: 'batch-sealed', presence: 'here', assignees: [] }, ...host.state.batches];
    host.finish(1, 'seal', 'batch-sealed', { kind: 'sealed', report });
    await user.click(await screen.findByTestId('new-batch-push'));
    await waitFor(() => expect(host.last('push_batch')).toEqual({ batch: 'batch-sealed' }));
    await batches.load();
    host.finish(2, 'push', 'batch-sealed', { kind: 'done' });
    await user.click(await screen.findByTestId('assign-check-member-annotator'));
    await user.click(screen.getByTestId('assign-check-member-annotator-2'));
    expect(screen.getByTestId('assign-check-member-annotator-3')).toBeDisabled();
    await user.click(screen.getByTestId('assign-submit'));
    await waitFor(() => expect(rendered.onclose).toHaveBeenCalledOnce());
    expect(host.calls.filter((call) => call.name === 'assign_batch').map((call) => call.args)).toEqual([
      { batch: 'batch-sealed', member: 'member-annotator' },
      { batch: 'batch-sealed', member: 'member-annotator-2' },
    ]);
  });
});

describe('projects', () => {
  it('makes one from the starter schema', async () => {
    const rendered = await open((host) => (host.state.projects = []));
    await next(rendered);
    await rendered.user.type(await screen.findByTestId('project-name'), 'Harbours');
    await rendered.user.click(screen.getByTestId('project-create'));
    await waitFor(() => expect(rendered.host.last('create_project')).toEqual({ name: 'Harbours', schema: starterSchema }));
    await waitFor(() => expect(screen.getByTestId('new-batch-next')).toBeEnabled());
  });
  it('shows why the core refused a schema', async () => {
    const rendered = await open((host) => {
      host.state.projects = [];
      host.fail('create_project', { code: 'invalid-input', message: 'Two classes have the same name.' });
    });
    await next(rendered);
    await rendered.user.type(await screen.findByTestId('project-name'), 'Harbours');
    await rendered.user.click(screen.getByTestId('project-create'));
    expect(await screen.findByTestId('project-failure')).toHaveTextContent('Two classes have the same name.');
  });
});

describe('preview of a schema', () => {
  it('shows the starter schema as four classes', () => {
    const preview = previewSchema(starterSchema);
    expect(preview.kind === 'classes' && preview.classes.map((one) => one.name)).toEqual(['person', 'vehicle', 'animal', 'object']);
  });
  it.each([['', 'empty'], ['{', 'not-json'], ['[]', 'no-classes'], ['null', 'no-classes'], ['{"classes": []}', 'no-classes']])('takes %j as %s', (source, kind) => {
    expect(previewSchema(source).kind).toBe(kind);
  });
  it('does not pass on colours that are none', () => {
    const preview = previewSchema('{"classes": [{"name": 3, "color": "url(x)", "shapes": "box"}]}');
    expect(preview).toEqual({ kind: 'classes', classes: [{ name: '', color: null, key: null, shapes: [] }] });
  });
});
