// Points and plane geometry of the canvas, in two spaces that the compiler keeps apart.
//
// *Image pixels* are the picture's pixels after orientation, as floats; (0, 0) is the outer corner of the first pixel. They are
// what documents hold. *Screen pixels* are CSS pixels from the stage's top left corner. Only `Camera` converts between them.
//
// What is computed here serves pointing and drawing only: hit tests, handles, previews. Areas, clipping and validity of what
// is saved are the core's business.

import type { Point, Shape } from '../generated/contract';

declare const space: unique symbol;

/** A point in image pixels. */
export type ImagePoint = Point & { readonly [space]: 'image' };
/** A point in CSS pixels from the top left corner of the stage. */
export type ScreenPoint = { readonly x: number; readonly y: number; readonly [space]: 'screen' };

/** The point (x, y) of the picture. */
export const imagePoint = (x: number, y: number): ImagePoint => ({ x, y }) as ImagePoint;
/** The point (x, y) of the stage. */
export const screenPoint = (x: number, y: number): ScreenPoint => ({ x, y }) as ScreenPoint;
/** A point of a document, which is always in image pixels. */
export const fromDocument = (point: Point): ImagePoint => point as ImagePoint;

/** Width and height, in the unit that the user of it names. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An axis-parallel rectangle of the picture. */
export interface ImageRect {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** The distance between two points of the same space. */
export function distance<P extends { x: number; y: number }>(a: P, b: P): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The rectangle that two opposite corners span. */
export function rectBetween(a: Point, b: Point): ImageRect {
  return { minX: Math.min(a.x, b.x), minY: Math.min(a.y, b.y), maxX: Math.max(a.x, b.x), maxY: Math.max(a.y, b.y) };
}

/** Whether `outer` holds all of `inner`. */
export function contains(outer: ImageRect, inner: ImageRect): boolean {
  return outer.minX <= inner.minX && outer.minY <= inner.minY && outer.maxX >= inner.maxX && outer.maxY >= inner.maxY;
}

/** Whether two rectangles share a point. */
export function intersects(a: ImageRect, b: ImageRect): boolean {
  return a.minX <= b.maxX && b.minX <= a.maxX && a.minY <= b.maxY && b.minY <= a.maxY;
}

/** The nearest point of the picture. */
export function clampTo(size: Size, point: ImagePoint): ImagePoint {
  return imagePoint(Math.min(Math.max(point.x, 0), size.width), Math.min(Math.max(point.y, 0), size.height));
}

/** The closed rings of a shape: a box has one of four points, a tag has none. */
export function rings(shape: Shape): ImagePoint[][] {
  switch (shape.kind) {
    case 'box':
      return [
        [
          imagePoint(shape.min.x, shape.min.y),
          imagePoint(shape.max.x, shape.min.y),
          imagePoint(shape.max.x, shape.max.y),
          imagePoint(shape.min.x, shape.max.y),
        ],
      ];
    case 'polygon':
      return shape.parts.map((part) => part.map(fromDocument));
    case 'tag':
      return [];
  }
}

/** The smallest rectangle around a shape, or `null` for a shape without a place. */
export function bounds(shape: Shape): ImageRect | null {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings(shape)) {
    for (const point of ring) {
      minX = Math.min(minX, point.x);
      minY = Math.min(minY, point.y);
      maxX = Math.max(maxX, point.x);
      maxY = Math.max(maxY, point.y);
    }
  }
  return minX <= maxX ? { minX, minY, maxX, maxY } : null;
}

/** The distance from `point` to the line from `a` to `b`, in image pixels. */
export function distanceToSegment(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((point.x - a.x) * dx + (point.y - a.y) * dy) / length));
  return Math.hypot(point.x - a.x - along * dx, point.y - a.y - along * dy);
}

/** The distance from `point` to the outline of a shape, in image pixels; infinite for a tag. */
export function distanceToOutline(shape: Shape, point: Point): number {
  let nearest = Infinity;
  for (const ring of rings(shape)) {
    for (let i = 0, previous = ring[ring.length - 1]; i < ring.length; previous = ring[i++]) {
      const current = ring[i];
      if (previous && current) nearest = Math.min(nearest, distanceToSegment(point, previous, current));
    }
  }
  return nearest;
}

/** Whether `point` is inside a ring, by the even-odd rule. */
function insideRing(ring: readonly Point[], point: Point): boolean {
  let inside = false;
  for (let i = 0, previous = ring[ring.length - 1]; i < ring.length; previous = ring[i++]) {
    const current = ring[i];
    if (!previous || !current) continue;
    if (current.y > point.y !== previous.y > point.y) {
      const crossing = ((previous.x - current.x) * (point.y - current.y)) / (previous.y - current.y) + current.x;
      if (point.x < crossing) inside = !inside;
    }
  }
  return inside;
}

/** Whether `point` is inside any part of a shape. */
export function inside(shape: Shape, point: Point): boolean {
  if (shape.kind === 'box') {
    return point.x >= shape.min.x && point.x <= shape.max.x && point.y >= shape.min.y && point.y <= shape.max.y;
  }
  return rings(shape).some((ring) => insideRing(ring, point));
}

