import { describe, expect, it } from 'vitest';
import type { Shape } from '../../generated/contract';
import { Driver } from './driver';
import { selectTool } from './select';

const box = (x0: number, y0: number, x1: number, y1: number): Shape => ({ kind: 'box', min: { x: x0, y: y0 }, max: { x: x1, y: y1 } });
const square: Shape = {
  kind: 'polygon',
  parts: [
    [
      { x: 100, y: 100 },
      { x: 300, y: 100 },
      { x: 300, y: 300 },
      { x: 100, y: 300 },
    ],
  ],
};
const boxes = { a: box(100, 100, 200, 200), b: box(400, 400, 500, 500) };

describe('selecting', () => {
  it('clicks, adds and takes away with Shift, clears beside', () => {
    const driver = new Driver(selectTool, boxes).click(150, 150);
    expect(driver.selection.ids).toEqual(['a']);
    expect(driver.click(450, 450, { shift: true }).selection.ids).toEqual(['a', 'b']);
    expect(driver.click(150, 150, { shift: true }).selection.ids).toEqual(['b']);
    expect(driver.click(700, 50).selection.ids).toEqual([]);
    expect(driver.commits).toEqual([]);
  });

  it('takes by a rubber band what is wholly inside', () => {
    const driver = new Driver(selectTool, boxes).drag([50, 50], [450, 450]);
    expect(driver.selection.ids).toEqual(['a']);
    expect(driver.drag([390, 390], [510, 510], { shift: true }).selection.ids).toEqual(['a', 'b']);
  });

  it('gives up a rubber band', () => {
    const driver = new Driver(selectTool, boxes).down(50, 50).move(700, 700).send({ kind: 'cancel' }).up(700, 700);
    expect(driver.selection.ids).toEqual([]);
  });
});

describe('moving', () => {
  it('takes and moves an object in one drag', () => {
    const driver = new Driver(selectTool, boxes).drag([150, 150], [160, 170]);
    expect(driver.commits).toEqual([[{ kind: 'set-shape', id: 'a', shape: box(110, 120, 210, 220) }]]);
    expect(driver.selection.ids).toEqual(['a']);
  });

  it('moves all selected together as one gesture, and keeps them on the picture', () => {
    const driver = new Driver(selectTool, boxes).click(150, 150).click(450, 450, { shift: true }).drag([450, 450], [-900, 450]);
    expect(driver.commits).toHaveLength(1);
    expect(driver.commits[0]).toEqual([
      { kind: 'set-shape', id: 'a', shape: box(0, 100, 100, 200) },
      { kind: 'set-shape', id: 'b', shape: box(300, 400, 400, 500) },
    ]);
  });

  it('shows the object at its new place meanwhile, and puts it back when given up', () => {
    const driver = new Driver(selectTool, boxes).down(150, 150).move(170, 150);
    expect(driver.sketch.overrides.get('a')).toEqual(box(120, 100, 220, 200));
    driver.send({ kind: 'interrupt' }).up(170, 150);
    expect(driver.sketch.overrides.size).toBe(0);
    expect(driver.commits).toEqual([]);
  });

  it('does not move what may not be changed', () => {
    const driver = new Driver(selectTool, boxes);
    driver.editable = false;
    driver.drag([150, 150], [300, 300]).key('ArrowLeft').key('Delete');
    expect(driver.commits).toEqual([]);
    expect(driver.selection.ids).toEqual(['a']);
    expect(driver.sketch.handles).toEqual([]);
  });

  it('nudges by one, with Shift by ten, not beyond the edge', () => {
    const driver = new Driver(selectTool, { a: box(3, 100, 50, 200) })
      .click(20, 150)
      .key('ArrowRight')
      .key('ArrowUp', { shift: true })
      .key('ArrowLeft', { shift: true });
    expect(driver.commits.map((intents) => intents[0])).toEqual([
      { kind: 'set-shape', id: 'a', shape: box(4, 100, 51, 200) },
      { kind: 'set-shape', id: 'a', shape: box(3, 90, 50, 190) },
      { kind: 'set-shape', id: 'a', shape: box(0, 100, 47, 200) },
    ]);
  });
});

