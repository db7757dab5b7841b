import { describe, expect, it } from 'vitest';
import { Camera } from './camera';
import { imagePoint, screenPoint } from './geometry';

const picture = { width: 4000, height: 3000 };
const stage = { width: 1000, height: 800 };

describe('camera', () => {
  it('fits the whole picture into the middle', () => {
    const camera = Camera.fitted(picture, stage);
    const [a, b] = [camera.toScreen(imagePoint(0, 0)), camera.toScreen(imagePoint(4000, 3000))];
    expect(a.x).toBeCloseTo(24);
    expect(b.x).toBeCloseTo(976);
    expect(a.y + b.y).toBeCloseTo(800);
    expect(camera.isFitted).toBe(true);
  });

  it('converts there and back', () => {
    const camera = Camera.fitted(picture, stage).zoomedBy(3.7, screenPoint(123, 456)).pannedBy(-31, 17);
    const back = camera.toImage(camera.toScreen(imagePoint(1234.5, 99.25)));
    expect(back.x).toBeCloseTo(1234.5);
    expect(back.y).toBeCloseTo(99.25);
  });

  it('keeps the point under the pointer while zooming', () => {
    const camera = Camera.fitted(picture, stage);
    const about = screenPoint(700, 300);
    const before = camera.toImage(about);
    const after = camera.zoomedBy(5, about).toImage(about);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it('bounds the zoom on both ends', () => {
    const camera = Camera.fitted(picture, stage);
    expect(camera.zoomedBy(1e9, screenPoint(500, 400)).zoom).toBe(64);
    expect(camera.zoomedBy(1e-9, screenPoint(500, 400)).zoom).toBeCloseTo(camera.zoom / 2);
  });

  it('never lets the picture leave the stage', () => {
    const camera = Camera.fitted(picture, stage).pannedBy(1e6, -1e6);
    const { minX, maxY } = camera.view;
    expect(minX).toBeLessThan(0);
    expect(camera.toScreen(imagePoint(0, 0)).x).toBeLessThanOrEqual(stage.width - 80);
    expect(maxY).toBeGreaterThan(3000);
    expect(camera.toScreen(imagePoint(0, 3000)).y).toBeGreaterThanOrEqual(80 - 1e-6);
  });

  it('stays fitted when the stage changes its size, and else keeps the middle', () => {
    const camera = Camera.fitted(picture, stage);
    expect(camera.resizedTo({ width: 500, height: 500 }).isFitted).toBe(true);
    const zoomed = camera.zoomedTo(1, screenPoint(500, 400));
    const middle = zoomed.toImage(screenPoint(500, 400));
    const after = zoomed.resizedTo({ width: 600, height: 800 }).toImage(screenPoint(300, 400));
    expect(after.x).toBeCloseTo(middle.x);
    expect(after.y).toBeCloseTo(middle.y);
  });

  it('shows a rectangle that is out of view, and stays put for one that is in view', () => {
    const zoomed = Camera.fitted(picture, stage).zoomedTo(2, screenPoint(0, 0));
    const rect = { minX: 3000, minY: 2000, maxX: 3900, maxY: 2900 };
    const { view } = zoomed.showing(rect);
    expect(view.minX).toBeLessThanOrEqual(rect.minX);
    expect(view.maxY).toBeGreaterThanOrEqual(rect.maxY);
    expect(zoomed.showing({ minX: 10, minY: 10, maxX: 20, maxY: 20 })).toBe(zoomed);
  });

  it('makes no difference between device sizes that are zero and one', () => {
    const camera = Camera.fitted({ width: 1, height: 1 }, { width: 1, height: 1 });
    expect(Number.isFinite(camera.zoom) && camera.zoom > 0).toBe(true);
  });
});
