// Where equalising puts the tones of a picture, from its overview. Worked out once for a picture and channel.

import { weightsOf, type Channel } from './adjustments';
import type { Picture } from './gl/pictures';
import { equalisingLevels, histogram } from './histogram';
import { overviewTiles } from './pyramid';
import type { Pixels, TileStore } from './tiles';

export class Equaliser {
  private known: { readonly picture: Picture; readonly channel: Channel; readonly levels: Float32Array } | null = null;

  constructor(private readonly store: TileStore) {}

  /** `null` until the overview is in memory. */
  levels(picture: Picture, channel: Channel): Float32Array | null {
    if (this.known?.picture === picture && this.known.channel === channel) return this.known.levels;
    const pixels: Pixels[] = [];
    for (const tile of overviewTiles(picture.levels)) {
      const part = this.store.get(picture.source.id, tile);
      if (!part) return null;
      pixels.push(part);
    }
    const levels = equalisingLevels(histogram(pixels, weightsOf(channel)));
    this.known = { picture, channel, levels };
    return levels;
  }
}
