import { expect, it } from 'vitest';
import { wheelAction, type Turn } from './wheel';

const turn = (change: Partial<Turn>): Turn => ({ deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, shiftKey: false, ...change });

it('zooms by a notched wheel, out and in by the same factor', () => {
  const [out, into] = [wheelAction(turn({ deltaY: 100 })), wheelAction(turn({ deltaY: -100 }))];
  expect(out.kind === 'zoom' && into.kind === 'zoom' && out.factor * into.factor).toBeCloseTo(1);
  expect(out.kind === 'zoom' && out.factor).toBeLessThan(1);
});

it('moves by two fingers, zooms by a pinch, moves sideways with Shift', () => {
  expect(wheelAction(turn({ deltaX: 3, deltaY: -7 }))).toEqual({ kind: 'pan', dx: -3, dy: 7 });
  expect(wheelAction(turn({ deltaY: 4 }))).toEqual({ kind: 'pan', dx: -0, dy: -4 });
  expect(wheelAction(turn({ deltaY: -5, ctrlKey: true })).kind).toBe('zoom');
  expect(wheelAction(turn({ deltaY: 100, shiftKey: true }))).toEqual({ kind: 'pan', dx: -100, dy: 0 });
});

it('reads lines as a wheel', () => {
  expect(wheelAction(turn({ deltaY: 3, deltaMode: 1 })).kind).toBe('zoom');
});