/** What a shape covers, roughly: the sum of its parts in square image pixels. Good for comparing sizes when pointing. */
export function coverage(shape: Shape): number {
  let sum = 0;
  for (const ring of rings(shape)) {
    let twice = 0;
    for (let i = 0, previous = ring[ring.length - 1]; i < ring.length; previous = ring[i++]) {
      const current = ring[i];
      if (previous && current) twice += previous.x * current.y - current.x * previous.y;
    }
    sum += Math.abs(twice) / 2;
  }
  return sum;
}

/** The shape moved by a vector in image pixels. */
export function moved(shape: Shape, dx: number, dy: number): Shape {
  const by = (point: Point): Point => ({ x: point.x + dx, y: point.y + dy });
  switch (shape.kind) {
    case 'box':
      return { kind: 'box', min: by(shape.min), max: by(shape.max) };
    case 'polygon':
      return { kind: 'polygon', parts: shape.parts.map((part) => part.map(by)) };
    case 'tag':
      return shape;
  }
}

/** A vector shortened so that a rectangle moved by it stays on the picture (a rectangle larger than the picture stays put). */
export function keepInside(size: Size, rect: ImageRect, dx: number, dy: number): { dx: number; dy: number } {
  const limit = (delta: number, min: number, max: number, extent: number): number => {
    const low = Math.min(0, -min);
    const high = Math.max(0, extent - max);
    return Math.min(Math.max(delta, low), high);
  };
  return { dx: limit(dx, rect.minX, rect.maxX, size.width), dy: limit(dy, rect.minY, rect.maxY, size.height) };
}

/** One of the eight handles of a box: which side it moves on each axis (-1 the smaller coordinate, 1 the larger, 0 none). */
export interface BoxHandle {
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}

/** The handles, corners last so that they lie on top. */
export const BOX_HANDLES: readonly BoxHandle[] = [
  { x: 0, y: -1 },
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
  { x: -1, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 1 },
  { x: -1, y: 1 },
];

/** Where a handle of a rectangle is. */
export function handlePoint(rect: ImageRect, handle: BoxHandle): ImagePoint {
  const along = (min: number, max: number, side: number): number => (side < 0 ? min : side > 0 ? max : (min + max) / 2);
  return imagePoint(along(rect.minX, rect.maxX, handle.x), along(rect.minY, rect.maxY, handle.y));
}

/** The rectangle after its handle was dragged to `to`. It may be dragged through the opposite side. */
export function resized(rect: ImageRect, handle: BoxHandle, to: Point): ImageRect {
  const xs = handle.x < 0 ? [to.x, rect.maxX] : handle.x > 0 ? [rect.minX, to.x] : [rect.minX, rect.maxX];
  const ys = handle.y < 0 ? [to.y, rect.maxY] : handle.y > 0 ? [rect.minY, to.y] : [rect.minY, rect.maxY];
  return rectBetween(imagePoint(xs[0] ?? 0, ys[0] ?? 0), imagePoint(xs[1] ?? 0, ys[1] ?? 0));
}

/** A rectangle as the shape of an annotation. */
export function boxShape(rect: ImageRect): Shape {
  return { kind: 'box', min: { x: rect.minX, y: rect.minY }, max: { x: rect.maxX, y: rect.maxY } };
}

/** The place of one vertex of a polygon. */
export interface VertexRef {
  readonly part: number;
  readonly index: number;
}

/** The polygon with one vertex elsewhere. Other shapes are returned as they are. */
export function withVertexAt(shape: Shape, vertex: VertexRef, to: Point): Shape {
  if (shape.kind !== 'polygon') return shape;
  return {
    kind: 'polygon',
    parts: shape.parts.map((part, p) =>
      p === vertex.part ? part.map((point, i) => (i === vertex.index ? { x: to.x, y: to.y } : point)) : part,
    ),
  };
}

/** The polygon with a new vertex before `vertex.index`. */
export function withVertexInserted(shape: Shape, vertex: VertexRef, at: Point): Shape {
  if (shape.kind !== 'polygon') return shape;
  return {
    kind: 'polygon',
    parts: shape.parts.map((part, p) =>
      p === vertex.part ? [...part.slice(0, vertex.index), { x: at.x, y: at.y }, ...part.slice(vertex.index)] : part,
    ),
  };
}

/**
 * The polygon without a vertex. A part that would have fewer than three points goes as a whole; `null` says that nothing
 * would be left, so that the object itself would have to be deleted.
 */
export function withoutVertex(shape: Shape, vertex: VertexRef): Shape | null {
  if (shape.kind !== 'polygon') return shape;
  const parts = shape.parts
    .map((part, p) => (p === vertex.part ? part.filter((_, i) => i !== vertex.index) : part))
    .filter((part) => part.length >= 3);
  return parts.length > 0 ? { kind: 'polygon', parts } : null;
}
