// What a tool is: a state machine from pointer and key events to wishes.
//
// A tool has a state, which is a plain value with a name. `transition` takes a state and an event and returns the next state
// and what should happen outside (`Effect`). What the hand sees meanwhile (preview, handles, cursor, hint) is a function of the
// state, so nothing has to be taken back when a gesture is given up. Tools do not know the DOM, the renderer or the host.
//
// A gesture leaves a tool in one `commit` at most: that is what is saved and undone as one.

import type { Intent, Shape, ShapeKind } from '../../generated/contract';
import type { ImagePoint, ImageRect, ScreenPoint, Size, VertexRef } from '../geometry';
import type { Placed, Scene } from '../scene';

/** The keys that were down during an event. `command` is Ctrl, or Cmd on a Mac. */
export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  readonly command: boolean;
}

/** A pointer event, in both spaces. */
export interface PointerInput extends Modifiers {
  readonly at: ImagePoint;
  readonly screen: ScreenPoint;
  /** 1 for a single click, 2 for the second of a double click. Only on `down`. */
  readonly clicks: number;
}

/** What a tool is told. */
export type ToolEvent =
  | ({ readonly kind: 'down' } & PointerInput)
  | ({ readonly kind: 'move' } & PointerInput)
  | ({ readonly kind: 'up' } & PointerInput)
  | ({ readonly kind: 'key'; readonly key: string } & Modifiers)
  /** Finish what is under way, as Enter does. */
  | { readonly kind: 'complete' }
  /** Give up what is under way, as Esc does. */
  | { readonly kind: 'cancel' }
  /** Something else needs the stage (another item, another tool, the window lost the pointer): end without a commit. */
  | { readonly kind: 'interrupt' };

/** What is selected. A vertex is of the only selected object. */
export interface Selection {
  readonly ids: readonly string[];
  readonly vertex: VertexRef | null;
}

/** Nothing is selected. */
export const NOTHING_SELECTED: Selection = { ids: [], vertex: null };

/** What a tool may look at. */
export interface ToolContext {
  readonly scene: Scene;
  readonly selection: Selection;
  readonly picture: Size;
  /** Whether objects may be changed. */
  readonly editable: boolean;
  /** The class of new objects with its colour, or `null` when there is none to draw with. */
  readonly drawing: { readonly classId: string; readonly color: string; readonly shapes: readonly ShapeKind[] } | null;
  /** Whether an object cannot be seen now and so cannot be pointed at. */
  hidden(id: string): boolean;
  /** A length on the screen as one on the picture. */
  toImageLength(screenPixels: number): number;
  /** The identifier for a new object. */
  newId(): string;
}

/** What should happen outside the tool. */
export type Effect =
  | { readonly kind: 'commit'; readonly intents: readonly Intent[] }
  | { readonly kind: 'select'; readonly selection: Selection }
  /** Pinned remarks begin with a place or an object. */
  | { readonly kind: 'remark'; readonly at: ImagePoint; readonly object: string | null };

/** The next state and what should happen. */
export interface Step<S> {
  readonly state: S;
  readonly effects: readonly Effect[];
}

/** A CSS cursor. */
export type Cursor =
  'default' | 'crosshair' | 'move' | 'grab' | 'grabbing' | 'pointer' | 'nwse-resize' | 'nesw-resize' | 'ns-resize' | 'ew-resize';

/** What the hand is told; the words are in `words`. */
export type Hint =
  | 'select-idle'
  | 'select-object'
  | 'select-vertex'
  | 'select-band'
  | 'select-moving'
  | 'select-resizing'
  | 'box-first'
  | 'box-second'
  | 'box-dragging'
  | 'polygon-first'
  | 'polygon-more'
  | 'polygon-closable'
  | 'remark';

/** A small mark that can be dragged or clicked. */
export interface Handle {
  readonly at: ImagePoint;
  readonly kind: 'corner' | 'vertex' | 'midpoint' | 'closing';
  readonly active: boolean;
}

/** What a state adds to the picture while it lasts. */
export interface Sketch {
  /** Objects that look different while they are dragged. */
  readonly overrides: ReadonlyMap<string, Shape>;
  /** Open or closed lines that do not belong to an object yet. */
  readonly lines: readonly { readonly points: readonly ImagePoint[]; readonly closed: boolean; readonly color: string }[];
  readonly band: ImageRect | null;
  readonly handles: readonly Handle[];
  readonly hovered: string | null;
  /** Where guides cross the stage, for placing the first corner. */
  readonly guides: ImagePoint | null;
}

/** Nothing is added. */
export const EMPTY_SKETCH: Sketch = { overrides: new Map(), lines: [], band: null, handles: [], hovered: null, guides: null };

/** One state of a tool. `S` is the union of all states of the tool. */
export interface StateOf<S extends { readonly name: string }, Own extends S> {
  on(state: Own, event: ToolEvent, context: ToolContext): Step<S>;
  hint(state: Own): Hint;
  cursor(state: Own, context: ToolContext): Cursor;
  sketch(state: Own, context: ToolContext): Sketch;
  /** Whether a gesture is under way that Esc would give up. */
  readonly busy: boolean;
}

/** A tool as the stage sees it. */
export interface Tool<S extends { readonly name: string } = { readonly name: string }> {
  readonly name: 'select' | 'box' | 'polygon' | 'remark';
  readonly initial: S;
  transition(state: S, event: ToolEvent, context: ToolContext): Step<S>;
  hint(state: S): Hint;
  cursor(state: S, context: ToolContext): Cursor;
  sketch(state: S, context: ToolContext): Sketch;
  busy(state: S): boolean;
}

/** One handler a state, found by the state's name. */
export type Handlers<S extends { readonly name: string }> = { readonly [N in S['name']]: StateOf<S, Extract<S, { name: N }>> };

/** A tool of its handlers. */
export function toolOf<S extends { readonly name: string }>(name: Tool['name'], initial: S, handlers: Handlers<S>): Tool<S> {
  // The handler that is looked up by a state's name takes exactly that state; the compiler cannot follow the correlation.
  const of = (state: S): StateOf<S, S> => handlers[state.name as S['name']] as unknown as StateOf<S, S>;
  return {
    name,
    initial,
    transition: (state, event, context) => of(state).on(state, event, context),
    hint: (state) => of(state).hint(state),
    cursor: (state, context) => of(state).cursor(state, context),
    sketch: (state, context) => of(state).sketch(state, context),
    busy: (state) => of(state).busy,
  };
}

/** The next state without effects. */
export const stay = <S>(state: S, ...effects: Effect[]): Step<S> => ({ state, effects });

/** How far, in screen pixels, the pointer may move during a click. */
export const CLICK_SLOP = 4;
/** How near, in screen pixels, an outline or handle must be to be hit. */
export const HIT_TOLERANCE = 6;
/** The least extent of a drawn box or polygon, in image pixels: below it is a slip of the hand. */
export const MIN_EXTENT = 1;

/** The only selected object, if there is exactly one on the stage. */
export function onlySelected(context: ToolContext): Placed | null {
  const [id, ...others] = context.selection.ids;
  return id !== undefined && others.length === 0 && !context.hidden(id) ? (context.scene.get(id) ?? null) : null;
}
