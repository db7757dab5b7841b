// Round numbers along the edges of what is seen: where the lines of the grid and the marks of the rulers are.

import type { Camera } from '../camera';
import { imagePoint } from '../geometry';

/** A coordinate of the image and where it is on the stage. */
export interface Mark {
  readonly value: number;
  readonly at: number;
}

/** The least of 1, 2, 5, 10, 20 ... image pixels that takes at least `least` screen pixels. */
export function roundStep(zoom: number, least: number): number {
  const wanted = Math.max(least / zoom, 1);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return ([1, 2, 5].find((factor) => factor * power >= wanted * (1 - 1e-9)) ?? 10) * power;
}

/** The multiples of a step on the picture and in view, along one axis of the screen. */
export function marks(camera: Camera, axis: 'x' | 'y', step: number): Mark[] {
  const { view, picture, orientation } = camera;
  // With a quarter turn the screen's axis is the image's other one.
  const along = (orientation.xx !== 0) === (axis === 'x') ? 'x' : 'y';
  const [from, to] = along === 'x' ? [Math.max(view.minX, 0), Math.min(view.maxX, picture.width)] : [Math.max(view.minY, 0), Math.min(view.maxY, picture.height)];
  const found: Mark[] = [];
  for (let value = Math.ceil(from / step) * step; value <= to; value += step) {
    const point = camera.toScreen(along === 'x' ? imagePoint(value, 0) : imagePoint(0, value));
    found.push({ value, at: point[axis] });
  }
  return found;
}
