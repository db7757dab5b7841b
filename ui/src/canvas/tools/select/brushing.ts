// A rubber band is drawn: what is wholly inside gets selected when the button comes up.

import { rectBetween } from '../../geometry';
import { EMPTY_SKETCH, stay, type StateOf, type Step, type ToolContext } from '../tool';
import { IDLE, type SelectState } from './states';

type Brushing = Extract<SelectState, { name: 'brushing' }>;

function take(state: Brushing, context: ToolContext): Step<SelectState> {
  const enclosed = context.scene.enclosed(rectBetween(state.from, state.to), (id) => context.hidden(id));
  const ids = [...state.base, ...enclosed.filter((id) => !state.base.includes(id))];
  return stay<SelectState>(IDLE, { kind: 'select', selection: { ids, vertex: null } });
}

export const brushing: StateOf<SelectState, Brushing> = {
  busy: true,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ ...state, to: event.at });
      case 'up':
        return take({ ...state, to: event.at }, context);
      case 'complete':
        return take(state, context);
      case 'cancel':
      case 'interrupt':
        return stay(IDLE);
      case 'down':
      case 'key':
        return stay(state);
    }
  },
  hint: () => 'select-band',
  cursor: () => 'crosshair',
  sketch: (state) => ({ ...EMPTY_SKETCH, band: rectBetween(state.from, state.to) }),
};