describe('resizing', () => {
  it('has eight handles', () => {
    expect(new Driver(selectTool, boxes).click(150, 150).sketch.handles).toHaveLength(8);
  });

  it.each([
    ['north-west', [100, 100], [80, 90], box(80, 90, 200, 200)],
    ['north', [150, 100], [170, 60], box(100, 60, 200, 200)],
    ['east', [200, 150], [260, 10], box(100, 100, 260, 200)],
    ['south-east', [200, 200], [210, 230], box(100, 100, 210, 230)],
    ['west through the other side', [100, 150], [250, 150], box(200, 100, 250, 200)],
    ['beyond the picture', [100, 100], [-50, -50], box(0, 0, 200, 200)],
  ] as const)('drags the handle %s', (_, from, to, result) => {
    const driver = new Driver(selectTool, boxes).click(150, 150).drag(from, to);
    expect(driver.commits).toEqual([[{ kind: 'set-shape', id: 'a', shape: result }]]);
  });

  it('leaves no entry for a press that did not move, or that was given up', () => {
    const driver = new Driver(selectTool, boxes).click(150, 150).click(100, 100);
    driver.down(200, 200).move(300, 300).send({ kind: 'cancel' }).up(300, 300);
    expect(driver.commits).toEqual([]);
  });
});

describe('bending', () => {
  const chosen = (): Driver<typeof selectTool.initial> => new Driver(selectTool, { p: square }).click(200, 150);

  it('drags a vertex', () => {
    const driver = chosen().drag([300, 300], [350, 360]);
    expect(driver.commits).toEqual([
      [
        {
          kind: 'set-shape',
          id: 'p',
          shape: {
            kind: 'polygon',
            parts: [
              [
                { x: 100, y: 100 },
                { x: 300, y: 100 },
                { x: 350, y: 360 },
                { x: 100, y: 300 },
              ],
            ],
          },
        },
      ],
    ]);
  });

  it('inserts a vertex by the middle of an edge, by click and by drag', () => {
    const five = (x: number, y: number): Shape => ({
      kind: 'polygon',
      parts: [
        [
          { x: 100, y: 100 },
          { x, y },
          { x: 300, y: 100 },
          { x: 300, y: 300 },
          { x: 100, y: 300 },
        ],
      ],
    });
    expect(chosen().click(200, 100).commits).toEqual([[{ kind: 'set-shape', id: 'p', shape: five(200, 100) }]]);
    expect(chosen().drag([200, 100], [210, 50]).commits).toEqual([[{ kind: 'set-shape', id: 'p', shape: five(210, 50) }]]);
    expect(chosen().down(200, 100).move(210, 50).send({ kind: 'cancel' }).commits).toEqual([]);
  });

  it('deletes a vertex by Alt-click, or by Delete when it is chosen', () => {
    const left = [
      [
        {
          kind: 'set-shape',
          id: 'p',
          shape: {
            kind: 'polygon',
            parts: [
              [
                { x: 300, y: 100 },
                { x: 300, y: 300 },
                { x: 100, y: 300 },
              ],
            ],
          },
        },
      ],
    ];
    expect(chosen().down(100, 100, { alt: true }).commits).toEqual(left);
    expect(chosen().click(100, 100).key('Delete').commits).toEqual(left);
  });

  it('deletes the object with the last vertex that it can spare', () => {
    const driver = new Driver(selectTool, {
      p: {
        kind: 'polygon',
        parts: [
          [
            { x: 100, y: 100 },
            { x: 300, y: 100 },
            { x: 300, y: 300 },
          ],
        ],
      },
    }).click(250, 150);
    driver.down(100, 100, { alt: true });
    expect(driver.commits).toEqual([[{ kind: 'delete', id: 'p' }]]);
    expect(driver.selection.ids).toEqual([]);
  });

  it('lets go of the vertex first, then of the object', () => {
    const driver = chosen().click(100, 100);
    expect(driver.selection.vertex).toEqual({ part: 0, index: 0 });
    driver.send({ kind: 'cancel' });
    expect(driver.selection).toEqual({ ids: ['p'], vertex: null });
    expect(driver.send({ kind: 'cancel' }).selection.ids).toEqual([]);
  });
});

it('deletes all selected objects as one gesture', () => {
  const driver = new Driver(selectTool, boxes).drag([50, 50], [600, 600]).key('Delete');
  expect(driver.commits).toEqual([
    [
      { kind: 'delete', id: 'a' },
      { kind: 'delete', id: 'b' },
    ],
  ]);
});
