// How the picture is made to look on the screen: brightness and the like, single channels, false colours.
//
// A way of looking: no pixel that is kept or exported changes by it. Everything is folded into a curve and a row of colours of
// 256 entries each; what a pixel becomes is written here (`shown`) and once more in the shader (`gl/adjusted`), which has to
// say the same. Window and level for 16-bit pictures are not here: the window gets 8 bits a channel.

/** What can be changed. All but gamma run from -1 to 1, and 0 changes nothing. */
export interface Adjustments {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** Above 1 the middle tones get lighter. */
  readonly gamma: number;
  /** Spreads the tones so that each is about as frequent as any other. */
  readonly equalise: boolean;
  readonly invert: boolean;
  readonly channel: Channel;
  readonly palette: Palette;
}

/** What is shown of the colours: all, or one of them in grey. */
export const CHANNELS = ['all', 'red', 'green', 'blue', 'luminance'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Colours in place of tones. */
export const PALETTES = ['none', 'viridis', 'inferno', 'turbo'] as const;
export type Palette = (typeof PALETTES)[number];

/** The picture as it is. */
export const NEUTRAL: Adjustments = {
  brightness: 0,
  contrast: 0,
  saturation: 0,
  gamma: 1,
  equalise: false,
  invert: false,
  channel: 'all',
  palette: 'none',
};

export function isNeutral(look: Adjustments): boolean {
  return (Object.keys(NEUTRAL) as (keyof Adjustments)[]).every((name) => look[name] === NEUTRAL[name]);
}

/** Red, green and blue, 0 to 1. */
export type Color = readonly [number, number, number];

const LUMINANCE: Color = [0.299, 0.587, 0.114];
const WEIGHTS: Readonly<Record<Channel, Color>> = { all: LUMINANCE, luminance: LUMINANCE, red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1] };

/** How much of each colour the tone of a pixel is: of its brightness, or of the one channel that is shown. */
export const weightsOf = (channel: Channel): Color => WEIGHTS[channel];

/** How much of the colours is left; 0 leaves greys. */
export function saturationOf({ channel, saturation }: Adjustments): number {
  if (channel !== 'all') return 0;
  return saturation <= 0 ? 1 + saturation : 1 + 2 * saturation;
}

/**
 * What each of the 256 tones becomes, 0 to 1. `levels` says where equalising puts a tone; it is worked out from the picture
 * and may not be there yet.
 */
export function toneCurve(look: Adjustments, levels: ArrayLike<number> | null): Float32Array {
  const curve = new Float32Array(256);
  // Steeper up to eight times; at the other end everything is the same grey.
  const slope = look.contrast <= 0 ? 1 + look.contrast : 2 ** (3 * look.contrast);
  for (let i = 0; i < 256; i++) {
    let tone = look.equalise && levels ? (levels[i] ?? 0) : i / 255;
    tone = clamped(tone) ** (1 / look.gamma);
    tone = clamped((tone - 0.5) * slope + 0.5 + look.brightness);
    curve[i] = look.invert ? 1 - tone : tone;
  }
  return curve;
}

/** Anchors of the maps at even distances, from the lowest tone to the highest. */
const STOPS: Readonly<Record<Exclude<Palette, 'none'>, readonly string[]>> = {
  viridis: ['440154', '472d7b', '3b528b', '2c728e', '21918c', '28ae80', '5ec962', 'addc30', 'fde725'],
  inferno: ['000004', '210c4a', '57106e', '8a226a', 'bc3754', 'e45a31', 'f98e09', 'f9cb35', 'fcffa4'],
  turbo: ['30123b', '4662d7', '36aaf9', '1ae4b6', '72fe5e', 'c7ef34', 'faba39', 'f66b19', '7a0403'],
};

/** The colour of each of the 256 tones, or `null` when tones keep their own. */
export function paletteColors(palette: Palette): readonly Color[] | null {
  if (palette === 'none') return null;
  const stops = STOPS[palette].map((stop): Color => [0, 2, 4].map((at) => Number.parseInt(stop.slice(at, at + 2), 16) / 255) as unknown as Color);
  return Array.from({ length: 256 }, (_, tone) => {
    const place = (tone / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return mixed(stops[low] ?? [0, 0, 0], stops[low + 1] ?? [0, 0, 0], place - low);
  });
}

/** An adjustment with its curve and colours worked out. */
export interface Look {
  readonly weights: Color;
  readonly saturation: number;
  readonly curve: Float32Array;
  readonly colors: readonly Color[] | null;
}

export function lookOf(adjustments: Adjustments, levels: ArrayLike<number> | null): Look {
  return {
    weights: weightsOf(adjustments.channel),
    saturation: saturationOf(adjustments),
    curve: toneCurve(adjustments, levels),
    colors: paletteColors(adjustments.palette),
  };
}

/** What the screen shows for a pixel. */
export function shown({ weights, saturation, curve, colors }: Look, pixel: Color): Color {
  const tone = toneOf(weights, pixel);
  const curved = (value: number): number => curve[Math.round(clamped(value) * 255)] ?? 0;
  const [r, g, b] = mixed([tone, tone, tone], pixel, saturation);
  const after: Color = [curved(r), curved(g), curved(b)];
  return colors?.[Math.round(toneOf(LUMINANCE, after) * 255)] ?? after;
}

/** The brightness of a colour by these weights. */
export function toneOf(weights: Color, color: Color): number {
  return weights[0] * color[0] + weights[1] * color[1] + weights[2] * color[2];
}

function mixed(a: Color, b: Color, part: number): Color {
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
}

function clamped(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
