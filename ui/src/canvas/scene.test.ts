import { describe, expect, it } from 'vitest';
import type { Shape } from '../generated/contract';
import { imagePoint } from './geometry';
import { Scene, type SceneObject } from './scene';

const box = (x: number, y: number, w: number, h: number): Shape => ({ kind: 'box', min: { x, y }, max: { x: x + w, y: y + h } });
const object = (id: string, shape: Shape): SceneObject => ({ id, shape, color: '#ff0000', label: id });

function sceneOf(...objects: SceneObject[]): Scene {
  const scene = new Scene();
  scene.replace(objects);
  return scene;
}

describe('pointing', () => {
  it('finds nothing beside everything', () => {
    expect(sceneOf(object('a', box(10, 10, 10, 10))).pick(imagePoint(50, 50), 3)).toBeNull();
  });

  it('takes the small object inside a large one that lies on top', () => {
    const scene = sceneOf(object('small', box(40, 40, 10, 10)), object('large', box(0, 0, 100, 100)));
    expect(scene.pick(imagePoint(45, 45), 1)?.id).toBe('small');
    expect(scene.pick(imagePoint(20, 20), 1)?.id).toBe('large');
  });

  it('takes an outline within the tolerance before an inside', () => {
    const scene = sceneOf(object('edge', box(0, 0, 50, 50)), object('inside', box(45, 0, 60, 60)));
    expect(scene.pick(imagePoint(50.5, 25), 1)?.id).toBe('edge');
    expect(scene.pick(imagePoint(60, 25), 1)?.id).toBe('inside');
    expect(scene.pick(imagePoint(-2, 25), 1)).toBeNull();
    expect(scene.pick(imagePoint(-2, 25), 3)?.id).toBe('edge');
  });

  it('still reaches a small object that lies at the edge of a large one', () => {
    const scene = sceneOf(object('large', box(0, 0, 500, 500)), object('small', box(1, 100, 12, 12)));
    expect(scene.pick(imagePoint(5, 106), 6)?.id).toBe('small');
  });

  it('takes the topmost of two that are equal, and passes over hidden ones', () => {
    const scene = sceneOf(object('below', box(0, 0, 10, 10)), object('above', box(0, 0, 10, 10)));
    expect(scene.pick(imagePoint(5, 5), 1)?.id).toBe('above');
    expect(scene.pick(imagePoint(5, 5), 1, (id) => id === 'above')?.id).toBe('below');
  });

  it('looks at each part of a polygon, and not into the bay between them', () => {
    const parts = [
      [
        { x: 0, y: 0 },
        { x: 10, y: 0 },
        { x: 0, y: 10 },
      ],
      [
        { x: 100, y: 100 },
        { x: 110, y: 100 },
        { x: 100, y: 110 },
      ],
    ];
    const scene = sceneOf(object('p', { kind: 'polygon', parts }));
    expect(scene.pick(imagePoint(102, 102), 1)?.id).toBe('p');
    expect(scene.pick(imagePoint(50, 50), 1)).toBeNull();
    expect(scene.pick(imagePoint(9, 9), 1)).toBeNull();
  });

  it('does not place tags', () => {
    expect(sceneOf(object('t', { kind: 'tag' })).size).toBe(0);
  });
});

describe('replacing', () => {
  it('reports only what is another value', () => {
    const [a, b, c] = [object('a', box(0, 0, 1, 1)), object('b', box(5, 5, 1, 1)), object('c', box(9, 9, 1, 1))];
    const scene = sceneOf(a, b);
    expect(scene.replace([a, { ...b, shape: box(6, 6, 1, 1) }, c])).toEqual({ changed: ['b', 'c'], removed: [], reordered: false });
    expect(scene.pick(imagePoint(5.1, 5.1), 0.2)).toBeNull();
    expect(scene.replace([c, a])).toEqual({ changed: [], removed: ['b'], reordered: true });
    expect(scene.within({ minX: -10, minY: -10, maxX: 50, maxY: 50 })).toHaveLength(2);
  });

  it('takes only what a rubber band encloses, from the bottom to the top', () => {
    const scene = sceneOf(object('b', box(5, 5, 5, 5)), object('a', box(0, 0, 5, 5)), object('half', box(8, 8, 50, 50)));
    expect(scene.enclosed({ minX: -1, minY: -1, maxX: 20, maxY: 20 })).toEqual(['b', 'a']);
  });

  it('holds ten thousand objects and still points in well under a frame', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => object(String(i), box((i % 100) * 40, Math.floor(i / 100) * 40, 30, 30)));
    const scene = sceneOf(...many);
    const start = performance.now();
    for (let i = 0; i < 1000; i++) scene.pick(imagePoint((i * 37) % 4000, (i * 91) % 4000), 6);
    expect((performance.now() - start) / 1000).toBeLessThan(4);
    expect(scene.pick(imagePoint(40 * 55 + 15, 40 * 20 + 15), 2)?.id).toBe('2055');
  });
});
