// What the window offers, by who opened it. Locking: what is asked before, what is left on the page, and the way back.
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { findAction } from './actions/registry.svelte';
import App from './App.svelte';
import { lock } from './features/shell/lock.svelte';
import { session } from './state/session.svelte';
import { status } from './state/status.svelte';
import { tasks } from './state/tasks.svelte';
import { type Rendered, renderWith, tidy } from './testing/render';

afterEach(() => {
  tasks.running = [];
  lock.cancel();
  history.replaceState(null, '', location.pathname);
  tidy();
});

/** The window with an item open. */
async function working(prepare?: Parameters<typeof renderWith>[3]): Promise<Rendered> {
  const rendered = await renderWith('annotator', App, {}, prepare);
  await screen.findByTestId('batch-list');
  session.go({ kind: 'workspace', batch: 'batch-crossings', item: 'item-3' });
  await screen.findByTestId('workspace');
  await screen.findAllByTestId('object-row');
  return rendered;
}
const locks = (rendered: Rendered): unknown[] => rendered.host.calls.filter((call) => call.name === 'lock').map((call) => call.args);

describe('the whole window', () => {
  it.each([
    ['annotator', false],
    ['lead', true],
  ] as const)('gives an %s the actions of their role', async (who, members) => {
    await renderWith(who, App, {});
    await waitFor(() => expect(session.ready?.me.role).toBe(who));
    await waitFor(() => expect(findAction('shell.members') !== undefined).toBe(members));
    expect(findAction('shell.sync')).toBeDefined();
  });
});

