// The colours of the tokens are told apart by everybody: contrast by WCAG 2.2, in light and in dark.
// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/shared/tokens.css', 'utf8');

/** The value of a token in one of the two themes, as six hexadecimal digits. */
function color(name: string, theme: 'light' | 'dark'): string {
  const value = new RegExp(`--${name}: (?:light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)|(#[0-9a-f]{6}));`).exec(css);
  const found = value?.[3] ?? value?.[theme === 'light' ? 1 : 2];
  if (found === undefined) throw new Error(`no colour ${name}`);
  return found;
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ['surface-0', 'surface-1', 'surface-2', 'surface-3', 'selected'];
const text = surfaces.flatMap((surface) => ['text', 'text-dim', 'text-faint'].map((ink) => [ink, surface] as const));
const signals = ['surface-0', 'surface-1', 'surface-2'].flatMap((surface) => ['accent', 'good', 'warn', 'bad'].map((ink) => [ink, surface] as const));
const fills = [['on-accent', 'accent-strong'], ['on-accent', 'accent-stronger'], ['on-accent', 'bad-strong'], ['good', 'good-soft'], ['warn', 'warn-soft'], ['bad', 'bad-soft'], ['text', 'accent-soft'], ['text-dim', 'accent-soft']] as const;

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each([...text, ...signals, ...fills])('text in %s on %s can be read (4.5 to 1)', (ink, paper) => {
    expect(contrast(color(ink, theme), color(paper, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['surface-0', 'surface-1', 'surface-2'])('the edge of a control stands out from %s (3 to 1)', (paper) => {
    expect(contrast(color('line-strong', theme), color(paper, theme))).toBeGreaterThanOrEqual(3);
  });
});
