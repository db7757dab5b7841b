// Rulers along the upper and left edge: coordinates of the image, and those of the pixel under the pointer.

import type { Rgb } from '../gl/program';
import { FONT, type OverlayFrame } from './overlay';
import { marks, roundStep } from './scale';

/** How wide a ruler is, in CSS pixels: less than the margin of a fitted picture. */
const WIDTH = 18;
/** The least screen pixels between two numbers. */
const APART = 64;

const css = ([r, g, b]: Rgb, alpha = 1): string => `rgb(${r} ${g} ${b} / ${alpha})`;

export function rulers(frame: OverlayFrame): void {
  const { context, camera, colors } = frame;
  const { width, height } = camera.stage;
  context.fillStyle = css(colors.surface);
  context.fillRect(0, 0, width, WIDTH);
  context.fillRect(0, 0, WIDTH, height);
  context.fillStyle = css(colors.text, 0.25);
  context.fillRect(WIDTH, WIDTH - 1, width, 1);
  context.fillRect(WIDTH - 1, WIDTH, 1, height);
  context.font = `10px ${FONT}`;
  context.textBaseline = 'middle';
  ruler(frame, 'x');
  // The same along the other edge, read from below.
  context.save();
  context.rotate(-Math.PI / 2);
  context.scale(-1, 1);
  ruler(frame, 'y');
  context.restore();
  context.fillStyle = css(colors.surface);
  context.fillRect(0, 0, WIDTH - 1, WIDTH - 1);
}

/** Draws along the x axis of the context, whichever axis of the screen that is. */
function ruler(frame: OverlayFrame, axis: 'x' | 'y'): void {
  const { context, camera, colors, pointer } = frame;
  const step = roundStep(camera.zoom, APART);
  const fine = step >= 5 ? step / 5 : step;
  context.fillStyle = css(colors.text, 0.4);
  for (const { at } of marks(camera, axis, fine)) if (at >= WIDTH) context.fillRect(Math.floor(at), WIDTH - 5, 1, 4);
  for (const { value, at } of marks(camera, axis, step)) {
    if (at < WIDTH) continue;
    context.fillStyle = css(colors.text, 0.55);
    context.fillRect(Math.floor(at), WIDTH - 9, 1, 8);
    context.fillStyle = css(colors.text, 0.75);
    text(context, axis, String(value), at + 4, 7);
  }
  if (!pointer) return;
  const point = camera.toImage(pointer);
  const value = (camera.orientation.xx !== 0) === (axis === 'x') ? point.x : point.y;
  const most = value === point.x ? camera.picture.width : camera.picture.height;
  if (value < 0 || value >= most) return;
  const label = String(Math.floor(value));
  const wide = context.measureText(label).width + 8;
  context.fillStyle = css(colors.accent);
  context.beginPath();
  context.roundRect(pointer[axis] - wide / 2, 1, wide, WIDTH - 3, 3);
  context.fill();
  context.fillStyle = css(colors.surface);
  text(context, axis, label, pointer[axis] - wide / 2 + 4, WIDTH / 2);
}

/** Text that is not mirrored by the drawing of the other edge. */
function text(context: CanvasRenderingContext2D, axis: 'x' | 'y', label: string, x: number, y: number): void {
  if (axis === 'x') return context.fillText(label, x, y);
  context.save();
  context.translate(x, y);
  context.scale(-1, 1);
  context.fillText(label, -context.measureText(label).width, 0);
  context.restore();
}
