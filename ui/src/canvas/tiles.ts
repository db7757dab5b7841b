// The pixels of pictures in memory: fetched tile by tile, the most wanted first, within a budget of bytes.
//
// One store serves the open picture and those that are fetched ahead. Nothing is kept anywhere but here: tiles that are over
// the budget are dropped, and fetches that nobody wants any more are aborted. It does not know WebGL.

import type { Tile } from './pyramid';

/** RGBA, not premultiplied, of a tile's region. */
export type Pixels = Uint8Array;

/** A picture that tiles can be fetched of. */
export interface TileSource {
  /** Unique among pictures. */
  readonly id: string;
  /** Fetches the region of a tile. Rejects when it fails or is aborted. */
  load(tile: Tile, signal: AbortSignal): Promise<Pixels>;
}

interface Held {
  readonly pixels: Pixels;
  readonly bytes: number;
}

interface Flight {
  readonly source: TileSource;
  readonly tile: Tile;
  readonly abort: AbortController;
}

/** Decoded pixels that may wait in memory, in bytes. */
export const TILE_BUDGET = 128 * 1024 * 1024;
/** Fetches at the same time: enough to keep the decoder busy, few enough that a new view is served soon. */
const AT_ONCE = 4;

/** Tiles by picture and key. Map order is age, so the first entry is the one to drop. */
export class TileStore {
  private held = new Map<string, Held>();
  private flights = new Map<string, Flight>();
  private queue: { readonly source: TileSource; readonly tile: Tile }[] = [];
  private failed = new Set<string>();
  private bytes = 0;
  /** Bytes of what is wanted now. The budget never falls below it: else tiles would push each other out for ever. */
  private wanted = 0;

  constructor(
    private readonly budget: number = TILE_BUDGET,
    /** Called when a tile has arrived or failed. */
    private readonly changed: (source: string, error: unknown) => void = () => undefined,
  ) {}

  /** Bytes held now. */
  get used(): number {
    return this.bytes;
  }

  /** The pixels of a tile if they are here. Counts as use. */
  get(source: string, tile: Tile): Pixels | null {
    const key = keyOf(source, tile);
    const held = this.held.get(key);
    if (!held) return null;
    this.held.delete(key);
    this.held.set(key, held);
    return held.pixels;
  }

  has(source: string, tile: Tile): boolean {
    return this.held.has(keyOf(source, tile));
  }

  /**
   * Says what is wanted now, most wanted first. What is neither here nor on its way is fetched in this order; what is on its
   * way and not wanted any more is aborted. Failed tiles are not tried again until `forget`.
   */
  want(wanted: readonly { readonly source: TileSource; readonly tile: Tile }[]): void {
    this.wanted = wanted.reduce((sum, { tile }) => sum + tile.region.width * tile.region.height * 4, 0);
    const keys = new Set(wanted.map(({ source, tile }) => keyOf(source.id, tile)));
    for (const [key, flight] of this.flights) {
      if (keys.has(key)) continue;
      flight.abort.abort();
      this.flights.delete(key);
    }
    this.queue = wanted.filter(({ source, tile }) => {
      const key = keyOf(source.id, tile);
      return !this.held.has(key) && !this.flights.has(key) && !this.failed.has(key);
    });
    this.pump();
  }

  /** Drops what is held and known of a picture, so that it is fetched anew when it is wanted. */
  forget(source: string): void {
    const prefix = `${source}:`;
    for (const [key, held] of this.held) {
      if (!key.startsWith(prefix)) continue;
      this.bytes -= held.bytes;
      this.held.delete(key);
    }
    for (const key of this.failed) if (key.startsWith(prefix)) this.failed.delete(key);
  }

  /** Aborts everything and drops everything. */
  clear(): void {
    for (const flight of this.flights.values()) flight.abort.abort();
    this.flights.clear();
    this.queue = [];
    this.held.clear();
    this.failed.clear();
    this.bytes = 0;
  }

  private pump(): void {
    while (this.flights.size < AT_ONCE) {
      const next = this.queue.shift();
      if (!next) return;
      void this.fetch(next.source, next.tile);
    }
  }

  private async fetch(source: TileSource, tile: Tile): Promise<void> {
    const key = keyOf(source.id, tile);
    const flight: Flight = { source, tile, abort: new AbortController() };
    this.flights.set(key, flight);
    let error: unknown = null;
    try {
      const pixels = await source.load(tile, flight.abort.signal);
      if (flight.abort.signal.aborted) return;
      this.keep(key, pixels);
    } catch (caught) {
      if (flight.abort.signal.aborted) return;
      this.failed.add(key);
      error = caught;
    } finally {
      if (this.flights.get(key) === flight) this.flights.delete(key);
      this.pump();
    }
    this.changed(source.id, error);
  }

  private keep(key: string, pixels: Pixels): void {
    this.held.set(key, { pixels, bytes: pixels.byteLength });
    this.bytes += pixels.byteLength;
    for (const [oldest, held] of this.held) {
      if (this.bytes <= Math.max(this.budget, this.wanted) || oldest === key) return;
      this.held.delete(oldest);
      this.bytes -= held.bytes;
    }
  }
}

function keyOf(source: string, tile: Tile): string {
  return `${source}:${tile.key}`;
}
