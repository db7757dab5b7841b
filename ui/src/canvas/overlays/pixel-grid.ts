// The borders of the picture's pixels, and their values where there is room to read them.
//
// Values are those of the picture and not of what adjustments make of it; only the colour of the writing follows what is seen.

import { shown, toneOf, weightsOf, type Look } from '../adjustments';
import { imagePoint } from '../geometry';
import type { Picture } from '../gl/pictures';
import { tilesWithin } from '../pyramid';
import type { TileStore } from '../tiles';
import { BOARD, covered, FONT, lines, type OverlayFrame } from './overlay';
import { marks } from './scale';

/** Screen pixels per image pixel from which borders are told apart, and values can be read. */
const BORDERS_FROM = 8;
const VALUES_FROM = 36;

/** What is written in one pixel. */
export function valuesOf(r: number, g: number, b: number, a: number): readonly string[] {
  const color = r === g && g === b ? [r] : [r, g, b];
  return (a === 255 ? color : [...color, a]).map(String);
}

export function pixelGrid(frame: OverlayFrame, picture: Picture, look: Look | null, store: TileStore): void {
  const { zoom } = frame.camera;
  if (zoom < BORDERS_FROM) return;
  const { x, y } = covered(frame);
  const strength = Math.min(0.12 + (zoom - BORDERS_FROM) / 100, 0.3);
  lines(frame, 'x', marks(frame.camera, 'x', 1).map(({ at }) => at), y, strength);
  lines(frame, 'y', marks(frame.camera, 'y', 1).map(({ at }) => at), x, strength);
  if (zoom >= VALUES_FROM) values(frame, picture, look, store);
}

function values({ context, camera }: OverlayFrame, picture: Picture, look: Look | null, store: TileStore): void {
  const { view, zoom } = camera;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `500 ${Math.min(zoom / 4, 12)}px ${FONT}`;
  for (const tile of tilesWithin(picture.levels, 0, view)) {
    const pixels = store.get(picture.source.id, tile);
    if (!pixels) continue;
    const { region, core } = tile;
    const [left, right] = [Math.max(core.x, Math.floor(view.minX)), Math.min(core.x + core.width, Math.ceil(view.maxX))];
    const [top, bottom] = [Math.max(core.y, Math.floor(view.minY)), Math.min(core.y + core.height, Math.ceil(view.maxY))];
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const at = ((row - region.y) * region.width + (column - region.x)) * 4;
        const [r = 0, g = 0, b = 0, a = 0] = pixels.subarray(at, at + 4);
        const seen = look ? shown(look, [r / 255, g / 255, b / 255]) : ([r / 255, g / 255, b / 255] as const);
        const bright = toneOf(weightsOf('luminance'), seen) * (a / 255) + BOARD * (1 - a / 255);
        context.fillStyle = bright > 0.5 ? 'rgb(0 0 0 / 0.8)' : 'rgb(255 255 255 / 0.88)';
        const { x, y } = camera.toScreen(imagePoint(column + 0.5, row + 0.5));
        const written = valuesOf(r, g, b, a);
        const height = Math.min(zoom / 4, 14);
        written.forEach((value, i) => context.fillText(value, x, y + (i - (written.length - 1) / 2) * height + 0.5));
      }
    }
  }
  context.textAlign = 'start';
}
