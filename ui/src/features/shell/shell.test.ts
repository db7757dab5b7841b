// The palette and the shortcut sheet are made from the registry: what is registered is found there, with its keys.
import { screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { registerActions } from '../../actions/registry.svelte';
import { renderWith, tidy } from '../../testing/render';
import { overlays, shellActions } from './overlays.svelte';
import Palette from './Palette.svelte';
import Shortcuts from './Shortcuts.svelte';
import Tour from './Tour.svelte';

let end = (): void => undefined;
afterEach(() => {
  end();
  end = () => undefined;
  overlays.open = null;
  tidy();
});

describe('command palette', () => {
  it('opens by Ctrl+K, finds an action by a word and runs it', async () => {
    const run = vi.fn();
    end = registerActions([...shellActions, { id: 'test.frobnicate', title: 'Turn the picture', scope: 'canvas', keys: ['T'], run }]);
    const { user } = await renderWith('lead', Palette, {});
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByTestId('palette-input'), 'turn');
    await waitFor(() => expect(screen.queryByTestId('palette-item-shell.about')).toBeNull());
    expect(screen.getByTestId('palette-item-test.frobnicate')).toHaveTextContent('Turn the picture');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(run).toHaveBeenCalledOnce());
    expect(screen.queryByTestId('palette')).toBeNull();
  });
  it('does not offer what cannot run now', async () => {
    end = registerActions([...shellActions, { id: 'test.off', title: 'Off', scope: 'canvas', keys: [], enabled: () => false, run: vi.fn() }]);
    const { user } = await renderWith('lead', Palette, {});
    await user.keyboard('{Control>}k{/Control}');
    expect(await screen.findByTestId('palette-item-shell.sync')).toBeInTheDocument();
    expect(screen.queryByTestId('palette-item-test.off')).toBeNull();
    overlays.open = null;
  });
});

describe('shortcut sheet', () => {
  it('opens by ? and lists every action that has a key, with all its keys', async () => {
    end = registerActions([...shellActions, { id: 'test.key', title: 'Draw a box', scope: 'canvas', keys: ['B', 'Alt+B'], run: vi.fn() }]);
    const { user } = await renderWith('lead', Shortcuts, {});
    await user.keyboard('?');
    const sheet = await screen.findByTestId('shortcuts');
    for (const action of shellActions.filter((one) => one.keys.length > 0)) expect(within(sheet).getByTestId(`shortcut-${action.id}`)).toHaveTextContent(action.title);
    expect(within(sheet).getByTestId('shortcut-test.key')).toHaveTextContent('Draw a boxBAltB');
    overlays.open = null;
  });
});

describe('tour', () => {
  it('is remembered as seen when it is skipped', async () => {
    const { user, host } = await renderWith('tour', Tour, {});
    const { preferences } = await import('../../state/session.svelte');
    await preferences.load();
    overlays.open = 'tour';
    await user.click(await screen.findByTestId('tour-skip'));
    await waitFor(() => expect(host.last('set_preferences')?.tourSeen).toBe(true));
    expect(screen.queryByTestId('tour')).toBeNull();
  });
});
