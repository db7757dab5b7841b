// The desktop shell as a Host. The only module of the window that knows Tauri.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { Commands, Event, Failure } from '../generated/contract';
import { toFailure, type FileDrop, type Host, type PathKind, type Region, type Unsubscribe } from './host';

/** Windows and Android have no custom schemes in the WebView; Tauri maps them to `http://<scheme>.localhost`. */
const mediaOrigin = navigator.userAgent.includes('Windows') ? 'http://abox.localhost' : 'abox://localhost';

/** `listen` answers later; unsubscribing before that must still work. */
function later(subscription: Promise<Unsubscribe>): Unsubscribe {
  let ended = false;
  let end: Unsubscribe | undefined;
  void subscription.then((unsubscribe) => {
    if (ended) unsubscribe();
    else end = unsubscribe;
  });
  return () => {
    ended = true;
    end?.();
  };
}

function regionUrl(batch: string, item: string, region: Region): string {
  const { level, x, y, width, height } = region;
  return `${mediaOrigin}/region/${batch}/${item}?level=${level}&x=${x}&y=${y}&w=${width}&h=${height}`;
}

export function tauriHost(): Host {
  return {
    async call<K extends keyof Commands>(name: K, args: Commands[K]['arguments']): Promise<Commands[K]['result']> {
      try {
        return await invoke<Commands[K]['result']>('call', { name, arguments: args });
      } catch (thrown) {
        throw toFailure(thrown);
      }
    },
    onEvent: (listener) => later(listen<Event>('abox', ({ payload }) => listener(payload))),
    async choosePaths(kind: PathKind): Promise<string[]> {
      try {
        return await invoke<string[]>('choose_paths', { kind });
      } catch (thrown) {
        throw toFailure(thrown);
      }
    },
    onFileDrop: (listener) =>
      later(
        getCurrentWebview().onDragDropEvent(({ payload }) => {
          const drop: FileDrop =
            payload.type === 'drop' ? { kind: 'drop', paths: payload.paths } : payload.type === 'leave' ? { kind: 'leave' } : { kind: 'over' };
          listener(drop);
        }),
      ),
    previewUrl: (batch, item) => `${mediaOrigin}/preview/${batch}/${item}`,
    regionUrl,
    async fetchRegion(batch, item, region, signal): Promise<ArrayBuffer> {
      const response = await fetch(regionUrl(batch, item, region), signal === undefined ? {} : { signal });
      if (response.ok) return await response.arrayBuffer();
      const failure: unknown = await response.json().catch((): Failure => toFailure(undefined));
      throw toFailure(failure);
    },
  };
}
