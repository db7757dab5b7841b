// A grid over the picture at round coordinates, finer as one zooms in.

import { covered, lines, type OverlayFrame } from './overlay';
import { marks, roundStep } from './scale';

/** The least screen pixels between two lines. */
const APART = 72;

export function grid(frame: OverlayFrame): void {
  const step = roundStep(frame.camera.zoom, APART);
  const { x, y } = covered(frame);
  const places = (axis: 'x' | 'y'): number[] => marks(frame.camera, axis, step).map(({ at }) => at);
  lines(frame, 'x', places('x'), y, 0.42);
  lines(frame, 'y', places('y'), x, 0.42);
}
