import { describe, expect, it } from 'vitest';
import { Camera } from './camera';
import { imagePoint, screenPoint } from './geometry';
import { arrowOnImage, cursorOnScreen, isUpright, toImageDirection, toScreenDirection, turned, UPRIGHT, type Orientation, type Turn } from './orientation';

/** All that turns lead to. */
const every: Orientation[] = [];
const reach = (orientation: Orientation): void => {
  if (every.some((known) => JSON.stringify(known) === JSON.stringify(orientation))) return;
  every.push(orientation);
  for (const turn of ['clockwise', 'left-right'] as const) reach(turned(orientation, turn));
};
reach(UPRIGHT);

/** The same numbers on every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}
const picture = { width: 4000, height: 3000 };
const stage = { width: 1000, height: 800 };

describe('orientations', () => {
  it('are eight, and one of them is upright', () => {
    expect(every).toHaveLength(8);
    expect(every.filter(isUpright)).toEqual([UPRIGHT]);
  });

  it('turn as they are seen, whatever was done before', () => {
    for (const before of every) {
      for (const [turn, x, y] of [['clockwise', -7, 3], ['counterclockwise', 7, -3], ['left-right', -3, 7], ['top-bottom', 3, -7]] as const) {
        const seen = toImageDirection(before, 3, 7);
        expect(toScreenDirection(turned(before, turn), seen.x, seen.y)).toEqual({ x, y });
      }
    }
  });

  it('come back after four quarters, and after a flip and its like', () => {
    const run = (from: Orientation, ...turns: Turn[]): Orientation => turns.reduce(turned, from);
    for (const from of every) {
      expect(run(from, 'clockwise', 'clockwise', 'clockwise', 'clockwise')).toEqual(from);
      expect(run(from, 'clockwise', 'counterclockwise')).toEqual(from);
      expect(run(from, 'left-right', 'left-right')).toEqual(from);
      expect(run(from, 'left-right', 'top-bottom')).toEqual(run(from, 'clockwise', 'clockwise'));
    }
  });

  it('move what is selected where the arrow points on the screen', () => {
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] } as const;
    for (const orientation of every) {
      for (const [key, [x, y]] of Object.entries(steps)) {
        const [dx, dy] = steps[arrowOnImage(orientation, key) as keyof typeof steps];
        expect(toScreenDirection(orientation, dx, dy)).toEqual({ x, y });
      }
      expect(arrowOnImage(orientation, 'Backspace')).toBe('Backspace');
    }
  });

  it('show resize cursors along what is seen', () => {
    const along = { 'ew-resize': [1, 0], 'ns-resize': [0, 1], 'nwse-resize': [1, 1], 'nesw-resize': [1, -1] } as const;
    for (const orientation of every) {
      for (const [cursor, [x, y]] of Object.entries(along)) {
        const seen = toScreenDirection(orientation, x, y);
        const [wx, wy] = along[cursorOnScreen(orientation, cursor as keyof typeof along) as keyof typeof along];
        expect(Math.abs(seen.x * wy - seen.y * wx)).toBe(0);
      }
      expect(cursorOnScreen(orientation, 'crosshair')).toBe('crosshair');
    }
  });
});

describe.each(every)('a camera turned by $xx $xy $yx $yy', (orientation) => {
  const next = numbers(7);
  const between = (low: number, high: number): number => low + next.next().value * (high - low);
  const anywhere = (): Camera =>
    Camera.fitted(picture, stage, orientation)
      .zoomedBy(between(0.5, 60), screenPoint(between(0, 1000), between(0, 800)))
      .pannedBy(between(-900, 900), between(-900, 900));

  it('converts there and back', () => {
    for (let i = 0; i < 200; i++) {
      const camera = anywhere();
      const point = imagePoint(between(-100, 4100), between(-100, 3100));
      const back = camera.toImage(camera.toScreen(point));
      expect(back.x).toBeCloseTo(point.x, 6);
      expect(back.y).toBeCloseTo(point.y, 6);
    }
  });

  it('keeps the point under the pointer while zooming', () => {
    for (let i = 0; i < 200; i++) {
      const camera = Camera.fitted(picture, stage, orientation);
      const about = camera.toScreen(imagePoint(between(500, 3500), between(500, 2500)));
      const [before, after] = [camera.toImage(about), camera.zoomedBy(between(0.7, 30), about).toImage(about)];
      expect(after.x).toBeCloseTo(before.x, 6);
      expect(after.y).toBeCloseTo(before.y, 6);
    }
  });

  it('fits the whole picture into the middle', () => {
    const camera = Camera.fitted(picture, stage, orientation);
    const { x, y, width, height } = camera.seen({ minX: 0, minY: 0, maxX: 4000, maxY: 3000 });
    expect(x * 2 + width).toBeCloseTo(1000);
    expect(y * 2 + height).toBeCloseTo(800);
    expect(Math.min(x, y)).toBeCloseTo(24);
    expect(camera.isFitted).toBe(true);
    expect(camera.resizedTo({ width: 500, height: 900 }).isFitted).toBe(true);
  });

  it('shows in its view what is on the stage, and nothing else', () => {
    for (let i = 0; i < 100; i++) {
      const camera = anywhere();
      const { view } = camera;
      const point = camera.toImage(screenPoint(between(0, 1000), between(0, 800)));
      expect(point.x >= view.minX && point.x <= view.maxX && point.y >= view.minY && point.y <= view.maxY).toBe(true);
      expect((view.maxX - view.minX) * (view.maxY - view.minY)).toBeCloseTo((1000 * 800) / camera.zoom ** 2, 3);
    }
  });

  it('never lets the picture leave the stage', () => {
    for (let i = 0; i < 100; i++) {
      const { x, y, width, height } = anywhere().pannedBy(between(-1e6, 1e6), between(-1e6, 1e6)).seen({ minX: 0, minY: 0, maxX: 4000, maxY: 3000 });
      expect(Math.min(x + width, 1000 - x)).toBeGreaterThanOrEqual(80 - 1e-3);
      expect(Math.min(y + height, 800 - y)).toBeGreaterThanOrEqual(80 - 1e-3);
    }
  });

  it('brings an object into the middle, large but whole', () => {
    const rect = { minX: 1000, minY: 900, maxX: 1400, maxY: 1000 };
    const seen = anywhere().zoomedToFit(rect).seen(rect);
    expect(seen.x * 2 + seen.width).toBeCloseTo(1000, 3);
    expect(seen.y * 2 + seen.height).toBeCloseTo(800, 3);
    expect(Math.max(seen.width / 1000, seen.height / 800)).toBeCloseTo(0.7, 3);
    const { view } = anywhere().showing(rect);
    expect(view.minX <= rect.minX && view.maxX >= rect.maxX && view.minY <= rect.minY && view.maxY >= rect.maxY).toBe(true);
  });

  it('stays where it is, or fitted, when the picture is turned', () => {
    for (const other of every) {
      expect(Camera.fitted(picture, stage, orientation).oriented(other).isFitted).toBe(true);
      const camera = Camera.fitted(picture, stage, orientation).zoomedTo(3, screenPoint(500, 400));
      const middle = camera.toImage(screenPoint(500, 400));
      const after = camera.oriented(other).toImage(screenPoint(500, 400));
      expect(after.x).toBeCloseTo(middle.x, 6);
      expect(after.y).toBeCloseTo(middle.y, 6);
    }
  });
});
