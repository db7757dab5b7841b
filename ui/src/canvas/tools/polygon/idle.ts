// Waiting for the first point.

import { clampTo } from '../../geometry';
import { EMPTY_SKETCH, stay, type StateOf } from '../tool';
import type { PolygonState } from './states';

export const idle: StateOf<PolygonState, Extract<PolygonState, { name: 'idle' }>> = {
  busy: false,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ name: 'idle', pointer: event.at });
      case 'down': {
        // The second click of a double click that closed a polygon must not begin the next one.
        if (!context.editable || !context.drawing || event.clicks > 1) return stay(state);
        const first = clampTo(context.picture, event.at);
        return stay({ name: 'drawing', points: [first], pointer: first, closing: false });
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
  hint: () => 'polygon-first',
  cursor: () => 'crosshair',
  sketch: () => EMPTY_SKETCH,
};
