// The button is down and has not moved: a click selects, a drag moves objects or draws a rubber band.

import { distance } from '../../geometry';
import { CLICK_SLOP, EMPTY_SKETCH, NOTHING_SELECTED, stay, type StateOf } from '../tool';
import { handles } from './grips';
import { hovering } from './idle';
import { IDLE, type SelectState } from './states';

export const pointing: StateOf<SelectState, Extract<SelectState, { name: 'pointing' }>> = {
  busy: true,
  on(state, event, context) {
    const { ids } = context.selection;
    switch (event.kind) {
      case 'move': {
        if (distance(event.screen, state.screen) <= CLICK_SLOP) return stay(state);
        if (state.target === null || state.shift) {
          return stay({ name: 'brushing', from: state.from, to: event.at, base: state.shift ? ids : [] });
        }
        // An object that was not selected is taken and moved in one go.
        const taken = ids.includes(state.target) ? ids : [state.target];
        const select = { kind: 'select', selection: { ids: taken, vertex: null } } as const;
        if (!context.editable) return stay<SelectState>(IDLE, select);
        return stay<SelectState>({ name: 'moving', from: state.from, to: event.at, ids: taken }, select);
      }
      case 'up': {
        const next = hovering(event.at, context);
        const { target } = state;
        if (target === null) return state.shift ? stay(next) : stay<SelectState>(next, { kind: 'select', selection: NOTHING_SELECTED });
        if (!state.shift) return stay<SelectState>(next, { kind: 'select', selection: { ids: [target], vertex: null } });
        const toggled = ids.includes(target) ? ids.filter((id) => id !== target) : [...ids, target];
        return stay<SelectState>(next, { kind: 'select', selection: { ids: toggled, vertex: null } });
      }
      case 'cancel':
      case 'interrupt':
        return stay(IDLE);
      case 'down':
      case 'key':
      case 'complete':
        return stay(state);
    }
  },
  hint: (state) => (state.target ? 'select-object' : 'select-idle'),
  cursor: (state) => (state.target ? 'move' : 'default'),
  sketch: (state, context) => ({ ...EMPTY_SKETCH, hovered: state.target, handles: handles(context, null) }),
};
