// Key combinations as text ("Mod+Shift+P", "ArrowDown", "?"): parsing, matching with events, and showing to people.
// "Mod" is Ctrl, or Command on a Mac. Not here: which action a key runs (registry.svelte.ts).

const mac = /Mac/.test(navigator.userAgent);

export interface KeyCombination {
  mod: boolean;
  alt: boolean;
  shift: boolean;
  /** `KeyboardEvent.key`, lower case. */
  key: string;
}

/** The parts of a combination. A plus at the end is the key itself, as in "Mod++". */
const partsOf = (text: string): string[] => (text.endsWith('+') ? [...text.slice(0, -1).split('+').filter(Boolean), '+'] : text.split('+'));

export function parseKeys(text: string): KeyCombination {
  const parts = partsOf(text);
  const key = parts.at(-1) ?? '';
  return {
    mod: parts.includes('Mod'),
    alt: parts.includes('Alt'),
    shift: parts.includes('Shift'),
    key: key === 'Space' ? ' ' : key.toLowerCase(),
  };
}

/** Whether shift is part of typing the character, as with "?": then it says nothing about the combination. */
const isSymbol = (key: string): boolean => key.length === 1 && key.toLowerCase() === key.toUpperCase() && key !== ' ';

export function matches(keys: string, event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): boolean {
  const wanted = parseKeys(keys);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (event.key.toLowerCase() !== wanted.key || mod !== wanted.mod || other || event.altKey !== wanted.alt) return false;
  return isSymbol(wanted.key) ? !wanted.shift || event.shiftKey : event.shiftKey === wanted.shift;
}

const names: Record<string, string> = {
  Mod: mac ? '⌘' : 'Ctrl', Alt: mac ? '⌥' : 'Alt', Shift: mac ? '⇧' : 'Shift', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→',
  Escape: 'Esc', Delete: 'Del', Enter: 'Enter', PageUp: 'PgUp', PageDown: 'PgDn',
};

/** The parts of a combination as they stand on key caps. */
export function keyCaps(keys: string): string[] {
  return partsOf(keys).map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

/**
 * Several combinations as they stand in a list: what all of them hold is shown once, as in "Shift ← → ↑ ↓", when there are
 * too many for a line.
 */
export function listedKeys(combinations: readonly string[]): readonly string[] {
  const [first = '', ...others] = combinations;
  const held = partsOf(first).slice(0, -1).join('+');
  const alike = others.every((keys) => partsOf(keys).slice(0, -1).join('+') === held);
  return alike && others.length > 1 ? [first, ...others.map((keys) => partsOf(keys).at(-1) ?? keys)] : combinations;
}

/** As text, for tooltips: "Ctrl+K". */
export const keyText = (keys: string): string => keyCaps(keys).join(mac ? '' : '+');
