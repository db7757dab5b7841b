// Where the window is, kept in the page's address over a lock: as identifiers, which say nothing about the content.
import type { View } from './session.svelte';

/** Keeps a view, if it is one to come back to. */
export function keepAddress(view: View, item: string | null): void {
  if (view.kind !== 'workspace' && view.kind !== 'members' && view.kind !== 'batches') return;
  const hash = view.kind === 'workspace' ? `#batch/${view.batch}/${item ?? view.item ?? ''}` : view.kind === 'members' ? '#members' : '';
  history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
}

/** The view that was kept; it is forgotten by this, so that only the next start after a lock goes there. */
export function takeAddress(): View {
  const [place, batch, item] = location.hash.slice(1).split('/');
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  if (place === 'members') return { kind: 'members' };
  if (place === 'batch' && batch) return { kind: 'workspace', batch, item: item || null };
  return { kind: 'batches' };
}
