// The shapes on the stage, and where they are.
//
// The scene holds what is drawn: the document's objects that have a place, each with its class's colour and name. It keeps an
// R-tree for pointing and for culling, and tells the renderer which shapes changed so that it rebuilds only those. It knows
// nothing of documents as a whole, of selection, or of saving.

import RBush from 'rbush';
import { bounds, coverage, distanceToOutline, inside, intersects, type ImagePoint, type ImageRect } from './geometry';
import type { Shape } from '../generated/contract';

/** One object on the stage. Values are compared by identity: a changed shape is a new `Shape`. */
export interface SceneObject {
  readonly id: string;
  readonly shape: Shape;
  /** `#rrggbb`. */
  readonly color: string;
  /** What its label says. */
  readonly label: string;
}

/** An object with what is derived from its shape. */
export interface Placed extends SceneObject {
  readonly rect: ImageRect;
  /** Square image pixels, roughly. */
  readonly coverage: number;
  /** Position in the stacking order. */
  readonly order: number;
}

interface Leaf extends ImageRect {
  readonly id: string;
}

/** What a replacement of the scene's content did. */
export interface SceneChange {
  /** Objects whose shape, colour or label are new. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Whether the stacking order of objects that were there before is another. */
  readonly reordered: boolean;
}

/** Objects by identifier, from the bottom to the top. */
export class Scene {
  private objects = new Map<string, Placed>();
  private leaves = new Map<string, Leaf>();
  private tree = new RBush<Leaf>();

  get size(): number {
    return this.objects.size;
  }

  get(id: string): Placed | undefined {
    return this.objects.get(id);
  }

  /** All objects, from the bottom to the top. */
  all(): IterableIterator<Placed> {
    return this.objects.values();
  }

  /** Makes these the objects of the scene. Costs a walk over them; only those that differ are indexed anew. */
  replace(content: readonly SceneObject[]): SceneChange {
    const before = this.objects;
    const next = new Map<string, Placed>();
    const changed: string[] = [];
    const fresh: Leaf[] = [];
    let reordered = false;
    let lastOrder = -1;
    for (const object of content) {
      const old = before.get(object.id);
      const order = next.size;
      if (old) {
        if (old.order < lastOrder) reordered = true;
        lastOrder = old.order;
      }
      if (old && old.shape === object.shape && old.color === object.color && old.label === object.label) {
        next.set(object.id, old.order === order ? old : { ...old, order });
        continue;
      }
      const rect = bounds(object.shape);
      if (!rect) continue;
      changed.push(object.id);
      next.set(object.id, { ...object, rect, coverage: coverage(object.shape), order });
      if (old?.shape === object.shape) continue;
      const leaf: Leaf = { ...rect, id: object.id };
      const gone = this.leaves.get(object.id);
      if (gone) this.tree.remove(gone);
      this.leaves.set(object.id, leaf);
      fresh.push(leaf);
    }
    const removed: string[] = [];
    for (const id of before.keys()) {
      if (next.has(id)) continue;
      removed.push(id);
      const leaf = this.leaves.get(id);
      if (leaf) this.tree.remove(leaf);
      this.leaves.delete(id);
    }
    this.objects = next;
    this.tree.load(fresh);
    return { changed, removed, reordered };
  }

  /** The objects whose bounds touch a rectangle, in no particular order. */
  within(rect: ImageRect): Placed[] {
    const found: Placed[] = [];
    for (const leaf of this.tree.search(rect)) {
      const object = this.objects.get(leaf.id);
      if (object) found.push(object);
    }
    return found;
  }

  /**
   * The object that a person means who points at `at`: one whose outline is within `tolerance` image pixels, else the smallest
   * that has the point inside, so that a small object can be picked although a larger one around it lies on top. Among equals
   * the topmost wins. `hidden` objects do not count.
   */
  pick(at: ImagePoint, tolerance: number, hidden: (id: string) => boolean = () => false): Placed | null {
    const near = { minX: at.x - tolerance, minY: at.y - tolerance, maxX: at.x + tolerance, maxY: at.y + tolerance };
    let best: { object: Placed; onEdge: boolean; away: number } | null = null;
    for (const object of this.within(near)) {
      if (hidden(object.id)) continue;
      const away = distanceToOutline(object.shape, at);
      const within = inside(object.shape, at);
      const onEdge = away <= tolerance;
      if (!within && !onEdge) continue;
      if (!best || precedes({ object, onEdge, away }, best, tolerance)) best = { object, onEdge, away };
    }
    return best?.object ?? null;
  }

  /** The objects that a rubber band takes: those that are wholly inside it. */
  enclosed(band: ImageRect, hidden: (id: string) => boolean = () => false): string[] {
    return this.within(band)
      .filter((object) => !hidden(object.id))
      .filter(({ rect }) => rect.minX >= band.minX && rect.minY >= band.minY && rect.maxX <= band.maxX && rect.maxY <= band.maxY)
      .sort((a, b) => a.order - b.order)
      .map((object) => object.id);
  }

  /** Whether an object can be seen in a part of the picture. */
  visible(id: string, view: ImageRect): boolean {
    const object = this.objects.get(id);
    return object !== undefined && intersects(object.rect, view);
  }
}

function precedes(
  candidate: { object: Placed; onEdge: boolean; away: number },
  best: { object: Placed; onEdge: boolean; away: number },
  tolerance: number,
): boolean {
  // An outline under the pointer counts more than an inside, but not more than a much smaller object that the pointer is in:
  // otherwise a small object beside the edge of a large one could not be picked.
  if (candidate.onEdge !== best.onEdge) {
    const [edge, other] = candidate.onEdge ? [candidate.object, best.object] : [best.object, candidate.object];
    const edgeWins = other.coverage * 4 >= edge.coverage;
    return candidate.onEdge === edgeWins;
  }
  if (candidate.onEdge && Math.abs(candidate.away - best.away) > tolerance / 2) return candidate.away < best.away;
  if (Math.abs(candidate.object.coverage - best.object.coverage) > 1e-6 * Math.max(candidate.object.coverage, 1)) {
    return candidate.object.coverage < best.object.coverage;
  }
  return candidate.object.order > best.object.order;
}
