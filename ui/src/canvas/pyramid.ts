// Which pieces of which level of a picture a camera needs. Pure arithmetic; fetching is `tiles`, drawing is `gl`.
//
// Level 0 is the full size and each further level half of the one before. A level is cut into tiles of 512 pixels, each
// fetched with one pixel more on every inner side, so that linear filtering is right at the seams.

import type { Camera } from './camera';
import type { ImageRect, Size } from './geometry';

/** Pixels of a level along the side of a tile, without its rim. */
export const TILE = 512;
/** Pixels of the neighbouring tile that come along on each inner side. */
const RIM = 1;

/** One piece of one level. */
export interface Tile {
  /** Unique within the picture. */
  readonly key: string;
  readonly level: number;
  /** What to fetch, in pixels of the level, rim included. */
  readonly region: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** What it covers without the rim, in pixels of the level. */
  readonly core: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** What it covers without the rim, in image pixels. */
  readonly rect: ImageRect;
}

/**
 * The level with about one texel for each device pixel: the coarsest with at least 0.75 of one. `scale` is device pixels per
 * image pixel.
 */
export function levelFor(levels: readonly Size[], scale: number): number {
  const wanted = Math.floor(Math.log2(1 / Math.max(scale, 1e-6)) + Math.log2(1 / 0.75));
  return Math.min(Math.max(wanted, 0), Math.max(levels.length - 1, 0));
}

/** The level to show first: the finest that is at most 512 pixels long, else the last. */
export function coarseLevel(levels: readonly Size[]): number {
  const found = levels.findIndex((level) => Math.max(level.width, level.height) <= TILE);
  return found >= 0 ? found : Math.max(levels.length - 1, 0);
}

/** The tiles of the level that is shown first: the whole picture in a few pixels. */
export function overviewTiles(levels: readonly Size[]): Tile[] {
  const { width, height } = levels[0] ?? { width: 0, height: 0 };
  return tilesWithin(levels, coarseLevel(levels), { minX: 0, minY: 0, maxX: width, maxY: height });
}

/** The tiles of a level that a part of the picture touches, those nearest to its middle first. */
export function tilesWithin(levels: readonly Size[], level: number, view: ImageRect): Tile[] {
  const [full, size] = [levels[0], levels[level]];
  if (!full || !size) return [];
  // Levels are rounded up, so the ratio is taken from the sizes and not from the power of two.
  const [sx, sy] = [full.width / size.width, full.height / size.height];
  const clip = (value: number, max: number): number => Math.min(Math.max(Math.floor(value), 0), max);
  const columns = Math.ceil(size.width / TILE);
  const rows = Math.ceil(size.height / TILE);
  if (view.maxX <= 0 || view.maxY <= 0 || view.minX >= full.width || view.minY >= full.height) return [];
  const [first, last] = [clip(view.minX / sx / TILE, columns - 1), clip(view.maxX / sx / TILE, columns - 1)];
  const [top, bottom] = [clip(view.minY / sy / TILE, rows - 1), clip(view.maxY / sy / TILE, rows - 1)];
  const tiles: Tile[] = [];
  for (let row = top; row <= bottom; row++) {
    for (let column = first; column <= last; column++) tiles.push(tileAt(size, level, column, row, sx, sy));
  }
  const middle = { x: (view.minX + view.maxX) / 2, y: (view.minY + view.maxY) / 2 };
  const away = ({ rect }: Tile): number => Math.hypot((rect.minX + rect.maxX) / 2 - middle.x, (rect.minY + rect.maxY) / 2 - middle.y);
  return tiles.sort((a, b) => away(a) - away(b));
}

function tileAt(size: Size, level: number, column: number, row: number, sx: number, sy: number): Tile {
  const [x, y] = [column * TILE, row * TILE];
  const core = { x, y, width: Math.min(TILE, size.width - x), height: Math.min(TILE, size.height - y) };
  const [left, top] = [Math.max(x - RIM, 0), Math.max(y - RIM, 0)];
  const region = {
    x: left,
    y: top,
    width: Math.min(x + core.width + RIM, size.width) - left,
    height: Math.min(y + core.height + RIM, size.height) - top,
  };
  const rect = { minX: x * sx, minY: y * sy, maxX: (x + core.width) * sx, maxY: (y + core.height) * sy };
  return { key: `${level}/${column}/${row}`, level, region, core, rect };
}

/** The tiles that the first frame of a fitted picture needs: prefetching them makes that frame immediate. */
export function firstTiles(levels: readonly Size[], camera: Camera, pixelRatio: number): Tile[] {
  const level = levelFor(levels, camera.zoom * pixelRatio);
  return tilesWithin(levels, level, camera.view);
}

/**
 * The levels of a picture of this size: each one half of the one before, rounded up, until one is at most 256 pixels wide and
 * high. This is the media protocol's rule; with it a picture can be shown before its item is opened.
 */
export function levelsOf(size: Size): Size[] {
  const levels = [size];
  for (let last = size; last.width > 256 || last.height > 256; levels.push(last)) {
    last = { width: Math.ceil(last.width / 2), height: Math.ceil(last.height / 2) };
  }
  return levels;
}
