import { screen, waitFor } from '@testing-library/svelte';
import { afterAll, describe, expect, it } from 'vitest';
import { actionFor, allActions } from '../../actions/registry.svelte';
import { NEUTRAL } from '../../canvas';
import { preferences } from '../../state/session.svelte';
import type { FixtureHost } from '../../testing/fixture-host';
import { renderWith, tidy } from '../../testing/render';
import { RANGES, SeeingState } from './seeing.svelte';
import Workspace from './Workspace.svelte';

afterAll(tidy);

describe('how the picture is looked at', () => {
  it('is as it is at first, and again after a reset', () => {
    const seeing = new SeeingState();
    expect([seeing.adjusted, seeing.changed]).toEqual([false, []]);
    seeing.set({ invert: true });
    seeing.nudge('contrast', 10);
    seeing.turn('clockwise');
    expect([seeing.adjusted, seeing.turned, seeing.changed]).toEqual([true, true, ['contrast', 'invert']]);
    seeing.reset();
    expect([seeing.adjusted, seeing.turned, seeing.adjustments]).toEqual([false, false, NEUTRAL]);
  });

  it('goes in steps that lead back to where they began, and stays within its range', () => {
    const seeing = new SeeingState();
    for (const range of RANGES) {
      for (let steps = 0; steps < 25; steps++) seeing.nudge(range, 10);
      expect(seeing.steps(range)).toBe(100);
      for (let steps = 0; steps < 10; steps++) seeing.nudge(range, -10);
      expect(seeing.steps(range)).toBe(0);
    }
    expect(seeing.adjusted).toBe(false);
  });

  it('goes through the channels and comes back to all', () => {
    const seeing = new SeeingState();
    const seen = [1, 2, 3, 4, 5].map(() => (seeing.nextChannel(), seeing.adjustments.channel));
    expect(seen).toEqual(['red', 'green', 'blue', 'luminance', 'all']);
  });
});

describe('the view of a workspace', () => {
  async function show(): Promise<FixtureHost> {
    const { host } = await renderWith('annotator', Workspace, { batch: 'batch-crossings', item: 'item-0' });
    await screen.findByTestId('workspace');
    await preferences.load();
    return host;
  }
  const press = (init: KeyboardEventInit): unknown => actionFor(new KeyboardEvent('keydown', init))?.run();

  it('is announced while it is not as it is, and leaves the document alone', async () => {
    const host = await show();
    expect(screen.queryByTestId('view-adjusted')).toBeNull();
    press({ key: 'I', shiftKey: true });
    press({ key: 'r', ctrlKey: true });
    expect(await screen.findByTestId('view-adjusted')).toHaveTextContent('Invert, Turned');
    press({ key: '0', altKey: true });
    await waitFor(() => expect(screen.queryByTestId('view-adjusted')).toBeNull());
    expect(host.last('edit')).toBeUndefined();
    expect(host.last('set_preferences')).toBeUndefined();
  });

  it('has its keys while its panel is open, but not behind another dialog', async () => {
    await show();
    press({ key: 'A', shiftKey: true });
    await screen.findByTestId('view-panel');
    press({ key: 'ArrowUp', altKey: true });
    await waitFor(() => expect(screen.getByTestId('view-brightness')).toHaveValue('10'));
    const dialog = document.createElement('div');
    dialog.setAttribute('role', 'dialog');
    document.body.append(dialog);
    expect(actionFor(new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true }))).toBeUndefined();
    dialog.remove();
  });

  it('takes no key that means something else', async () => {
    await show();
    const own = allActions().filter(({ scope }) => scope === 'view').flatMap(({ keys }) => keys);
    const others = allActions().filter(({ scope }) => scope !== 'view').flatMap(({ keys }) => keys);
    expect(new Set(own).size).toBe(own.length);
    expect(own.filter((keys) => others.includes(keys))).toEqual([]);
  });
});
