// Nothing is under way: the pointer hovers, keys act on the selection.

import type { Intent } from '../../../generated/contract';
import { fromDocument, keepInside, moved, withoutVertex, withVertexInserted, type ImagePoint } from '../../geometry';
import {
  EMPTY_SKETCH,
  HIT_TOLERANCE,
  NOTHING_SELECTED,
  onlySelected,
  stay,
  type Cursor,
  type PointerInput,
  type StateOf,
  type Step,
  type ToolContext,
} from '../tool';
import { gripAt, handles } from './grips';
import { IDLE, type Grip, type SelectState } from './states';

type Idle = Extract<SelectState, { name: 'idle' }>;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export const idle: StateOf<SelectState, Idle> = {
  busy: false,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay(hovering(event.at, context));
      case 'down':
        return pressed(event, context);
      case 'key':
        if (event.key === 'Delete' || event.key === 'Backspace') return erase(state, context);
        return nudge(state, event.key, event.shift ? 10 : 1, context);
      case 'cancel':
        return context.selection.vertex
          ? stay(state, { kind: 'select', selection: { ...context.selection, vertex: null } })
          : stay(state, { kind: 'select', selection: NOTHING_SELECTED });
      case 'interrupt':
        return stay(IDLE);
      case 'up':
      case 'complete':
        return stay(state);
    }
  },
  hint: (state) => (state.grip?.kind === 'vertex' ? 'select-vertex' : state.hovered ? 'select-object' : 'select-idle'),
  cursor: (state, context) => cursorOf(state, context),
  sketch: (state, context) => ({ ...EMPTY_SKETCH, hovered: state.hovered, handles: handles(context, state.grip) }),
};

/** The state of a pointer that is at `at` with no button down. */
export function hovering(at: ImagePoint, context: ToolContext): Idle {
  const grip = gripAt(context, at);
  const under = grip ? null : pick(at, context);
  return { name: 'idle', hovered: under, grip };
}

/** The object that a click at `at` means. */
function pick(at: ImagePoint, context: ToolContext): string | null {
  return context.scene.pick(at, context.toImageLength(HIT_TOLERANCE), (id) => context.hidden(id))?.id ?? null;
}

function pressed(event: PointerInput, context: ToolContext): Step<SelectState> {
  const grip = gripAt(context, event.at);
  if (grip && context.editable) return grabbed(grip, event, context);
  const target = pick(event.at, context);
  return stay({ name: 'pointing', target, from: event.at, screen: event.screen, shift: event.shift });
}

function grabbed(grip: Grip, event: PointerInput, context: ToolContext): Step<SelectState> {
  const object = context.scene.get(grip.id);
  if (!object) return stay(IDLE);
  switch (grip.kind) {
    case 'corner':
      return stay({
        name: 'resizing',
        id: grip.id,
        rect: grip.rect,
        handle: grip.handle,
        to: event.at,
        moved: false,
        screen: event.screen,
      });
    case 'vertex': {
      if (event.alt) return eraseVertex(grip.id, grip.vertex, context);
      const place = object.shape.kind === 'polygon' ? object.shape.parts[grip.vertex.part]?.[grip.vertex.index] : undefined;
      return stay<SelectState>(
        {
          name: 'bending',
          id: grip.id,
          shape: object.shape,
          vertex: grip.vertex,
          inserted: false,
          to: place ? fromDocument(place) : event.at,
          moved: false,
          screen: event.screen,
        },
        { kind: 'select', selection: { ids: [grip.id], vertex: grip.vertex } },
      );
    }
    case 'midpoint': {
      const shape = withVertexInserted(object.shape, grip.vertex, event.at);
      return stay<SelectState>(
        { name: 'bending', id: grip.id, shape, vertex: grip.vertex, inserted: true, to: event.at, moved: false, screen: event.screen },
        { kind: 'select', selection: { ids: [grip.id], vertex: grip.vertex } },
      );
    }
  }
}

function eraseVertex(id: string, vertex: { part: number; index: number }, context: ToolContext): Step<SelectState> {
  const object = context.scene.get(id);
  if (!object) return stay(IDLE);
  const shape = withoutVertex(object.shape, vertex);
  const intent: Intent = shape ? { kind: 'set-shape', id, shape } : { kind: 'delete', id };
  return stay<SelectState>(
    IDLE,
    { kind: 'commit', intents: [intent] },
    { kind: 'select', selection: shape ? { ids: [id], vertex: null } : NOTHING_SELECTED },
  );
}

function erase(state: Idle, context: ToolContext): Step<SelectState> {
  const { ids, vertex } = context.selection;
  if (!context.editable || ids.length === 0) return stay(state);
  const only = onlySelected(context);
  if (only && vertex) return eraseVertex(only.id, vertex, context);
  return stay<SelectState>(
    IDLE,
    { kind: 'commit', intents: ids.map((id) => ({ kind: 'delete', id })) },
    { kind: 'select', selection: NOTHING_SELECTED },
  );
}

function nudge(state: Idle, key: string, step: number, context: ToolContext): Step<SelectState> {
  const direction = ARROWS[key];
  if (!direction || !context.editable) return stay(state);
  const intents: Intent[] = [];
  for (const id of context.selection.ids) {
    const object = context.scene.get(id);
    if (!object) continue;
    const { dx, dy } = keepInside(context.picture, object.rect, direction[0] * step, direction[1] * step);
    if (dx !== 0 || dy !== 0) intents.push({ kind: 'set-shape', id, shape: moved(object.shape, dx, dy) });
  }
  return intents.length > 0 ? stay(state, { kind: 'commit', intents }) : stay(state);
}

function cursorOf(state: Idle, context: ToolContext): Cursor {
  const { grip } = state;
  if (grip?.kind === 'corner') {
    if (grip.handle.x === 0) return 'ns-resize';
    if (grip.handle.y === 0) return 'ew-resize';
    return grip.handle.x === grip.handle.y ? 'nwse-resize' : 'nesw-resize';
  }
  if (grip) return 'pointer';
  if (state.hovered === null) return 'default';
  return context.editable && context.selection.ids.includes(state.hovered) ? 'move' : 'pointer';
}