describe('locking', () => {
  it('leaves nothing of the work on the page, and comes back to the same item', async () => {
    const rendered = await working();
    await rendered.user.keyboard('{Control>}l{/Control}');
    await screen.findByTestId('lock-screen');
    expect(locks(rendered)).toEqual([{ stop: false }]);
    for (const word of ['Crossings', 'photo-', 'person', 'vehicle', 'Annotator', 'Demo']) expect(document.body.innerHTML).not.toContain(word);
    expect(location.hash).toBe('#batch/batch-crossings/item-3');
    expect(screen.getByTestId('unlock')).toHaveFocus();
    await rendered.user.keyboard('{Enter}');
    expect((await screen.findByTestId('workspace')).dataset['item']).toBe('item-3');
    expect(location.hash).toBe('');
  });

  it('comes back to the list and to the members', async () => {
    const { user } = await renderWith('lead', App, {});
    await screen.findByTestId('batch-list');
    session.go({ kind: 'members' });
    await screen.findByTestId('members');
    await user.keyboard('{Control>}l{/Control}');
    await user.click(await screen.findByTestId('unlock'));
    await screen.findByTestId('members');
    session.go({ kind: 'batches' });
    await user.keyboard('{Control>}l{/Control}');
    await user.click(await screen.findByTestId('unlock'));
    await screen.findByTestId('batch-list');
  });

  it('is in the menu and on the bar, with its key', async () => {
    const { user } = await working();
    await user.click(screen.getByTestId('menu-button'));
    expect(await screen.findByTestId('menu-lock')).toHaveTextContent(/Lock\s*CtrlL/);
    await user.keyboard('{Escape}');
    await user.hover(screen.getByTestId('lock'));
    await waitFor(() => expect(document.querySelector('.tooltip')).toHaveTextContent(/Lock\s*CtrlL/));
    await user.click(screen.getByTestId('lock'));
    await screen.findByTestId('lock-screen');
  });

  it('waits until everything is saved, edits in fields that still have the focus included', async () => {
    let saved = (): void => undefined;
    const rendered = await working((host) => {
      const { edit } = host.replies;
      host.replies.edit = async (args) => {
        await new Promise<void>((resolve) => (saved = resolve));
        return edit(args);
      };
    });
    void status.writing(rendered.host.call('edit', { batch: 'batch-crossings', item: 'item-3', intents: [] }));
    await rendered.user.keyboard('{Control>}l{/Control}');
    await screen.findByTestId('locking');
    expect(locks(rendered)).toEqual([]);
    saved();
    await screen.findByTestId('lock-screen');
    expect(locks(rendered)).toHaveLength(1);
  });

  it('asks before it stops work, and goes on when told to', async () => {
    const rendered = await working();
    rendered.host.progress(7, 'pull', 'batch-kitchen', 1, 10);
    await rendered.user.keyboard('{Control>}l{/Control}');
    expect(await screen.findByTestId('lock-reason')).toHaveTextContent('Downloading');
    expect(screen.getByTestId('lock-confirm')).toHaveTextContent('Stop and lock');
    await rendered.user.click(screen.getByTestId('lock-cancel'));
    await waitFor(() => expect(screen.queryByTestId('lock-dialog')).toBeNull());
    expect(locks(rendered)).toEqual([]);
    await rendered.user.keyboard('{Control>}l{/Control}');
    await screen.findByTestId('lock-dialog');
    await rendered.user.keyboard('{Enter}');
    await screen.findByTestId('lock-screen');
    expect(locks(rendered)).toEqual([{ stop: true }]);
  });

  it('asks when the core says that work runs', async () => {
    const rendered = await working((host) => {
      const { lock } = host.replies;
      host.replies.lock = (args) => {
        if (!args.stop) throw { code: 'busy', message: 'Work is still running.' };
        return lock(args);
      };
    });
    await rendered.user.keyboard('{Control>}l{/Control}');
    await rendered.user.click(await screen.findByTestId('lock-confirm'));
    await screen.findByTestId('lock-screen');
    expect(locks(rendered)).toEqual([{ stop: false }, { stop: true }]);
  });

  it('asks before it throws away a comment, but not an empty one', async () => {
    const rendered = await working();
    await rendered.user.click(screen.getByTestId('comment-item'));
    const field = await screen.findByTestId('comment-text');
    await rendered.user.type(field, 'There is a second one.');
    await rendered.user.keyboard('{Control>}l{/Control}');
    expect(await screen.findByTestId('lock-reason')).toHaveTextContent('not sent');
    await rendered.user.click(screen.getByTestId('lock-cancel'));
    expect(field).toHaveValue('There is a second one.');
    await rendered.user.clear(field);
    await rendered.user.keyboard('{Control>}l{/Control}');
    await screen.findByTestId('lock-screen');
  });

  it('asks before it throws away an unfinished shape', async () => {
    const rendered = await working();
    status.gesture = () => true;
    await rendered.user.keyboard('{Control>}l{/Control}');
    expect(await screen.findByTestId('lock-reason')).toHaveTextContent('shape');
    status.gesture = () => false;
  });

  it('stays open when the core cannot lock, and says why', async () => {
    const rendered = await working((host) => host.fail('lock', { code: 'internal', message: 'It did not work.' }));
    await rendered.user.keyboard('{Control>}l{/Control}');
    expect(await screen.findByTestId('toast')).toHaveTextContent('It did not work.');
    expect(screen.getByTestId('workspace')).toBeInTheDocument();
  });
});

describe('the lock screen', () => {
  it('is there from the start when the profile is locked, and offers nothing else', async () => {
    const { user, host } = await renderWith('annotator', App, {}, (it) => (it.state.locked = true));
    await screen.findByTestId('lock-screen');
    await user.keyboard('{Control>}k{/Control}');
    await user.keyboard('?');
    expect(screen.queryByTestId('palette')).toBeNull();
    expect(screen.queryByTestId('shortcuts')).toBeNull();
    expect(host.calls.map((call) => call.name)).not.toContain('list_batches');
  });

  it('says why it cannot be unlocked, and can be tried again', async () => {
    const { user, host } = await renderWith('annotator', App, {}, (it) => {
      it.state.locked = true;
      it.fail('unlock', { code: 'keychain-locked', message: 'Unlock the keychain and try again.' });
    });
    const button = await screen.findByTestId('unlock');
    await user.click(button);
    expect(await screen.findByTestId('unlock-failure')).toHaveTextContent('The keychain is locked');
    expect(screen.getByTestId('unlock-failure')).toHaveTextContent('Unlock the keychain and try again.');
    host.fail('unlock', null);
    // Enter works wherever the focus is.
    button.blur();
    await fireEvent.keyDown(document.body, { key: 'Enter' });
    await screen.findByTestId('batch-list');
  });
});
