// The first corner stands; the next click sets the second.

import { stay, type StateOf } from '../tool';
import { finish, preview } from './finish';
import type { BoxState } from './states';

export const stretching: StateOf<BoxState, Extract<BoxState, { name: 'stretching' }>> = {
  busy: true,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ ...state, to: event.at });
      case 'down':
        return finish(state.from, event.at, context);
      case 'complete':
        return finish(state.from, state.to, context);
      case 'cancel':
        return stay({ name: 'idle', pointer: state.to });
      case 'interrupt':
        return stay({ name: 'idle', pointer: null });
      case 'up':
      case 'key':
        return stay(state);
    }
  },
  hint: () => 'box-second',
  cursor: () => 'crosshair',
  sketch: (state, context) => preview(state.from, state.to, context),
};
