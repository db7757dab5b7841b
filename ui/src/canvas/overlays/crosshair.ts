// Two lines through the pointer, across the stage.

import { lines, type OverlayFrame } from './overlay';

export function crosshair(frame: OverlayFrame): void {
  const { pointer, camera } = frame;
  if (!pointer) return;
  lines(frame, 'x', [pointer.x], { from: 0, to: camera.stage.height }, 0.8);
  lines(frame, 'y', [pointer.y], { from: 0, to: camera.stage.width }, 0.8);
}
