// The handles of the only selected object: where they are, and which one is under the pointer.

import { BOX_HANDLES, distance, fromDocument, handlePoint, imagePoint, type ImagePoint } from '../../geometry';
import { HIT_TOLERANCE, onlySelected, type Handle, type ToolContext } from '../tool';
import type { Grip } from './states';

/** Edges shorter than this many screen pixels have no handle in the middle: it would cover their ends. */
const MIDPOINT_EDGE = 28;

interface Placed {
  readonly grip: Grip;
  readonly at: ImagePoint;
}

function gripsOf(context: ToolContext): Placed[] {
  const object = onlySelected(context);
  if (!object || !context.editable) return [];
  const { id, shape, rect } = object;
  if (shape.kind === 'box') {
    return BOX_HANDLES.map((handle) => ({ grip: { kind: 'corner', id, rect, handle }, at: handlePoint(rect, handle) }));
  }
  if (shape.kind !== 'polygon') return [];
  const shortest = context.toImageLength(MIDPOINT_EDGE);
  const [vertices, midpoints]: [Placed[], Placed[]] = [[], []];
  shape.parts.forEach((ring, part) => {
    ring.forEach((point, index) => {
      const at = fromDocument(point);
      vertices.push({ grip: { kind: 'vertex', id, vertex: { part, index } }, at });
      const next = ring[(index + 1) % ring.length];
      if (!next || distance(point, next) < shortest) return;
      const middle = imagePoint((point.x + next.x) / 2, (point.y + next.y) / 2);
      midpoints.push({ grip: { kind: 'midpoint', id, vertex: { part, index: index + 1 } }, at: middle });
    });
  });
  return [...midpoints, ...vertices];
}

/** The handle under a point: the nearest, and vertices before midpoints. */
export function gripAt(context: ToolContext, at: ImagePoint): Grip | null {
  const reach = context.toImageLength(HIT_TOLERANCE + 2);
  let best: { grip: Grip; away: number } | null = null;
  for (const { grip, at: place } of gripsOf(context)) {
    const away = distance(place, at);
    if (away <= reach && (!best || away <= best.away)) best = { grip, away };
  }
  return best?.grip ?? null;
}

/** The handles to draw. */
export function handles(context: ToolContext, over: Grip | null): Handle[] {
  const { vertex: chosen } = context.selection;
  return gripsOf(context).map(({ grip, at }) => ({
    at,
    kind: grip.kind,
    active:
      (over !== null && over.kind === grip.kind && sameGrip(over, grip)) ||
      (grip.kind === 'vertex' && chosen !== null && chosen.part === grip.vertex.part && chosen.index === grip.vertex.index),
  }));
}

function sameGrip(a: Grip, b: Grip): boolean {
  if (a.kind === 'corner' && b.kind === 'corner') return a.handle.x === b.handle.x && a.handle.y === b.handle.y;
  if (a.kind !== 'corner' && b.kind !== 'corner') return a.vertex.part === b.vertex.part && a.vertex.index === b.vertex.index;
  return false;
}
