// Every action of the window in one list: what it is called, its keys, when it can run. The keyboard, tooltips, the shortcut
// sheet and the command palette are all made from it. Not here: drawing any of these.
import { matches } from './keys';

/** Where an action belongs; the later in the list, the closer to the hand, and the closer one wins a key. */
export const scopes = ['everywhere', 'batches', 'lead', 'workspace', 'view', 'canvas'] as const;
export type Scope = (typeof scopes)[number];

export interface Action {
  /** Stable, kebab-case, "area.verb". */
  id: string;
  /** What it does, as a short order: "Undo". */
  title: string;
  scope: Scope;
  /** Key combinations, the preferred one first; see `keys.ts`. */
  keys: readonly string[];
  /** Whether it can run now; absent means always. */
  enabled?: () => boolean;
  /** Called with the key press where there was one: an action of several keys may mean something else by each. */
  run: (press?: KeyboardEvent) => void | Promise<void>;
  /** Whether its keys work while a text field has the focus. */
  inText?: boolean;
  /** Whether its keys work while a dialog is open. */
  inDialogs?: boolean;
  /** Whether holding the key repeats it. */
  repeats?: boolean;
  /** Left out of the palette when there is something more direct, as with arrow keys. */
  hidden?: boolean;
  /** Words that also find it in the palette. */
  search?: string;
}

let list = $state.raw<readonly Action[]>([]);
/** The same, not reactive: effects change it, which must not run again because of that, and whose ends see states as they were. */
let current: readonly Action[] = [];

function become(actions: readonly Action[]): void {
  current = actions;
  list = actions;
}

/** Adds actions until the returned function is called, as from `$effect(() => registerActions([...]))`. */
export function registerActions(actions: readonly Action[]): () => void {
  become([...current, ...actions]);
  return () => become(current.filter((action) => !actions.includes(action)));
}

/** All actions that are there now, in the order of registration. */
export const allActions = (): readonly Action[] => list;

export const findAction = (id: string): Action | undefined => list.find((action) => action.id === id);
export const isEnabled = (action: Action): boolean => action.enabled?.() ?? true;

/** Runs an action by its id. Returns whether there was one that could run. */
export function runAction(id: string): boolean {
  const action = findAction(id);
  if (action === undefined || !isEnabled(action)) return false;
  void action.run();
  return true;
}

const textInputs = new Set(['text', 'search', 'email', 'url', 'tel', 'password', 'number', 'date', 'time', 'datetime-local', '']);

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return textInputs.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** Elements that mean something by Enter and Space themselves. */
const takesPress = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, summary, input, [role="menuitem"], [role="option"], [role="checkbox"], [role="radio"]') !== null;

const overlaySelector = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"][data-state="open"]';

/** The action that a key press means now, if any. */
export function actionFor(event: KeyboardEvent): Action | undefined {
  if (event.defaultPrevented || event.isComposing) return undefined;
  const inText = isTextField(event.target);
  const inOverlay = document.querySelector(overlaySelector) !== null;
  const plainPress = (event.key === 'Enter' || event.key === ' ') && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plainPress && takesPress(event.target)) return undefined;
  let best: Action | undefined;
  for (const action of list) {
    if (event.repeat && action.repeats !== true) continue;
    if ((inText && action.inText !== true) || (inOverlay && action.inDialogs !== true)) continue;
    if (!action.keys.some((keys) => matches(keys, event)) || !isEnabled(action)) continue;
    if (best === undefined || scopes.indexOf(action.scope) >= scopes.indexOf(best.scope)) best = action;
  }
  return best;
}

/** Listens to the keyboard of the whole window. Returns how to stop. */
export function listenToKeys(target: Window = window): () => void {
  const onkeydown = (event: KeyboardEvent): void => {
    const action = actionFor(event);
    if (action === undefined) return;
    event.preventDefault();
    void action.run(event);
  };
  target.addEventListener('keydown', onkeydown);
  return () => target.removeEventListener('keydown', onkeydown);
}
