// The states of the polygon tool.

import type { ImagePoint } from '../../geometry';

export type PolygonState =
  /** Waiting for the first point. */
  | { readonly name: 'idle'; readonly pointer: ImagePoint | null }
  /** Points are being set; `pointer` is the end of the preview edge. */
  | {
      readonly name: 'drawing';
      readonly points: readonly ImagePoint[];
      readonly pointer: ImagePoint;
      /** Whether the pointer is on the first point, so that a click closes. */
      readonly closing: boolean;
    };
