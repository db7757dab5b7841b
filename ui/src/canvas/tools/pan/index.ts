// Moving the picture by hand, whatever tool is in use: the middle button, or Space and any button.
//
// It is not a tool but goes before the tools: while it has the pointer they hear nothing, so a polygon under way survives it.

import type { ScreenPoint } from '../../geometry';

export type PanState =
  | { readonly name: 'off' }
  /** Space is down: the next press drags the picture. */
  | { readonly name: 'ready' }
  | { readonly name: 'dragging'; readonly last: ScreenPoint; readonly space: boolean };

export type PanEvent =
  | { readonly kind: 'space'; readonly down: boolean }
  | { readonly kind: 'down'; readonly screen: ScreenPoint; readonly middle: boolean }
  | { readonly kind: 'move'; readonly screen: ScreenPoint }
  | { readonly kind: 'up' }
  | { readonly kind: 'interrupt' };

export interface PanStep {
  readonly state: PanState;
  /** How far to move the picture, in screen pixels. */
  readonly by: { readonly dx: number; readonly dy: number } | null;
  /** Whether the event was the hand's and must not reach the tool. */
  readonly taken: boolean;
}

/** The hand is not there. */
export const PAN_OFF: PanState = { name: 'off' };

export function pan(state: PanState, event: PanEvent): PanStep {
  const ignore: PanStep = { state, by: null, taken: false };
  const to = (next: PanState): PanStep => ({ state: next, by: null, taken: true });
  switch (event.kind) {
    case 'space':
      if (state.name === 'dragging') return to({ ...state, space: event.down });
      return to(event.down ? { name: 'ready' } : PAN_OFF);
    case 'down':
      if (event.middle || state.name === 'ready') return to({ name: 'dragging', last: event.screen, space: state.name === 'ready' });
      return ignore;
    case 'move':
      if (state.name !== 'dragging') return ignore;
      return {
        state: { ...state, last: event.screen },
        by: { dx: event.screen.x - state.last.x, dy: event.screen.y - state.last.y },
        taken: true,
      };
    case 'up':
      if (state.name !== 'dragging') return ignore;
      return to(state.space ? { name: 'ready' } : PAN_OFF);
    case 'interrupt':
      return { state: PAN_OFF, by: null, taken: false };
  }
}
