// How often each tone is in a picture, and the curve that makes all about equally frequent.

import { toneOf, type Color } from './adjustments';
import type { Pixels } from './tiles';

/** Counts the tones of RGBA pixels. What is transparent does not count. */
export function histogram(pixels: readonly Pixels[], weights: Color): Uint32Array {
  const counts = new Uint32Array(256);
  for (const part of pixels) {
    for (let at = 0; at + 3 < part.length; at += 4) {
      if (part[at + 3] === 0) continue;
      const tone = Math.round(toneOf(weights, [part[at] ?? 0, part[at + 1] ?? 0, part[at + 2] ?? 0]));
      counts[tone] = (counts[tone] ?? 0) + 1;
    }
  }
  return counts;
}

/** Where equalising puts each tone, 0 to 1: the darkest that occurs at 0, the lightest at 1. One tone alone stays where it is. */
export function equalisingLevels(counts: Uint32Array): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const darkest = counts.find((count) => count > 0) ?? 0;
  const levels = new Float32Array(256);
  let below = 0;
  for (let tone = 0; tone < 256; tone++) {
    below += counts[tone] ?? 0;
    levels[tone] = total > darkest ? Math.max(below - darkest, 0) / (total - darkest) : tone / 255;
  }
  return levels;
}
