// The host in use. Everything in the window reaches the core through these functions; tests install a fixture instead.
import type { Commands, Event } from '../generated/contract';
import type { FileDrop, Host, PathKind, Region, Unsubscribe } from './host';

export { toFailure } from './host';
export type { FileDrop, Host, PathKind, Region, Unsubscribe } from './host';

let host: Host | undefined;

/** Sets the host; called once at start, and by tests. */
export function installHost(next: Host): void {
  host = next;
}

function current(): Host {
  if (host === undefined) throw new Error('installHost was not called');
  return host;
}

/** Runs a command of the contract. Rejects with a `Failure`. Commands without arguments take none here. */
export async function call<K extends keyof Commands>(
  name: K,
  ...args: keyof Commands[K]['arguments'] extends symbol ? [] : [Commands[K]['arguments']]
): Promise<Commands[K]['result']> {
  return current().call(name, (args[0] ?? {}) as Commands[K]['arguments']);
}

export const onEvent = (listener: (event: Event) => void): Unsubscribe => current().onEvent(listener);
export const choosePaths = (kind: PathKind): Promise<string[]> => current().choosePaths(kind);
export const onFileDrop = (listener: (drop: FileDrop) => void): Unsubscribe => current().onFileDrop(listener);
/** Address of an item's preview for `<img>`. */
export const previewUrl = (batch: string, item: string): string => current().previewUrl(batch, item);
/** Address of raw RGBA pixels of a part of an item's picture. */
export const regionUrl = (batch: string, item: string, region: Region): string => current().regionUrl(batch, item, region);
export const fetchRegion = (batch: string, item: string, region: Region, signal?: AbortSignal): Promise<ArrayBuffer> =>
  current().fetchRegion(batch, item, region, signal);
