// The states of the select tool.

import type { Shape } from '../../../generated/contract';
import type { BoxHandle, ImagePoint, ImageRect, ScreenPoint, VertexRef } from '../../geometry';

/** What lies under the pointer besides objects: a handle of the only selected object. */
export type Grip =
  | { readonly kind: 'corner'; readonly id: string; readonly rect: ImageRect; readonly handle: BoxHandle }
  | { readonly kind: 'vertex'; readonly id: string; readonly vertex: VertexRef }
  /** The middle of an edge; `vertex` is where a new vertex would go. */
  | { readonly kind: 'midpoint'; readonly id: string; readonly vertex: VertexRef };

export type SelectState =
  | { readonly name: 'idle'; readonly hovered: string | null; readonly grip: Grip | null }
  /** The button is down on an object or on nothing; it is not known yet whether this is a click or a drag. */
  | {
      readonly name: 'pointing';
      readonly target: string | null;
      readonly from: ImagePoint;
      readonly screen: ScreenPoint;
      readonly shift: boolean;
    }
  /** A rubber band is drawn; `base` stays selected. */
  | { readonly name: 'brushing'; readonly from: ImagePoint; readonly to: ImagePoint; readonly base: readonly string[] }
  /** The selected objects are dragged. */
  | { readonly name: 'moving'; readonly from: ImagePoint; readonly to: ImagePoint; readonly ids: readonly string[] }
  /** A handle of a box is dragged. */
  | {
      readonly name: 'resizing';
      readonly id: string;
      readonly rect: ImageRect;
      readonly handle: BoxHandle;
      readonly to: ImagePoint;
      readonly moved: boolean;
      readonly screen: ScreenPoint;
    }
  /** A vertex is dragged. `shape` is the polygon before the drag, with the vertex already in it if it is new. */
  | {
      readonly name: 'bending';
      readonly id: string;
      readonly shape: Shape;
      readonly vertex: VertexRef;
      readonly inserted: boolean;
      readonly to: ImagePoint;
      readonly moved: boolean;
      readonly screen: ScreenPoint;
    };

/** The select tool at rest. */
export const IDLE: Extract<SelectState, { name: 'idle' }> = { name: 'idle', hovered: null, grip: null };
