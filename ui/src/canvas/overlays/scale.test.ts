import { describe, expect, it } from 'vitest';
import { Camera } from '../camera';
import { imagePoint } from '../geometry';
import { turned, UPRIGHT } from '../orientation';
import { marks, roundStep } from './scale';

const picture = { width: 400, height: 300 };
const stage = { width: 1000, height: 800 };

describe('the steps of grid and rulers', () => {
  it('are the least round number that leaves room', () => {
    expect([0.01, 0.3, 1, 7.2, 36, 64].map((zoom) => roundStep(zoom, 72))).toEqual([10000, 500, 100, 10, 2, 2]);
    expect(roundStep(100, 72)).toBe(1);
  });

  it('lie on the picture, where the camera has them', () => {
    const camera = Camera.fitted(picture, stage);
    const found = marks(camera, 'x', 100);
    expect(found.map(({ value }) => value)).toEqual([0, 100, 200, 300, 400]);
    for (const { value, at } of found) expect(at).toBeCloseTo(camera.toScreen(imagePoint(value, 0)).x);
    expect(marks(camera, 'y', 100).map(({ value }) => value)).toEqual([0, 100, 200, 300]);
  });

  it('are those of the other axis after a quarter turn, and run backwards in the mirror', () => {
    const camera = Camera.fitted(picture, stage, turned(UPRIGHT, 'clockwise'));
    expect(marks(camera, 'x', 100).map(({ value }) => value)).toEqual([0, 100, 200, 300]);
    const places = marks(camera, 'x', 100).map(({ at }) => at);
    expect(places).toEqual([...places].sort((a, b) => b - a));
  });

  it('are only those in view', () => {
    const camera = Camera.fitted(picture, stage).zoomedToFit({ minX: 100, minY: 100, maxX: 110, maxY: 110 });
    const { minX, maxX } = camera.view;
    for (const { value } of marks(camera, 'x', 1)) expect(value >= minX && value <= maxX).toBe(true);
    expect(marks(camera, 'x', 1).length).toBe(Math.floor(maxX) - Math.ceil(minX) + 1);
  });
});
