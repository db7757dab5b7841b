// The window's tokens as numbers, for the stage: WebGL does not read style sheets.
import { type StageColors } from '../../canvas';

/** The value of a token under an element, whatever notation it is in. */
function token(element: HTMLElement, name: string, otherwise: readonly [number, number, number]): readonly [number, number, number] {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const parts = /(\d+(?:\.\d+)?)[ ,]+(\d+(?:\.\d+)?)[ ,]+(\d+(?:\.\d+)?)/.exec(getComputedStyle(probe).color);
  probe.remove();
  return parts ? [Number(parts[1]), Number(parts[2]), Number(parts[3])] : otherwise;
}

export function stageColors(element: HTMLElement): StageColors {
  return {
    background: token(element, '--stage', [12, 13, 15]),
    accent: token(element, '--accent', [126, 162, 255]),
    surface: token(element, '--surface-1', [26, 28, 31]),
    text: token(element, '--text', [233, 234, 237]),
  };
}
