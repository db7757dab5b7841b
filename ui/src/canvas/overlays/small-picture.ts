// The whole picture in a few pixels, adjusted as the stage shows it. Where it lies and what is drawn on it is not known here.

import { shown, type Color, type Look } from '../adjustments';
import type { Camera } from '../camera';
import { screenPoint } from '../geometry';
import type { Picture } from '../gl/pictures';
import { overviewTiles, type Tile } from '../pyramid';
import type { Pixels, TileStore } from '../tiles';
import { BOARD } from './overlay';

/** The picture as this camera sees it, or `null` until its overview is in memory. */
export function smallPicture(camera: Camera, pixelRatio: number, { levels, source }: Picture, look: Look | null, store: TileStore): HTMLCanvasElement | null {
  const parts: Part[] = [];
  for (const tile of overviewTiles(levels)) {
    const pixels = store.get(source.id, tile);
    if (!pixels) return null;
    parts.push({ tile, pixels });
  }
  const image = document.createElement('canvas');
  image.width = Math.max(Math.round(camera.stage.width * pixelRatio), 1);
  image.height = Math.max(Math.round(camera.stage.height * pixelRatio), 1);
  const context = image.getContext('2d');
  const level = levels[parts[0]?.tile.level ?? 0];
  if (!context || !level) return null;
  const [sx, sy] = [level.width / camera.picture.width, level.height / camera.picture.height];
  const data = context.createImageData(image.width, image.height);
  for (let y = 0, at = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++, at += 4) {
      const samples = SAMPLES.map(([dx, dy]) => {
        const place = camera.toImage(screenPoint((x + dx) / pixelRatio, (y + dy) / pixelRatio));
        return pixelAt(parts, Math.min(Math.floor(place.x * sx), level.width - 1), Math.min(Math.floor(place.y * sy), level.height - 1));
      });
      data.data.set(onBoard(samples, look).map((value) => value * 255), at);
      data.data[at + 3] = 255;
    }
  }
  context.putImageData(data, 0, 0);
  return image;
}

/** A tile and what is in it. */
interface Part {
  readonly tile: Tile;
  readonly pixels: Pixels;
}

/** Where each small pixel is looked at: enough that fine patterns do not sparkle. */
const SAMPLES = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]] as const;

/** The mean of some RGBA pixels, adjusted; what is transparent lies on the board. */
function onBoard(pixels: readonly (Pixels | null)[], look: Look | null): Color {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const pixel of pixels) {
    const [r = 0, g = 0, b = 0, a = 0] = pixel ?? [];
    red += r * a;
    green += g * a;
    blue += b * a;
    alpha += a;
  }
  if (alpha === 0) return [BOARD, BOARD, BOARD];
  const mean: Color = [red / alpha / 255, green / alpha / 255, blue / alpha / 255];
  const [r, g, b] = look ? shown(look, mean) : mean;
  const part = alpha / (255 * pixels.length);
  const over = (value: number): number => BOARD + (value - BOARD) * part;
  return [over(r), over(g), over(b)];
}

function pixelAt(parts: readonly Part[], x: number, y: number): Pixels | null {
  for (const { tile: { core, region }, pixels } of parts) {
    if (x < core.x || y < core.y || x >= core.x + core.width || y >= core.y + core.height) continue;
    const at = ((y - region.y) * region.width + (x - region.x)) * 4;
    return pixels.subarray(at, at + 4);
  }
  return null;
}
