// What a turn of the wheel means: a wheel zooms at the pointer, two fingers on a trackpad move, a pinch zooms.
//
// Browsers do not say which device it was. A pinch arrives with Ctrl set. A trackpad scrolls in small steps or on both axes at
// once; a wheel moves in notches on one axis.

export type WheelAction =
  | { readonly kind: 'zoom'; readonly factor: number }
  /** In screen pixels. */
  | { readonly kind: 'pan'; readonly dx: number; readonly dy: number };

/** What is read of a wheel event. */
export interface Turn {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
}

const LINE = 16;
/** Pixels of one notch of a common wheel. */
const NOTCH = 100;

export function wheelAction(turn: Turn): WheelAction {
  const unit = turn.deltaMode === 1 ? LINE : turn.deltaMode === 2 ? NOTCH : 1;
  const [dx, dy] = [turn.deltaX * unit, turn.deltaY * unit];
  if (turn.ctrlKey) {
    // A pinch comes in small steps, Ctrl with a wheel in notches: bounded, both feel right.
    return { kind: 'zoom', factor: Math.exp(-Math.max(-30, Math.min(30, dy)) / 100) };
  }
  // Some systems turn the axis themselves when Shift is down.
  if (turn.shiftKey) return { kind: 'pan', dx: -(dx || dy), dy: 0 };
  const notched = dx === 0 && (turn.deltaMode !== 0 || Math.abs(dy) >= 40);
  if (notched) return { kind: 'zoom', factor: Math.exp((-Math.sign(dy) * Math.min(Math.abs(dy), 3 * NOTCH) * 0.2) / NOTCH) };
  return { kind: 'pan', dx: -dx, dy: -dy };
}
