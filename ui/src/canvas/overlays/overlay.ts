// What an overlay is told, and the lines that they all draw: one device pixel, light with a dark edge, so that they are seen on
// any picture.

import type { Camera } from '../camera';
import type { ScreenPoint } from '../geometry';
import type { StageColors } from '../gl/renderer';

/** One frame, for overlays. Lengths are CSS pixels. */
export interface OverlayFrame {
  readonly context: CanvasRenderingContext2D;
  readonly camera: Camera;
  readonly pixelRatio: number;
  readonly pointer: ScreenPoint | null;
  readonly colors: StageColors;
}

/** A stretch of the stage along one axis. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** About how light the squares are on which transparent pixels lie, 0 to 1. */
export const BOARD = 0.87;

export const FONT = '"Inter Variable", Inter, system-ui, sans-serif';

/** Draws lines across a span at these places of the other axis. */
export function lines(frame: OverlayFrame, axis: 'x' | 'y', places: readonly number[], across: Span, strength: number): void {
  const { context, pixelRatio } = frame;
  const width = 1 / pixelRatio;
  for (const [offset, color] of [
    [width, `rgb(0 0 0 / ${strength * 0.6})`],
    [0, `rgb(255 255 255 / ${strength})`],
  ] as const) {
    context.fillStyle = color;
    for (const place of places) {
      const at = Math.floor(place * pixelRatio) / pixelRatio + offset;
      if (axis === 'x') context.fillRect(at, across.from, width, across.to - across.from);
      else context.fillRect(across.from, at, across.to - across.from, width);
    }
  }
}

/** The part of the stage that the picture covers, on each axis. */
export function covered({ camera }: OverlayFrame): { readonly x: Span; readonly y: Span } {
  const { x, y, width, height } = camera.seen({ minX: 0, minY: 0, maxX: camera.picture.width, maxY: camera.picture.height });
  return {
    x: { from: Math.max(x, 0), to: Math.min(x + width, camera.stage.width) },
    y: { from: Math.max(y, 0), to: Math.min(y + height, camera.stage.height) },
  };
}
