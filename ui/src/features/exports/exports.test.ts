// Exporting: what would be lost is said before, what was written after, and that the result is readable, always.
import { screen, waitFor } from '@testing-library/svelte';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { batchList, testNow } from '../../testing/fixture-data';
import type { FixtureHost } from '../../testing/fixture-host';
import { renderWith, tidy, type Rendered } from '../../testing/render';
import { words } from '../../words';
import ExportDialog from './ExportDialog.svelte';

const batch = batchList(testNow, true)[1]!;
const text = words.lead.export;
const open = async (prepare?: (host: FixtureHost) => void): Promise<Rendered> => renderWith('lead', ExportDialog, { batch, onclose: vi.fn() }, prepare);
afterAll(tidy);

describe('export', () => {
  it('says with counts what COCO cannot carry before anything is written', async () => {
    const { host } = await open();
    expect(await screen.findByTestId('export-annotations')).toHaveTextContent('1,284');
    expect(screen.getByTestId('export-items')).toHaveTextContent('400');
    expect(screen.getByTestId('export-not-accepted')).toHaveTextContent('369 items');
    expect(screen.getByTestId('export-dropped')).toHaveTextContent('CommentsCOCO has no place for remarks.17');
    expect(host.last('export_batch')).toBeUndefined();
  });
  it('warns that photos leave the encrypted space when they do', async () => {
    const { user } = await open();
    expect(await screen.findByTestId('export-warning')).toHaveTextContent(text.labelsWarning);
    await user.click(screen.getByTestId('export-media'));
    expect(screen.getByTestId('export-warning')).toHaveTextContent(text.mediaWarning);
  });
  it('writes to the chosen folder and reports the result', async () => {
    const { user, host } = await open((one) => (one.chosen = [['/data/export']]));
    await screen.findByTestId('export-dropped');
    expect(screen.getByTestId('export-submit')).toBeDisabled();
    await user.click(screen.getByTestId('export-choose'));
    await waitFor(() => expect(screen.getByTestId('export-out')).toHaveValue('/data/export'));
    await user.click(screen.getByTestId('export-submit'));
    await waitFor(() => expect(host.last('export_batch')).toEqual({ batch: batch.id, format: 'coco', out: '/data/export', media: false }));
    host.finish(1, 'export', batch.id, { kind: 'exported', report: { written: 1284, dropped: [] } });
    expect(await screen.findByTestId('export-report')).toHaveTextContent('1,284 objects written.');
  });
  it('shows a failure, keeps what was typed, and can try again', async () => {
    const { user, host } = await open();
    await screen.findByTestId('export-dropped');
    await user.type(screen.getByTestId('export-out'), '/full');
    await user.click(screen.getByTestId('export-submit'));
    await waitFor(() => expect(host.last('export_batch')).toBeDefined());
    host.finish(1, 'export', batch.id, { kind: 'failed', failure: { code: 'disk-full', message: 'The disk is full.' } });
    expect(await screen.findByTestId('export-failure')).toHaveTextContent('The disk is full.');
    expect(screen.getByTestId('export-out')).toHaveValue('/full');
    expect(screen.getByTestId('export-submit')).toBeEnabled();
  });
  it('cannot write without a plan', async () => {
    await open((host) => host.fail('plan_export', { code: 'not-pulled', message: 'The batch is not on this device.' }));
    expect(await screen.findByTestId('export-failure')).toHaveTextContent('The batch is not on this device.');
    expect(screen.getByTestId('export-submit')).toBeDisabled();
  });
});
