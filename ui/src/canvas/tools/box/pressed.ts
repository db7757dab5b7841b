// The button is down on the first corner.

import { distance } from '../../geometry';
import { CLICK_SLOP, stay, type StateOf } from '../tool';
import { finish, preview } from './finish';
import type { BoxState } from './states';

export const pressed: StateOf<BoxState, Extract<BoxState, { name: 'pressed' }>> = {
  busy: true,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ ...state, to: event.at });
      case 'up':
        // A click that did not move is the first of two.
        return distance(event.screen, state.screen) <= CLICK_SLOP
          ? stay({ name: 'stretching', from: state.from, to: event.at })
          : finish(state.from, event.at, context);
      case 'complete':
        return finish(state.from, state.to, context);
      case 'cancel':
        return stay({ name: 'idle', pointer: state.to });
      case 'interrupt':
        return stay({ name: 'idle', pointer: null });
      case 'down':
      case 'key':
        return stay(state);
    }
  },
  hint: () => 'box-dragging',
  cursor: () => 'crosshair',
  sketch: (state, context) => preview(state.from, state.to, context),
};
