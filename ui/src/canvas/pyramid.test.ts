import { describe, expect, it } from 'vitest';
import { coarseLevel, levelFor, tilesWithin } from './pyramid';

const levels = [
  { width: 4001, height: 3000 },
  { width: 2001, height: 1500 },
  { width: 1001, height: 750 },
  { width: 501, height: 375 },
];

describe('levels', () => {
  it('have about one texel for a device pixel', () => {
    expect(levelFor(levels, 1)).toBe(0);
    expect(levelFor(levels, 20)).toBe(0);
    expect(levelFor(levels, 0.5)).toBe(1);
    expect(levelFor(levels, 0.26)).toBe(2);
    expect(levelFor(levels, 0.001)).toBe(3);
    for (const scale of [0.13, 0.2, 0.3, 0.49, 0.7, 0.99]) {
      const texels = 1 / 2 ** levelFor(levels, scale) / scale;
      expect(texels).toBeGreaterThanOrEqual(0.75);
      expect(texels).toBeLessThan(1.51);
    }
  });

  it('begin with the one that is a single tile', () => {
    expect(coarseLevel(levels)).toBe(3);
    expect(coarseLevel([{ width: 9000, height: 10 }])).toBe(0);
  });
});

describe('tiles', () => {
  const all = { minX: 0, minY: 0, maxX: 4001, maxY: 3000 };

  it('cover a level exactly once', () => {
    for (let level = 0; level < levels.length; level++) {
      const size = levels[level] ?? { width: 0, height: 0 };
      const area = tilesWithin(levels, level, all).reduce((sum, { core }) => sum + core.width * core.height, 0);
      expect(area).toBe(size.width * size.height);
    }
  });

  it('come with a rim on inner sides only', () => {
    const [corner] = tilesWithin(levels, 0, { minX: 0, minY: 0, maxX: 5, maxY: 5 });
    expect(corner?.region).toEqual({ x: 0, y: 0, width: 513, height: 513 });
    const [inner] = tilesWithin(levels, 0, { minX: 600, minY: 600, maxX: 605, maxY: 605 });
    expect(inner?.region).toEqual({ x: 511, y: 511, width: 514, height: 514 });
    const [end] = tilesWithin(levels, 0, { minX: 4000, minY: 2999, maxX: 4001, maxY: 3000 });
    expect(end?.region).toEqual({ x: 3583, y: 2559, width: 418, height: 441 });
  });

  it('are only those in view, the middle first', () => {
    const found = tilesWithin(levels, 0, { minX: 500, minY: 500, maxX: 1600, maxY: 1100 });
    expect(found).toHaveLength(12);
    expect(found[0]?.key).toBe('0/2/1');
    expect(tilesWithin(levels, 0, { minX: -50, minY: -50, maxX: -1, maxY: -1 })).toEqual([]);
  });
});
