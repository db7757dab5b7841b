import { describe, expect, it } from 'vitest';
import { isNeutral, lookOf, NEUTRAL, paletteColors, PALETTES, shown, toneCurve, type Adjustments, type Color } from './adjustments';
import { equalisingLevels, histogram } from './histogram';

const orange: Color = [1, 0.5, 0.25];
const look = (change: Partial<Adjustments>, pixel: Color = orange): number[] =>
  shown(lookOf({ ...NEUTRAL, ...change }, null), pixel).map((value) => Math.round(value * 255));

describe('adjustments', () => {
  it('change nothing when they are neutral', () => {
    expect(isNeutral(NEUTRAL)).toBe(true);
    expect(isNeutral({ ...NEUTRAL, gamma: 1.1 })).toBe(false);
    expect(look({})).toEqual([255, 128, 64]);
  });

  it('invert, twice to the same', () => {
    expect(look({ invert: true })).toEqual([0, 127, 191]);
  });

  it('make brighter, darker, steeper and flatter around the middle', () => {
    expect(look({ brightness: 0.2 })).toEqual([255, 179, 115]);
    expect(look({ brightness: -1 })).toEqual([0, 0, 0]);
    expect(look({ contrast: -1 })).toEqual([128, 128, 128]);
    const [red, green, blue] = look({ contrast: 0.5 }) as [number, number, number];
    expect([red, green < 131, blue]).toEqual([255, true, 0]);
  });

  it('lighten the middle tones by gamma and keep the ends', () => {
    const curve = toneCurve({ ...NEUTRAL, gamma: 2 }, null);
    expect([curve[0], curve[255]]).toEqual([0, 1]);
    expect(curve[64]).toBeCloseTo(0.5, 2);
  });

  it('take the colours away', () => {
    expect(new Set(look({ saturation: -1 })).size).toBe(1);
    expect(look({ saturation: 1 })).toEqual([255, 66, 0]);
  });

  it('show one channel in grey', () => {
    expect(look({ channel: 'red' })).toEqual([255, 255, 255]);
    expect(look({ channel: 'green' })).toEqual([128, 128, 128]);
    expect(look({ channel: 'blue', invert: true })).toEqual([191, 191, 191]);
  });

  it('colour tones, from the lowest to the highest', () => {
    expect(look({ palette: 'viridis' }, [0, 0, 0])).toEqual([0x44, 0x01, 0x54]);
    expect(look({ palette: 'viridis' }, [1, 1, 1])).toEqual([0xfd, 0xe7, 0x25]);
    expect(look({ palette: 'viridis', invert: true }, [1, 1, 1])).toEqual([0x44, 0x01, 0x54]);
    for (const palette of PALETTES) expect(paletteColors(palette)?.length ?? 256).toBe(256);
  });

  it('never fall as tones rise, whatever the settings', () => {
    for (const brightness of [-1, -0.3, 0, 0.6]) {
      for (const contrast of [-0.9, 0, 0.7]) {
        for (const gamma of [0.2, 1, 5]) {
          const curve = toneCurve({ ...NEUTRAL, brightness, contrast, gamma }, null);
          for (let i = 1; i < 256; i++) expect(curve[i]).toBeGreaterThanOrEqual(curve[i - 1] ?? 0);
        }
      }
    }
  });
});

describe('equalising', () => {
  it('spreads a few tones over all', () => {
    const pixels = new Uint8Array([100, 100, 100, 255, 101, 101, 101, 255, 102, 102, 102, 255, 9, 9, 9, 0]);
    const levels = equalisingLevels(histogram([pixels], [0.299, 0.587, 0.114]));
    expect([levels[100], levels[101], levels[102]]).toEqual([0, 0.5, 1]);
    expect(toneCurve({ ...NEUTRAL, equalise: true }, levels)[101]).toBe(0.5);
  });

  it('leaves a picture of one tone, and one that is not here yet, as it is', () => {
    const levels = equalisingLevels(histogram([new Uint8Array([51, 51, 51, 255])], [1, 0, 0]));
    expect(levels[51]).toBeCloseTo(0.2);
    expect(toneCurve({ ...NEUTRAL, equalise: true }, null)[51]).toBeCloseTo(0.2);
  });
});
