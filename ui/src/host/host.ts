// What the window needs from whatever carries it. The shell provides it in the product, an in-memory fixture in tests.
// Not here: anything that knows Tauri (tauri.ts), or what commands mean (the core).
import type { Commands, Event, Failure } from '../generated/contract';

/** What a person chooses with a dialog of the operating system. */
export type PathKind = 'folder' | 'files' | 'save-folder';

/** A drag of files from outside the window. `over` and `leave` let a view show where they may be dropped. */
export type FileDrop = { kind: 'over' } | { kind: 'leave' } | { kind: 'drop'; paths: string[] };

/** A part of one level of an item's picture, in pixels of that level. */
export interface Region {
  level: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Ends a subscription. */
export type Unsubscribe = () => void;

export interface Host {
  /** Runs a command of the contract. Rejects with a {@link Failure}, never with anything else. */
  call<K extends keyof Commands>(name: K, args: Commands[K]['arguments']): Promise<Commands[K]['result']>;
  /** Calls back on every event of the core until unsubscribed. */
  onEvent(listener: (event: Event) => void): Unsubscribe;
  /** Lets the person choose paths; empty when they chose none. */
  choosePaths(kind: PathKind): Promise<string[]>;
  /** Calls back while files are dragged over the window and when they are dropped. */
  onFileDrop(listener: (drop: FileDrop) => void): Unsubscribe;
  /** Address of an item's small preview (JPEG, longest side 256 px), for `<img>`. */
  previewUrl(batch: string, item: string): string;
  /** Address of raw RGBA8 pixels (width × height × 4 bytes, clipped to the level), for `fetch`, also from workers. */
  regionUrl(batch: string, item: string, region: Region): string;
  /** The pixels of {@link regionUrl}. Rejects with a {@link Failure} (or an `AbortError`). */
  fetchRegion(batch: string, item: string, region: Region, signal?: AbortSignal): Promise<ArrayBuffer>;
}

/** Whatever was thrown, as something that can be shown. */
export function toFailure(thrown: unknown): Failure {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    const { code, message } = thrown as { code: unknown; message: unknown };
    if (typeof code === 'string' && typeof message === 'string') return { code, message } as Failure;
  }
  // Texts of unknown errors may quote content, so they are not shown.
  return { code: 'internal', message: 'Something went wrong inside the window. Try again; if it stays, restart the application.' };
}
