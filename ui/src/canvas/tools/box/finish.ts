// How a box ends: as a wish to create it, or as nothing if it is too small to be meant.

import { boxShape, clampTo, rectBetween, rings, type ImagePoint } from '../../geometry';
import { EMPTY_SKETCH, MIN_EXTENT, stay, type Sketch, type Step, type ToolContext } from '../tool';
import type { BoxState } from './states';

/** Ends the gesture with a box between two corners, `to` being where the pointer is. */
export function finish(from: ImagePoint, to: ImagePoint, context: ToolContext): Step<BoxState> {
  const done: BoxState = { name: 'idle', pointer: to };
  const rect = rectBetween(from, clampTo(context.picture, to));
  const tooSmall = rect.maxX - rect.minX < MIN_EXTENT || rect.maxY - rect.minY < MIN_EXTENT;
  if (tooSmall || !context.drawing) return stay(done);
  const id = context.newId();
  return stay(
    done,
    {
      kind: 'commit',
      intents: [{ kind: 'create', id, class: context.drawing.classId, shape: boxShape(rect), attributes: [] }],
    },
    { kind: 'select', selection: { ids: [id], vertex: null } },
  );
}

/** The box while it is drawn. */
export function preview(from: ImagePoint, to: ImagePoint, context: ToolContext): Sketch {
  const corner = clampTo(context.picture, to);
  const rect = rectBetween(from, corner);
  const color = context.drawing?.color ?? '#ffffff';
  const points = rings(boxShape(rect))[0] ?? [];
  return { ...EMPTY_SKETCH, lines: [{ points, closed: true, color }], guides: corner };
}
