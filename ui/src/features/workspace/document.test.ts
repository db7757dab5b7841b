import { describe, expect, it } from 'vitest';
import type { Annotation, DocumentPatch, ItemDocument } from '../../generated/contract';
import { applyPatch, guess } from './document';

const annotation = (id: string, x = 0): Annotation => ({
  id, class: 'c', shape: { kind: 'box', min: { x, y: 0 }, max: { x: x + 10, y: 10 } }, attributes: [], author: 'me',
});
const [a, b, c] = [annotation('a'), annotation('b'), annotation('c')];
const document: ItemDocument = { state: { kind: 'open' }, annotations: [a, b, c], attributes: [], comments: [], conflicts: [] };
const patch = (change: Partial<DocumentPatch>): DocumentPatch => ({
  removed: [], changed: [], order: null, state: null, attributes: null, comments: null, conflicts: null, ...change,
});
const ids = (of: ItemDocument): string[] => of.annotations.map((one) => one.id);

describe('applying a patch', () => {
  it('leaves everything that did not change, to the identity', () => {
    const next = applyPatch(document, patch({ state: { kind: 'submitted' } }));
    expect(next.annotations).toBe(document.annotations);
    expect(next.comments).toBe(document.comments);
    expect(next.state).toEqual({ kind: 'submitted' });
  });

  it('replaces in place, adds on top, removes', () => {
    const changed = { ...annotation('b', 50) };
    const next = applyPatch(document, patch({ removed: ['a'], changed: [changed, annotation('d')] }));
    expect(ids(next)).toEqual(['b', 'c', 'd']);
    expect(next.annotations[0]).toBe(changed);
    expect(next.annotations[1]).toBe(c);
  });

  it('takes over the order, and loses nothing that the order does not name', () => {
    expect(ids(applyPatch(document, patch({ order: ['c', 'a', 'b'] })))).toEqual(['c', 'a', 'b']);
    expect(ids(applyPatch(document, patch({ order: ['c', 'gone', 'a'] })))).toEqual(['c', 'a', 'b']);
  });

  it('tells an empty list from no change', () => {
    const held: ItemDocument = { ...document, attributes: [{ attribute: 'x', value: { kind: 'text', value: 'y' } }] };
    expect(applyPatch(held, patch({ attributes: [] })).attributes).toEqual([]);
    expect(applyPatch(held, patch({})).attributes).toHaveLength(1);
  });
});

describe('guessing', () => {
  const after = (...intents: Parameters<typeof guess>[1]): ItemDocument => applyPatch(document, guess(document, intents, 'me'));

  it('shows drawn, moved and deleted objects at once', () => {
    const shape = { kind: 'box', min: { x: 1, y: 1 }, max: { x: 2, y: 2 } } as const;
    const next = after({ kind: 'create', id: 'n', class: 'c', shape, attributes: [] }, { kind: 'set-shape', id: 'a', shape }, { kind: 'delete', id: 'b' });
    expect(ids(next)).toEqual(['a', 'c', 'n']);
    expect(next.annotations[0]?.shape).toBe(shape);
    expect(next.annotations[2]?.author).toBe('me');
  });

  it('does two changes of one object in their order', () => {
    const value = (text: string) => ({ kind: 'text', value: text }) as const;
    const next = after({ kind: 'set-class', id: 'a', class: 'k' }, { kind: 'set-attribute', id: 'a', attribute: 't', value: value('1') }, { kind: 'set-attribute', id: 'a', attribute: 't', value: value('2') });
    expect(next.annotations[0]).toMatchObject({ class: 'k', attributes: [{ attribute: 't', value: value('2') }] });
  });

  it('claims no state before the core has said so', () => {
    for (const kind of ['submit', 'accept', 'reopen'] as const) expect(after({ kind }).state).toEqual({ kind: 'open' });
    expect(after({ kind: 'reject', reason: 'no' }).state).toEqual({ kind: 'open' });
  });

  it('does not bring back what is deleted, nor make up what is not there', () => {
    expect(ids(after({ kind: 'delete', id: 'a' }, { kind: 'set-class', id: 'a', class: 'k' }))).toEqual(['b', 'c']);
    expect(ids(after({ kind: 'set-class', id: 'zz', class: 'k' }))).toEqual(['a', 'b', 'c']);
  });
});
