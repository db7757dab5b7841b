// Points are being set.

import { clampTo, distance, type ImagePoint } from '../../geometry';
import { CLICK_SLOP, EMPTY_SKETCH, HIT_TOLERANCE, MIN_EXTENT, stay, type Handle, type StateOf, type Step, type ToolContext } from '../tool';
import type { PolygonState } from './states';

type Drawing = Extract<PolygonState, { name: 'drawing' }>;

/** A ring needs three points and some extent on both axes to be meant. */
function closable(points: readonly ImagePoint[]): boolean {
  const extent = (values: number[]): number => Math.max(...values) - Math.min(...values);
  return points.length >= 3 && extent(points.map((p) => p.x)) >= MIN_EXTENT && extent(points.map((p) => p.y)) >= MIN_EXTENT;
}

function close(state: Drawing, context: ToolContext): Step<PolygonState> {
  if (!closable(state.points) || !context.drawing) return stay(state);
  const id = context.newId();
  const ring = state.points.map(({ x, y }) => ({ x, y }));
  return stay<PolygonState>(
    { name: 'idle', pointer: state.pointer },
    {
      kind: 'commit',
      intents: [{ kind: 'create', id, class: context.drawing.classId, shape: { kind: 'polygon', parts: [ring] }, attributes: [] }],
    },
    { kind: 'select', selection: { ids: [id], vertex: null } },
  );
}

function onFirst(state: Drawing, at: ImagePoint, context: ToolContext): boolean {
  const [first] = state.points;
  return first !== undefined && state.points.length >= 3 && distance(first, at) <= context.toImageLength(HIT_TOLERANCE + 2);
}

export const drawing: StateOf<PolygonState, Drawing> = {
  busy: true,
  on(state, event, context) {
    switch (event.kind) {
      case 'move':
        return stay({ ...state, pointer: clampTo(context.picture, event.at), closing: onFirst(state, event.at, context) });
      case 'down': {
        if (event.clicks > 1 || onFirst(state, event.at, context)) return close(state, context);
        const at = clampTo(context.picture, event.at);
        const last = state.points[state.points.length - 1];
        // Two clicks on the same spot are one point.
        if (last && distance(last, at) < context.toImageLength(CLICK_SLOP) / 2) return stay(state);
        return stay({ ...state, points: [...state.points, at], pointer: at, closing: false });
      }
      case 'key':
        if (event.key === 'Backspace') {
          const points = state.points.slice(0, -1);
          return stay(points.length > 0 ? { ...state, points, closing: false } : { name: 'idle', pointer: state.pointer });
        }
        return stay(state);
      case 'complete':
        return close(state, context);
      case 'cancel':
        return stay({ name: 'idle', pointer: state.pointer });
      case 'interrupt':
        return stay({ name: 'idle', pointer: null });
      case 'up':
        return stay(state);
    }
  },
  hint: (state) => (state.closing ? 'polygon-closable' : 'polygon-more'),
  cursor: (state) => (state.closing ? 'pointer' : 'crosshair'),
  sketch(state, context) {
    const color = context.drawing?.color ?? '#ffffff';
    const [first] = state.points;
    const end = state.closing && first ? first : state.pointer;
    const handles: Handle[] = state.points.map((at, i) => ({
      at,
      kind: i === 0 && state.points.length >= 3 ? 'closing' : 'vertex',
      active: i === 0 && state.closing,
    }));
    return { ...EMPTY_SKETCH, lines: [{ points: [...state.points, end], closed: false, color }], handles };
  },
};
