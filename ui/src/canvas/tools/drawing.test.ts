import { describe, expect, it } from 'vitest';
import { boxTool } from './box';
import { Driver } from './driver';
import { pan, PAN_OFF } from './pan';
import { polygonTool } from './polygon';
import { remarkTool } from './remark';
import { screenPoint } from '../geometry';

const created = (id: string, shape: unknown): unknown => [{ kind: 'create', id, class: 'class', shape, attributes: [] }];
const box = (x0: number, y0: number, x1: number, y1: number): unknown => ({ kind: 'box', min: { x: x0, y: y0 }, max: { x: x1, y: y1 } });

describe('box tool', () => {
  it('draws by dragging, in any direction, and selects what was drawn', () => {
    const driver = new Driver(boxTool).drag([300, 200], [100, 50]);
    expect(driver.commits).toEqual([created('new-1', box(100, 50, 300, 200))]);
    expect(driver.selection.ids).toEqual(['new-1']);
    expect(driver.state.name).toBe('idle');
  });

  it('draws by two clicks', () => {
    const driver = new Driver(boxTool).click(10, 10);
    expect(driver.state.name).toBe('stretching');
    driver.move(60, 40);
    expect(driver.sketch.lines[0]?.points[2]).toMatchObject({ x: 60, y: 40 });
    driver.click(60, 40);
    expect(driver.commits).toEqual([created('new-1', box(10, 10, 60, 40))]);
  });

  it('stays on the picture', () => {
    const driver = new Driver(boxTool).drag([900, 700], [5000, -20]);
    expect(driver.commits).toEqual([created('new-1', box(900, 0, 1000, 700))]);
  });

  it('does not take a slip of the hand for a box', () => {
    const driver = new Driver(boxTool, {}, 10).drag([10, 10], [40, 10.5]);
    expect(driver.commits).toEqual([]);
    expect(driver.state.name).toBe('idle');
  });

  it('gives up by cancel and by interrupt, from every state', () => {
    for (const kind of ['cancel', 'interrupt'] as const) {
      const dragging = new Driver(boxTool).down(10, 10).move(90, 90).send({ kind });
      const stretching = new Driver(boxTool).click(10, 10).move(90, 90).send({ kind });
      for (const driver of [dragging, stretching]) {
        expect(driver.state.name).toBe('idle');
        expect(driver.sketch.lines).toEqual([]);
        driver.up(90, 90);
        expect(driver.commits).toEqual([]);
      }
    }
  });

  it('draws nothing where nothing may be drawn', () => {
    const locked = new Driver(boxTool);
    locked.editable = false;
    expect(locked.drag([1, 1], [50, 50]).commits).toEqual([]);
    const classless = new Driver(boxTool);
    classless.drawing = null;
    expect(classless.drag([1, 1], [50, 50]).commits).toEqual([]);
  });
});

describe('polygon tool', () => {
  const triangle = {
    kind: 'polygon',
    parts: [
      [
        { x: 10, y: 10 },
        { x: 100, y: 10 },
        { x: 100, y: 100 },
      ],
    ],
  };
  const three = (): Driver<ReturnType<typeof initial>> => new Driver(polygonTool).click(10, 10).click(100, 10).click(100, 100);
  const initial = () => polygonTool.initial;

  it('closes on the first point', () => {
    const driver = three().move(12, 11);
    expect(driver.tool.hint(driver.state)).toBe('polygon-closable');
    expect(driver.click(12, 11).commits).toEqual([created('new-1', triangle)]);
  });

  it('closes by Enter', () => {
    expect(three().send({ kind: 'complete' }).commits).toEqual([created('new-1', triangle)]);
  });

  it('closes by a double click, whose second click adds no point and begins nothing', () => {
    const driver = new Driver(polygonTool).click(10, 10).click(100, 10).click(100, 100).click(100, 100, {}, 2);
    expect(driver.commits).toEqual([created('new-1', triangle)]);
    expect(driver.click(100, 100, {}, 3).state.name).toBe('idle');
  });

  it('takes back points by Backspace, down to none', () => {
    const driver = three().key('Backspace');
    expect(driver.state).toMatchObject({ name: 'drawing', points: [{ x: 10 }, { x: 100 }] });
    expect(driver.key('Backspace').key('Backspace').state.name).toBe('idle');
    expect(driver.commits).toEqual([]);
  });

  it('previews the edge to the pointer', () => {
    const driver = new Driver(polygonTool).click(10, 10).move(70, 30);
    expect(driver.sketch.lines[0]?.points.at(-1)).toMatchObject({ x: 70, y: 30 });
  });

  it('does not close with two points or without any extent', () => {
    expect(new Driver(polygonTool).click(10, 10).click(100, 10).send({ kind: 'complete' }).commits).toEqual([]);
    const flat = new Driver(polygonTool).click(10, 10).click(100, 10).click(50, 10).send({ kind: 'complete' });
    expect(flat.commits).toEqual([]);
    expect(flat.state.name).toBe('drawing');
  });

  it('gives up by cancel and interrupt', () => {
    expect(three().send({ kind: 'cancel' }).state.name).toBe('idle');
    expect(three().send({ kind: 'interrupt' }).commits).toEqual([]);
  });
});

describe('remark tool', () => {
  it('pins to the object under the pointer, or with Alt to the place', () => {
    const driver = new Driver(remarkTool, { a: { kind: 'box', min: { x: 0, y: 0 }, max: { x: 50, y: 50 } } });
    driver.click(20, 20).click(20, 20, { alt: true }).click(200, 200);
    expect(driver.remarks).toEqual([
      { x: 20, y: 20, object: 'a' },
      { x: 20, y: 20, object: null },
      { x: 200, y: 200, object: null },
    ]);
  });
});

describe('the hand', () => {
  const at = (x: number): ReturnType<typeof screenPoint> => screenPoint(x, 0);

  it('drags by the middle button', () => {
    let step = pan(PAN_OFF, { kind: 'down', screen: at(10), middle: true });
    step = pan(step.state, { kind: 'move', screen: at(25) });
    expect(step.by).toEqual({ dx: 15, dy: 0 });
    expect(pan(step.state, { kind: 'up' }).state).toEqual(PAN_OFF);
  });

  it('drags while Space is down, and lets the tool have the pointer otherwise', () => {
    expect(pan(PAN_OFF, { kind: 'down', screen: at(0), middle: false }).taken).toBe(false);
    const ready = pan(PAN_OFF, { kind: 'space', down: true }).state;
    const dragging = pan(ready, { kind: 'down', screen: at(0), middle: false });
    expect(dragging.taken).toBe(true);
    expect(pan(dragging.state, { kind: 'up' }).state.name).toBe('ready');
    const released = pan(dragging.state, { kind: 'space', down: false });
    expect(pan(released.state, { kind: 'up' }).state.name).toBe('off');
    expect(pan(dragging.state, { kind: 'interrupt' }).state.name).toBe('off');
  });
});
