// How this device stands with the server, as the core says it.
import type { SyncState } from '../generated/contract';
import { call } from '../host';
import { toasts } from './toasts.svelte';

class SyncStatus {
  current = $state.raw<SyncState>({ connection: { kind: 'unknown' }, running: false, waiting: 0, lastSynced: null });

  async load(): Promise<void> {
    try {
      this.current = await call('sync_state');
    } catch (thrown) {
      toasts.failure(thrown);
    }
  }

  async start(): Promise<void> {
    try {
      await call('sync_now');
    } catch (thrown) {
      toasts.failure(thrown);
    }
  }
}

export const sync = new SyncStatus();
