// What the window offers, by who opened it.
import { waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { findAction } from './actions/registry.svelte';
import App from './App.svelte';
import { session } from './state/session.svelte';
import { renderWith, tidy } from './testing/render';

afterEach(tidy);

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
