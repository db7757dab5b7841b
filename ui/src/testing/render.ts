// Renders a component on an in-memory host, with the keyboard and the events of the window connected.
import { cleanup, render, type RenderResult } from '@testing-library/svelte';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import type { Component } from 'svelte';
import { listenToKeys } from '../actions/registry.svelte';
import { installHost } from '../host';
import { batches } from '../state/batches.svelte';
import { followEvents } from '../state/events';
import { preferences, session } from '../state/session.svelte';
import { sync } from '../state/sync.svelte';
import { toasts } from '../state/toasts.svelte';
import { FixtureHost, type Scenario } from './fixture-host';
import Frame from './Frame.svelte';

export interface Rendered {
  host: FixtureHost;
  user: UserEvent;
  result: RenderResult<typeof Frame>;
}

let stop: (() => void)[] = [];

/** Forgets everything that a test left behind. Called before every render and after the last test. */
export function tidy(): void {
  cleanup();
  for (const end of stop) end();
  stop = [];
  batches.forget();
  session.ready = null;
  session.go({ kind: 'loading' });
  preferences.loaded = false;
  toasts.list = [];
}

export async function renderWith<Props extends Record<string, unknown>>(
  scenario: Scenario,
  component: Component<Props>,
  props: Props,
  prepare: (host: FixtureHost) => void = () => undefined,
): Promise<Rendered> {
  tidy();
  const host = new FixtureHost(scenario);
  prepare(host);
  installHost(host);
  const now = await host.replies.session({});
  if (now.kind === 'ready') session.ready = now;
  await sync.load();
  stop = [listenToKeys(), followEvents()];
  const result = render(Frame, { props: { component: component as unknown as Component<Record<string, unknown>>, props } });
  return { host, user: userEvent.setup(), result };
}
