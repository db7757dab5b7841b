// A handle of a box is dragged.

import { boxShape, clampTo, distance, handlePoint, resized, type ImageRect } from '../../geometry';
import { CLICK_SLOP, EMPTY_SKETCH, MIN_EXTENT, stay, type StateOf, type Step, type ToolContext } from '../tool';
import { IDLE, type SelectState } from './states';

type Resizing = Extract<SelectState, { name: 'resizing' }>;

/** The box as it would be; never thinner than what can be drawn. */
function result(state: Resizing, context: ToolContext): ImageRect {
  const rect = resized(state.rect, state.handle, clampTo(context.picture, state.to));
  const thick = (min: number, max: number): [number, number] => (max - min < MIN_EXTENT ? [min, min + MIN_EXTENT] : [min, max]);
  const [x, y] = [thick(rect.minX, rect.maxX), thick(rect.minY, rect.maxY)];
  return { minX: x[0], minY: y[0], maxX: x[1], maxY: y[1] };
}

function drop(state: Resizing, context: ToolContext): Step<SelectState> {
  if (!state.moved) return stay(IDLE);
  return stay<SelectState>(IDLE, {
    kind: 'commit',
    intents: [{ kind: 'set-shape', id: state.id, shape: boxShape(result(state, context)) }],
  });
}

export const resizing: StateOf<SelectState, Resizing> = {
  busy: true,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ ...state, to: event.at, moved: state.moved || distance(event.screen, state.screen) > CLICK_SLOP / 2 });
      case 'up':
        return drop({ ...state, to: event.at }, context);
      case 'complete':
        return drop(state, context);
      case 'cancel':
      case 'interrupt':
        return stay(IDLE);
      case 'down':
      case 'key':
        return stay(state);
    }
  },
  hint: () => 'select-resizing',
  cursor: ({ handle }) =>
    handle.x === 0 ? 'ns-resize' : handle.y === 0 ? 'ew-resize' : handle.x === handle.y ? 'nwse-resize' : 'nesw-resize',
  sketch(state, context) {
    const rect = state.moved ? result(state, context) : state.rect;
    return {
      ...EMPTY_SKETCH,
      overrides: new Map([[state.id, boxShape(rect)]]),
      handles: [{ at: handlePoint(rect, state.handle), kind: 'corner', active: true }],
    };
  },
};
