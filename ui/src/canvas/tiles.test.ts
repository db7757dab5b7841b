import { describe, expect, it } from 'vitest';
import { tilesWithin, type Tile } from './pyramid';
import { TileStore, type TileSource } from './tiles';

const tiles = tilesWithin([{ width: 5120, height: 512 }], 0, { minX: 0, minY: 0, maxX: 5120, maxY: 512 });
/** About the size of one tile. */
const MB = 1_100_000;

/** A source whose fetches end when the test says so. */
function source(
  id: string,
): TileSource & {
  asked: string[];
  aborted: string[];
  finish(key: string, bytes?: number): Promise<void>;
  fail(key: string): Promise<void>;
} {
  const waiting = new Map<string, { resolve: (pixels: Uint8Array) => void; reject: (error: unknown) => void }>();
  const settle = async (
    key: string,
    act: (one: { resolve: (pixels: Uint8Array) => void; reject: (error: unknown) => void }) => void,
  ): Promise<void> => {
    const one = waiting.get(key);
    if (!one) throw new Error(`${key} was not asked for`);
    act(one);
    await new Promise((done) => setTimeout(done));
  };
  const self = {
    id,
    asked: [] as string[],
    aborted: [] as string[],
    load: (tile: Tile, signal: AbortSignal): Promise<Uint8Array> => {
      self.asked.push(tile.key);
      signal.addEventListener('abort', () => self.aborted.push(tile.key));
      return new Promise((resolve, reject) => waiting.set(tile.key, { resolve, reject }));
    },
    finish: (key: string, bytes = 100) => settle(key, (one) => one.resolve(new Uint8Array(bytes))),
    fail: (key: string) => settle(key, (one) => one.reject(new Error('no'))),
  };
  return self;
}

const wants = (from: TileSource, ...list: number[]): { source: TileSource; tile: Tile }[] =>
  list.map((i) => ({ source: from, tile: tiles[i] as Tile }));

describe('tile store', () => {
  it('fetches in the order of the wish, a few at a time', async () => {
    const from = source('a');
    const store = new TileStore(1e6);
    store.want(wants(from, 5, 4, 3, 2, 1, 0));
    expect(from.asked).toEqual([5, 4, 3, 2].map((i) => tiles[i]?.key));
    await from.finish(tiles[4]?.key ?? '');
    expect(from.asked).toHaveLength(5);
    expect(store.get('a', tiles[4] as Tile)).not.toBeNull();
  });

  it('aborts what nobody wants any more and does not keep its pixels', async () => {
    const from = source('a');
    const store = new TileStore(1e6);
    store.want(wants(from, 0, 1));
    store.want(wants(from, 1));
    expect(from.aborted).toEqual([tiles[0]?.key]);
    await from.finish(tiles[0]?.key ?? '');
    expect(store.has('a', tiles[0] as Tile)).toBe(false);
  });

  it('drops the tiles unused for longest when it is over its budget', async () => {
    const from = source('a');
    const store = new TileStore(2.5 * MB);
    store.want(wants(from, 0, 1));
    await from.finish(tiles[0]?.key ?? '', MB);
    await from.finish(tiles[1]?.key ?? '', MB);
    store.get('a', tiles[0] as Tile);
    store.want(wants(from, 2));
    await from.finish(tiles[2]?.key ?? '', MB);
    expect(store.used).toBe(2 * MB);
    expect(store.has('a', tiles[0] as Tile)).toBe(true);
    expect(store.has('a', tiles[1] as Tile)).toBe(false);
  });

  it('keeps all that is wanted now, even over its budget', async () => {
    const from = source('a');
    const store = new TileStore(1);
    store.want(wants(from, 0, 1, 2));
    for (const i of [0, 1, 2]) await from.finish(tiles[i]?.key ?? '', 1_000_000);
    expect([0, 1, 2].every((i) => store.has('a', tiles[i] as Tile))).toBe(true);
  });

  it('does not try a failed tile again until it is told to', async () => {
    const from = source('a');
    const errors: unknown[] = [];
    const store = new TileStore(1e6, (_, error) => errors.push(error));
    store.want(wants(from, 0));
    await from.fail(tiles[0]?.key ?? '');
    expect(errors[0]).toBeInstanceOf(Error);
    store.want(wants(from, 0));
    expect(from.asked).toHaveLength(1);
    store.forget('a');
    store.want(wants(from, 0));
    expect(from.asked).toHaveLength(2);
  });
});
