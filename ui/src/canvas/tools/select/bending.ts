// A vertex of a polygon is dragged; it may have been inserted by the same press.

import type { Shape } from '../../../generated/contract';
import { clampTo, distance, fromDocument, withVertexAt } from '../../geometry';
import { CLICK_SLOP, EMPTY_SKETCH, stay, type StateOf, type Step, type ToolContext } from '../tool';
import { IDLE, type SelectState } from './states';

type Bending = Extract<SelectState, { name: 'bending' }>;

function result(state: Bending, context: ToolContext): Shape {
  return state.moved ? withVertexAt(state.shape, state.vertex, clampTo(context.picture, state.to)) : state.shape;
}

function drop(state: Bending, context: ToolContext): Step<SelectState> {
  // A press on a vertex that did not move only selects it.
  if (!state.moved && !state.inserted) return stay(IDLE);
  return stay<SelectState>(IDLE, { kind: 'commit', intents: [{ kind: 'set-shape', id: state.id, shape: result(state, context) }] });
}

export const bending: StateOf<SelectState, Bending> = {
  busy: true,
  on(state, event, context) {
    switch (event.kind) {
      case 'move': {
        const moved = state.moved || distance(event.screen, state.screen) > CLICK_SLOP / 2;
        return stay(moved ? { ...state, to: event.at, moved } : state);
      }
      case 'up':
        return drop(state.moved ? { ...state, to: event.at } : state, context);
      case 'complete':
        return drop(state, context);
      case 'cancel':
      case 'interrupt':
        // A vertex that came with the press goes with it, so that nothing that is not there stays chosen.
        return state.inserted ? stay<SelectState>(IDLE, { kind: 'select', selection: { ids: [state.id], vertex: null } }) : stay(IDLE);
      case 'down':
      case 'key':
        return stay(state);
    }
  },
  hint: () => 'select-vertex',
  cursor: () => 'pointer',
  sketch(state, context) {
    const shape = result(state, context);
    const at = shape.kind === 'polygon' ? shape.parts[state.vertex.part]?.[state.vertex.index] : undefined;
    return {
      ...EMPTY_SKETCH,
      overrides: new Map([[state.id, shape]]),
      handles: at ? [{ at: fromDocument(at), kind: 'vertex', active: true }] : [],
    };
  },
};
