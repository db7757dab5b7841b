// The selected objects are dragged. They stay on the picture.

import type { Shape } from '../../../generated/contract';
import { keepInside, moved, type ImageRect } from '../../geometry';
import { EMPTY_SKETCH, stay, type StateOf, type Step, type ToolContext } from '../tool';
import { hovering } from './idle';
import { IDLE, type SelectState } from './states';

type Moving = Extract<SelectState, { name: 'moving' }>;

/** The shapes where they would land. They keep their distances: the vector is shortened for all of them together. */
function landed(state: Moving, context: ToolContext): Map<string, Shape> {
  const objects = state.ids.flatMap((id) => context.scene.get(id) ?? []);
  const all = objects.reduce<ImageRect | null>(
    (sum, { rect }) =>
      sum
        ? {
            minX: Math.min(sum.minX, rect.minX),
            minY: Math.min(sum.minY, rect.minY),
            maxX: Math.max(sum.maxX, rect.maxX),
            maxY: Math.max(sum.maxY, rect.maxY),
          }
        : rect,
    null,
  );
  if (!all) return new Map();
  const { dx, dy } = keepInside(context.picture, all, state.to.x - state.from.x, state.to.y - state.from.y);
  return dx === 0 && dy === 0 ? new Map() : new Map(objects.map(({ id, shape }) => [id, moved(shape, dx, dy)]));
}

function drop(state: Moving, context: ToolContext): Step<SelectState> {
  const intents = [...landed(state, context)].map(([id, shape]) => ({ kind: 'set-shape', id, shape }) as const);
  const next = hovering(state.to, context);
  return intents.length > 0 ? stay<SelectState>(next, { kind: 'commit', intents }) : stay(next);
}

export const moving: StateOf<SelectState, Moving> = {
  busy: true,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ ...state, to: event.at });
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
  hint: () => 'select-moving',
  cursor: () => 'move',
  sketch: (state, context) => ({ ...EMPTY_SKETCH, overrides: landed(state, context) }),
};
