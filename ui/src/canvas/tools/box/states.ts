// The states of the box tool.

import type { ImagePoint, ScreenPoint } from '../../geometry';

export type BoxState =
  /** Waiting for the first corner; `pointer` is where the guides cross. */
  | { readonly name: 'idle'; readonly pointer: ImagePoint | null }
  /** The button is down on the first corner: a drag or the first of two clicks. */
  | { readonly name: 'pressed'; readonly from: ImagePoint; readonly to: ImagePoint; readonly screen: ScreenPoint }
  /** The first corner stands, the button is up: the next click sets the second. */
  | { readonly name: 'stretching'; readonly from: ImagePoint; readonly to: ImagePoint };
