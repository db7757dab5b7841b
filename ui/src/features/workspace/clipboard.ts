// Copying objects within and across items. The clipboard lives in the window's memory only: client content never reaches the
// system's clipboard, which other programs can read.
import type { Annotation, Intent, LabelSchema, Shape } from '../../generated/contract';

/** What was copied. */
export type Clipping = readonly Pick<Annotation, 'class' | 'shape' | 'attributes'>[];

/** A copy of the selected objects, in their stacking order. */
export function copied(annotations: readonly Annotation[], ids: readonly string[]): Clipping {
  const wanted = new Set(ids);
  return annotations.filter((annotation) => wanted.has(annotation.id)).map(({ class: classId, shape, attributes }) => ({ class: classId, shape, attributes }));
}

/** How far a copy is moved when it would lie exactly on its original, in image pixels. */
const APART = 12;

/**
 * The wishes that paste a clipping: in place, or a little apart where an equal object is there already. Objects whose class the
 * schema does not have, or whose shape the class does not allow, are left out.
 */
export function pasted(
  clipping: Clipping,
  schema: LabelSchema,
  there: readonly Annotation[],
  picture: { readonly width: number; readonly height: number },
  newId: () => string,
): Extract<Intent, { kind: 'create' }>[] {
  const taken = new Set(there.map(signature));
  return clipping.flatMap(({ class: classId, shape, attributes }) => {
    const of = schema.classes.find((one) => one.id === classId);
    if (!of?.shapes.includes(shape.kind)) return [];
    let placed = shape;
    for (let i = 0; i < 50 && placed.kind !== 'tag' && taken.has(signature({ class: classId, shape: placed })); i++) placed = apart(placed, picture);
    taken.add(signature({ class: classId, shape: placed }));
    const known = new Set(of.attributes.map((attribute) => attribute.id));
    return [{ kind: 'create' as const, id: newId(), class: classId, shape: placed, attributes: attributes.filter((entry) => known.has(entry.attribute)) }];
  });
}

const signature = ({ class: classId, shape }: Pick<Annotation, 'class' | 'shape'>): string => `${classId} ${JSON.stringify(shape)}`;

function apart(shape: Shape, picture: { readonly width: number; readonly height: number }): Shape {
  const points = shape.kind === 'box' ? [shape.min, shape.max] : shape.kind === 'polygon' ? shape.parts.flat() : [];
  const room = (least: number, most: number, extent: number): number => (extent - most >= APART ? APART : least >= APART ? -APART : 0);
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const dx = room(Math.min(...xs), Math.max(...xs), picture.width);
  const dy = room(Math.min(...ys), Math.max(...ys), picture.height);
  const by = (point: { x: number; y: number }): { x: number; y: number } => ({ x: point.x + dx, y: point.y + dy });
  if (shape.kind === 'box') return { kind: 'box', min: by(shape.min), max: by(shape.max) };
  if (shape.kind === 'polygon') return { kind: 'polygon', parts: shape.parts.map((part) => part.map(by)) };
  return shape;
}
