import { expect, it } from 'vitest';
import { identifierText, newIdentifier } from './identifier';

it('writes identifiers as the core does', () => {
  expect(identifierText(new Uint8Array(16))).toBe('0'.repeat(26));
  expect(identifierText(new Uint8Array(16).fill(255))).toBe(`${'z'.repeat(25)}w`);
  // The first five bits are the first character.
  expect(identifierText(Uint8Array.from([0b00001_000, ...new Array<number>(15).fill(0)]))).toBe(`1${'0'.repeat(25)}`);
});

it('never gives the same twice', () => {
  const many = new Set(Array.from({ length: 1000 }, newIdentifier));
  expect(many.size).toBe(1000);
  for (const id of many) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
});
