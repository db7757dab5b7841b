// How the picture lies on the stage: turned by quarters, mirrored, or both. A way of looking; coordinates never change by it.
//
// An orientation is the matrix of whole numbers that takes a direction of the image to one of the screen. There are eight.

import type { Cursor } from './tools/tool';

/** `screen = (xx * x + xy * y, yx * x + yy * y)`. */
export interface Orientation {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** As the picture is. */
export const UPRIGHT: Orientation = { xx: 1, xy: 0, yx: 0, yy: 1 };

/** What can be done to an orientation, as it is seen on the screen. */
export type Turn = 'clockwise' | 'counterclockwise' | 'left-right' | 'top-bottom';

const TURNS: Readonly<Record<Turn, Orientation>> = {
  clockwise: { xx: 0, xy: -1, yx: 1, yy: 0 },
  counterclockwise: { xx: 0, xy: 1, yx: -1, yy: 0 },
  'left-right': { xx: -1, xy: 0, yx: 0, yy: 1 },
  'top-bottom': { xx: 1, xy: 0, yx: 0, yy: -1 },
};

/** The orientation after a turn of what is seen. */
export function turned(before: Orientation, turn: Turn): Orientation {
  const [x, y] = [toScreenDirection(TURNS[turn], before.xx, before.yx), toScreenDirection(TURNS[turn], before.xy, before.yy)];
  return { xx: x.x, xy: y.x, yx: x.y, yy: y.y };
}

export function isUpright({ xx, yy }: Orientation): boolean {
  return xx === 1 && yy === 1;
}

/** A direction of the image on the screen. */
export function toScreenDirection({ xx, xy, yx, yy }: Orientation, x: number, y: number): { x: number; y: number } {
  // The sum with zero turns -0 into 0, which would be another value in comparisons.
  return { x: xx * x + xy * y + 0, y: yx * x + yy * y + 0 };
}

/** A direction of the screen on the image. The inverse of these matrices is their transpose. */
export function toImageDirection({ xx, xy, yx, yy }: Orientation, x: number, y: number): { x: number; y: number } {
  return { x: xx * x + yx * y + 0, y: xy * x + yy * y + 0 };
}

const ARROWS = [
  ['ArrowRight', 1, 0],
  ['ArrowLeft', -1, 0],
  ['ArrowDown', 0, 1],
  ['ArrowUp', 0, -1],
] as const;

/** An arrow key that moves by the screen, as the one that does the same on the image; other keys are what they are. */
export function arrowOnImage(orientation: Orientation, key: string): string {
  const arrow = ARROWS.find(([name]) => name === key);
  if (!arrow) return key;
  const to = toImageDirection(orientation, arrow[1], arrow[2]);
  return ARROWS.find(([, x, y]) => x === to.x && y === to.y)?.[0] ?? key;
}

/** The cursor that shows on the screen what a tool means on the image. */
export function cursorOnScreen(orientation: Orientation, cursor: Cursor): Cursor {
  if (cursor === 'ns-resize' || cursor === 'ew-resize') {
    return (orientation.xx === 0) === (cursor === 'ns-resize') ? 'ew-resize' : 'ns-resize';
  }
  if (cursor === 'nwse-resize' || cursor === 'nesw-resize') {
    const { x, y } = toScreenDirection(orientation, 1, 1);
    return (x === y) === (cursor === 'nwse-resize') ? 'nwse-resize' : 'nesw-resize';
  }
  return cursor;
}
