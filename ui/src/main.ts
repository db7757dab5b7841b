// Starts the window: chooses the host and mounts the application.
import { mount } from 'svelte';
import '@fontsource-variable/inter/index.css';
import './shared/tokens.css';
import './shared/base.css';
import App from './App.svelte';
import { installHost } from './host';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');

// The fixture is for a plain browser during development; a build contains neither it nor this branch (scripts/check-dist.mjs).
if (import.meta.env.DEV && new URLSearchParams(location.search).has('fixture')) {
  const { fixtureHost, scenarioFromUrl } = await import('./testing/fixture-host');
  installHost(fixtureHost(scenarioFromUrl()));
} else {
  const { tauriHost } = await import('./host/tauri');
  installHost(tauriHost());
}

mount(App, { target });
