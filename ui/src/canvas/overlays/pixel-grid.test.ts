import { describe, expect, it } from 'vitest';
import { valuesOf } from './pixel-grid';

describe('what is written in a pixel', () => {
  it('is a number for each colour, one for a grey, and how solid it is where it is not', () => {
    expect(valuesOf(200, 30, 40, 255)).toEqual(['200', '30', '40']);
    expect(valuesOf(120, 120, 120, 255)).toEqual(['120']);
    expect(valuesOf(120, 120, 120, 0)).toEqual(['120', '0']);
  });
});
