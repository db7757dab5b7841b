// Which of the window-wide panels is open, and the actions that open them. At most one at a time.
import type { Action } from '../../actions/registry.svelte';
import { preferences, session } from '../../state/session.svelte';
import { sync } from '../../state/sync.svelte';
import { toasts } from '../../state/toasts.svelte';
import { words } from '../../words';

export type Panel = 'palette' | 'shortcuts' | 'about' | 'tour';

class Overlays {
  open = $state<Panel | null>(null);
  /** Closes the panel if it is the one that is open. */
  close(panel: Panel): void {
    if (this.open === panel) this.open = null;
  }
}

export const overlays = new Overlays();

const text = words.shell.actions;
const ready = (): boolean => session.ready !== null;
const theme = (value: 'system' | 'light' | 'dark') => async (): Promise<void> => {
  try {
    await preferences.set({ theme: value });
  } catch (thrown) {
    toasts.failure(thrown);
  }
};
const show = (panel: Panel) => (): void => {
  overlays.open = overlays.open === panel ? null : panel;
};

/** What leads have beside them. */
export const leadActions: readonly Action[] = [
  { id: 'shell.members', title: text.members, scope: 'everywhere', keys: ['Alt+2'], inText: true, enabled: ready, run: () => session.go({ kind: 'members' }) },
];

/** The actions of the whole window. */
export const shellActions: readonly Action[] = [
  { id: 'shell.palette', title: text.palette, scope: 'everywhere', keys: ['Mod+K', 'Mod+Shift+P'], inText: true, hidden: true, run: show('palette') },
  { id: 'shell.shortcuts', title: text.shortcuts, scope: 'everywhere', keys: ['?'], run: show('shortcuts') },
  { id: 'shell.sync', title: text.sync, scope: 'everywhere', keys: ['Mod+S'], inText: true, enabled: () => ready() && !sync.current.running, run: () => sync.start() },
  { id: 'shell.batches', title: text.batches, scope: 'everywhere', keys: ['Alt+1'], inText: true, enabled: ready, run: () => session.go({ kind: 'batches' }) },
  { id: 'shell.theme-light', title: text.themeLight, scope: 'everywhere', keys: [], run: theme('light') },
  { id: 'shell.theme-dark', title: text.themeDark, scope: 'everywhere', keys: [], run: theme('dark') },
  { id: 'shell.theme-system', title: text.themeSystem, scope: 'everywhere', keys: [], run: theme('system') },
  { id: 'shell.tour', title: text.tour, scope: 'everywhere', keys: [], enabled: ready, run: show('tour') },
  { id: 'shell.about', title: text.about, scope: 'everywhere', keys: [], run: show('about') },
];
