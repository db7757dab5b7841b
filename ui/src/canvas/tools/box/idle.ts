// Waiting for the first corner.

import { clampTo } from '../../geometry';
import { EMPTY_SKETCH, stay, type StateOf } from '../tool';
import type { BoxState } from './states';

export const idle: StateOf<BoxState, Extract<BoxState, { name: 'idle' }>> = {
  busy: false,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ name: 'idle', pointer: event.at });
      case 'down': {
        if (!context.editable || !context.drawing) return stay(state);
        const from = clampTo(context.picture, event.at);
        return stay({ name: 'pressed', from, to: from, screen: event.screen });
      }
      case 'interrupt':
        return stay({ name: 'idle', pointer: null });
      case 'up':
      case 'key':
      case 'complete':
      case 'cancel':
        return stay(state);
    }
  },
  hint: () => 'box-first',
  cursor: () => 'crosshair',
  sketch: (state) => ({ ...EMPTY_SKETCH, guides: state.pointer }),
};
