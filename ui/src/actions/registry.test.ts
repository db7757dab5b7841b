// The keyboard: which action a press means, and when it means none.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyCaps, listedKeys, matches } from './keys';
import { allActions, listenToKeys, registerActions, runAction, type Action } from './registry.svelte';

const press = (key: string, change: Partial<KeyboardEventInit> = {}, target: EventTarget = document.body): KeyboardEvent => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...change });
  target.dispatchEvent(event);
  return event;
};
const action = (change: Partial<Action>) => ({ id: 'test.one', title: 'One', scope: 'everywhere' as const, keys: ['B'], ...change, run: vi.fn<() => void>() }) satisfies Action;

let ends: (() => void)[] = [];
const register = (...actions: Action[]): void => void ends.push(registerActions(actions));
beforeEach(() => void ends.push(listenToKeys()));
afterEach(() => {
  for (const end of ends) end();
  ends = [];
  document.body.innerHTML = '';
});

describe('key combinations', () => {
  it('tells modifiers apart, so that Ctrl+B is not B', () => {
    const event = { key: 'b', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };
    expect(matches('B', event)).toBe(false);
    expect(matches('Mod+B', event)).toBe(true);
    expect(matches('Mod+Shift+B', event)).toBe(false);
  });
  it('takes a symbol with or without shift, because layouts differ', () => {
    const event = { key: '?', ctrlKey: false, metaKey: false, altKey: false, shiftKey: true };
    expect(matches('?', event)).toBe(true);
    expect(matches('?', { ...event, shiftKey: false })).toBe(true);
  });
  it('takes a plus as a key, alone and with modifiers', () => {
    const event = { key: '+', ctrlKey: false, metaKey: false, altKey: false, shiftKey: true };
    expect(matches('+', event)).toBe(true);
    expect(matches('Mod++', event)).toBe(false);
    expect(matches('Mod++', { ...event, ctrlKey: true })).toBe(true);
  });
  it('shows combinations as key caps', () => {
    expect(keyCaps('Mod+Shift+P')).toEqual(['Ctrl', 'Shift', 'P']);
    expect(keyCaps('ArrowDown')).toEqual(['↓']);
    expect(keyCaps('Mod++')).toEqual(['Ctrl', '+']);
  });

  it('show what many of them hold once', () => {
    expect(listedKeys(['Shift+ArrowLeft', 'Shift+ArrowRight', 'Shift+ArrowUp'])).toEqual(['Shift+ArrowLeft', 'ArrowRight', 'ArrowUp']);
    for (const apart of [[], ['b'], ['Mod+Shift+z', 'Mod+y'], ['Mod+a', 'Mod+b', 'c']]) expect(listedKeys(apart)).toEqual(apart);
  });
});

describe('dispatcher', () => {
  it('runs an action and keeps the press from the page', () => {
    const one = action({});
    register(one);
    expect(press('b').defaultPrevented).toBe(true);
    expect(one.run).toHaveBeenCalledOnce();
  });
  it('leaves typing alone, except for actions that ask for it', () => {
    const plain = action({});
    const everywhere = action({ id: 'test.two', keys: ['Mod+K'], inText: true });
    register(plain, everywhere);
    document.body.innerHTML = '<input type="text"><input type="checkbox">';
    const [field, box] = document.querySelectorAll('input');
    press('b', {}, field);
    expect(plain.run).not.toHaveBeenCalled();
    press('k', { ctrlKey: true }, field);
    expect(everywhere.run).toHaveBeenCalledOnce();
    press('b', {}, box);
    expect(plain.run).toHaveBeenCalledOnce();
  });
  it('does nothing behind a dialog, except for actions that ask for it', () => {
    const behind = action({});
    const inside = action({ id: 'test.two', keys: ['1'], inDialogs: true });
    register(behind, inside);
    document.body.innerHTML = '<div role="dialog"></div>';
    press('b');
    press('1');
    expect(behind.run).not.toHaveBeenCalled();
    expect(inside.run).toHaveBeenCalledOnce();
  });
  it('gives a key to the scope that is closest to the hand', () => {
    const far = action({ scope: 'everywhere' });
    const near = action({ id: 'test.near', scope: 'canvas' });
    register(near, far);
    press('b');
    expect(near.run).toHaveBeenCalledOnce();
    expect(far.run).not.toHaveBeenCalled();
  });
  it('skips actions that are not enabled and falls to the next', () => {
    const near = action({ id: 'test.near', scope: 'canvas', enabled: () => false });
    const far = action({});
    register(near, far);
    press('b');
    expect(near.run).not.toHaveBeenCalled();
    expect(far.run).toHaveBeenCalledOnce();
  });
  it('repeats only what may be repeated', () => {
    const once = action({});
    const again = action({ id: 'test.again', keys: ['ArrowDown'], repeats: true });
    register(once, again);
    press('b', { repeat: true });
    press('ArrowDown', { repeat: true });
    expect(once.run).not.toHaveBeenCalled();
    expect(again.run).toHaveBeenCalledOnce();
  });
  it('leaves Enter to the button that has the focus', () => {
    const open = action({ keys: ['Enter'] });
    register(open);
    document.body.innerHTML = '<button>x</button>';
    press('Enter', {}, document.querySelector('button') ?? document.body);
    expect(open.run).not.toHaveBeenCalled();
    press('Enter');
    expect(open.run).toHaveBeenCalledOnce();
  });
  it('forgets actions whose owner is gone', () => {
    const one = action({});
    const end = registerActions([one]);
    end();
    press('b');
    expect(one.run).not.toHaveBeenCalled();
    expect(allActions()).not.toContain(one);
    expect(runAction('test.one')).toBe(false);
  });
});
