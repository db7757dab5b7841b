import { expect, it } from 'vitest';
import type { Annotation, LabelSchema } from '../../generated/contract';
import { copied, pasted } from './clipboard';

const schema: LabelSchema = {
  classes: [
    { id: 'car', name: 'car', color: '#ff0000', key: null, shapes: ['box'], attributes: [{ id: 'plate', name: 'plate', type: { kind: 'text' }, default: null, required: false }] },
    { id: 'road', name: 'road', color: '#00ff00', key: null, shapes: ['polygon'], attributes: [] },
  ],
  attributes: [],
};
const car: Annotation = {
  id: 'a', class: 'car', author: 'me', shape: { kind: 'box', min: { x: 10, y: 10 }, max: { x: 30, y: 30 } },
  attributes: [{ attribute: 'plate', value: { kind: 'text', value: 'X 1' } }, { attribute: 'gone', value: { kind: 'checkbox', value: true } }],
};
const road: Annotation = { id: 'b', class: 'road', author: 'me', attributes: [], shape: { kind: 'polygon', parts: [[{ x: 0, y: 0 }, { x: 5, y: 0 }, { x: 0, y: 5 }]] } };
const picture = { width: 100, height: 40 };
let last = 0;
const newId = (): string => `n${++last}`;

it('pastes in place on another item, with the attributes that the class has, under new identifiers', () => {
  const [one, two] = pasted(copied([car, road], ['b', 'a']), schema, [], picture, newId);
  expect(one).toMatchObject({ kind: 'create', class: 'car', shape: car.shape, attributes: [car.attributes[0]] });
  expect(one?.attributes).toHaveLength(1);
  expect(two).toMatchObject({ class: 'road', shape: road.shape });
  expect(one?.id).not.toBe(two?.id);
});

it('pastes beside an equal object, and stays on the picture', () => {
  const first = pasted(copied([car], ['a']), schema, [car], picture, newId)[0];
  // There is room to the right, but neither below nor above.
  expect(first?.shape).toEqual({ kind: 'box', min: { x: 22, y: 10 }, max: { x: 42, y: 30 } });
});

it('leaves out what the schema does not allow', () => {
  const foreign = { ...car, class: 'plane' };
  const wrong = { ...road, class: 'car' };
  expect(pasted(copied([foreign, wrong, road], ['a', 'b']), schema, [], picture, newId).map((intent) => intent.class)).toEqual(['road']);
});

it('copies what is selected only', () => {
  expect(copied([car, road], [])).toEqual([]);
});
