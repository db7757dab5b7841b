// The stage: one element on which a picture and its objects are shown and edited.
//
// It turns pointer, wheel and key events into tool events, keeps camera, selection and tool, and draws on demand. Finished
// gestures leave it as lists of intents; the document comes back from outside through `setObjects`. It knows neither Svelte
// nor the host, saves nothing, and shows no words.

import type { Intent, ShapeKind } from '../generated/contract';
import { isNeutral, lookOf, NEUTRAL, type Adjustments, type Look } from './adjustments';
import { Camera } from './camera';
import { Equaliser } from './equaliser';
import { screenPoint, type ImagePoint, type ScreenPoint, type Size } from './geometry';
import { Renderer, type Pin, type StageColors } from './gl/renderer';
import type { Picture } from './gl/pictures';
import { newIdentifier } from './identifier';
import { arrowOnImage, cursorOnScreen, UPRIGHT, type Orientation } from './orientation';
import { NO_OVERLAYS, Overlays, type Layers, type Switches } from './overlays';
import { overviewTiles } from './pyramid';
import { Scene, type SceneObject } from './scene';
import { TileStore } from './tiles';
import { boxTool } from './tools/box';
import { pan, PAN_OFF, type PanEvent, type PanState } from './tools/pan';
import { polygonTool } from './tools/polygon';
import { remarkTool } from './tools/remark';
import { selectTool } from './tools/select';
import { NOTHING_SELECTED, type Hint, type Selection, type Tool, type ToolContext, type ToolEvent } from './tools/tool';
import { wheelAction } from './wheel';

export type ToolName = Tool['name'];

const TOOLS: Readonly<Record<ToolName, Tool>> = {
  select: selectTool as unknown as Tool,
  box: boxTool as unknown as Tool,
  polygon: polygonTool as unknown as Tool,
  remark: remarkTool as unknown as Tool,
};

/** What the stage tells whoever holds it. */
export interface StageListener {
  /** No gesture is under way any more. */
  settled(): void;
  /** A gesture is finished: save it. */
  commit(intents: readonly Intent[]): void;
  selected(selection: Selection): void;
  hovered(id: string | null): void;
  /** A comment begins here. */
  remark(at: ImagePoint, object: string | null): void;
  pinPressed(id: string): void;
  hint(hint: Hint): void;
  toolChanged(tool: ToolName): void;
  /** Screen pixels per image pixel. */
  zoomed(zoom: number): void;
  /** The first frame with the picture is drawn. */
  firstFrame(source: string): void;
  /** Pixels could not be fetched. */
  pictureFailed(source: string, error: unknown): void;
}

export interface Drawing {
  readonly classId: string;
  readonly color: string;
  readonly shapes: readonly ShapeKind[];
}

/** How the picture is looked at. Nothing of it is ever saved with the item. */
export interface Seeing {
  readonly adjustments: Adjustments;
  readonly orientation: Orientation;
  readonly overlays: Switches;
}

/** The stage. Call `dispose` when its element goes. */
export class Stage {
  readonly scene = new Scene();
  readonly tiles: TileStore;
  private readonly renderer: Renderer;
  private readonly abort = new AbortController();
  private readonly observer: ResizeObserver;
  private camera: Camera;
  private picture: Picture | null = null;
  private prefetched: readonly { readonly source: Picture['source']; readonly tile: Parameters<TileStore['get']>[1] }[] = [];
  private firstFrameDue = false;
  private selection: Selection = NOTHING_SELECTED;
  private tool: Tool = TOOLS.select;
  private state: { readonly name: string } = TOOLS.select.initial;
  private panning: PanState = PAN_OFF;
  private hoveredOutside: string | null = null;
  private hovered: string | null = null;
  private drawing: Drawing | null = null;
  private editable = false;
  private allHidden = false;
  private hiddenIds: ReadonlySet<string> = new Set();
  private pins: readonly Pin[] = [];
  private fillOpacity = 0.2;
  private showLabels = true;
  private colors: StageColors = { background: [32, 32, 34], accent: [64, 132, 255], surface: [26, 28, 31], text: [233, 234, 237] };
  private seeing: Seeing = { adjustments: NEUTRAL, orientation: UPRIGHT, overlays: NO_OVERLAYS };
  private look: { readonly of: Adjustments; readonly levels: Float32Array | null; readonly look: Look } | null = null;
  private readonly equaliser: Equaliser;
  private readonly overlays: Overlays;
  private frame = 0;
  private lastPointer: ScreenPoint | null = null;
  private lastHint: Hint | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly listener: StageListener,
    layers: Layers,
  ) {
    this.tiles = new TileStore(undefined, (source, error) => {
      if (error !== null && source === this.picture?.source.id) this.listener.pictureFailed(source, error);
      if (source === this.picture?.source.id) this.invalidate();
    });
    this.renderer = new Renderer(canvas, this.scene, this.tiles, () => this.invalidate());
    this.equaliser = new Equaliser(this.tiles);
    this.overlays = new Overlays(layers, this.tiles, (point) => this.setCamera(this.camera.centredAt(point)));
    this.camera = Camera.fitted({ width: 1, height: 1 }, this.size());
    this.observer = new ResizeObserver(() => this.setCamera(this.camera.resizedTo(this.size())));
    this.observer.observe(element);
    this.listen();
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.abort.abort();
    this.observer.disconnect();
    this.tiles.clear();
    this.renderer.dispose();
    this.overlays.dispose();
  }

  /** Shows another picture from the start, fitted; `null` clears the stage. What was under way is given up. */
  show(picture: Picture | null): void {
    this.send({ kind: 'interrupt' });
    this.hand({ kind: 'interrupt' });
    this.picture = picture;
    this.firstFrameDue = picture !== null;
    this.select(NOTHING_SELECTED);
    this.setHovered(null);
    this.setCamera(this.fittedCamera(picture?.levels[0] ?? { width: 1, height: 1 }));
  }

  /** Fetches these tiles when nothing that is shown is missing. */
  prefetch(tiles: Stage['prefetched']): void {
    this.prefetched = tiles;
    this.invalidate();
  }

  /** The camera that a picture of this size would be shown with. */
  fittedCamera(picture: Size): Camera {
    return Camera.fitted(picture, this.size(), this.seeing.orientation);
  }

  get pixelRatio(): number {
    return window.devicePixelRatio || 1;
  }

  setObjects(objects: readonly SceneObject[]): void {
    this.renderer.sceneChanged(this.scene.replace(objects));
    const ids = this.selection.ids.filter((id) => this.scene.get(id));
    if (ids.length !== this.selection.ids.length) this.select({ ids, vertex: null });
    this.invalidate();
  }

  setAppearance(look: {
    fillOpacity: number;
    showLabels: boolean;
    allHidden: boolean;
    hidden: ReadonlySet<string>;
    colors: StageColors;
  }): void {
    this.fillOpacity = look.fillOpacity;
    this.showLabels = look.showLabels;
    this.allHidden = look.allHidden;
    this.hiddenIds = look.hidden;
    this.colors = look.colors;
    this.invalidate();
  }

  /** Changes how the picture is looked at. */
  setSeeing(seeing: Seeing): void {
    this.seeing = seeing;
    if (this.camera.orientation !== seeing.orientation) this.setCamera(this.camera.oriented(seeing.orientation));
    this.refresh();
  }

  setPins(pins: readonly Pin[]): void {
    this.pins = pins;
    this.invalidate();
  }

  setDrawing(drawing: Drawing | null): void {
    this.drawing = drawing;
    this.invalidate();
  }

  setEditable(editable: boolean): void {
    if (this.editable === editable) return;
    this.editable = editable;
    if (!editable) this.send({ kind: 'interrupt' });
    this.invalidate();
  }

  /** Another tool. What was under way is given up. */
  setTool(name: ToolName): void {
    if (this.tool.name === name) return;
    this.send({ kind: 'interrupt' });
    this.tool = TOOLS[name];
    this.state = this.tool.initial;
    this.listener.toolChanged(name);
    this.setHovered(null);
    if (name !== 'select' && name !== 'remark') this.select(NOTHING_SELECTED);
    this.refresh();
  }

  get toolName(): ToolName {
    return this.tool.name;
  }

  /** Whether a gesture is under way. */
  get busy(): boolean {
    return this.tool.busy(this.state);
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.listener.selected(selection);
    this.refresh();
  }

  /** Points at an object from outside the stage, as from a list. */
  point(id: string | null): void {
    this.hoveredOutside = id;
    this.invalidate();
  }

  /** Takes the keyboard, as after choosing a tool with the pointer. */
  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  /** Brings an object into view. */
  reveal(id: string): void {
    const object = this.scene.get(id);
    if (object) this.setCamera(this.camera.showing(object.rect));
  }

  /** A key for the tool. Answers whether the tool had use for it. */
  key(key: string, modifiers: { shift: boolean; alt: boolean; command: boolean }): void {
    this.send({ kind: 'key', key: arrowOnImage(this.camera.orientation, key), ...modifiers });
  }

  complete(): void {
    this.send({ kind: 'complete' });
  }

  /** Gives up what is under way; with nothing under way, goes back to the select tool, then clears the selection. */
  cancel(): void {
    if (!this.busy && this.tool.name !== 'select') this.setTool('select');
    else this.send({ kind: 'cancel' });
  }

  fit(): void {
    this.setCamera(this.fittedCamera(this.camera.picture));
  }

  /** Shows these objects as large as is sensible. */
  zoomToObjects(ids: readonly string[]): void {
    const rects = ids.flatMap((id) => this.scene.get(id)?.rect ?? []);
    if (rects.length === 0) return;
    this.setCamera(
      this.camera.zoomedToFit({
        minX: Math.min(...rects.map((rect) => rect.minX)),
        minY: Math.min(...rects.map((rect) => rect.minY)),
        maxX: Math.max(...rects.map((rect) => rect.maxX)),
        maxY: Math.max(...rects.map((rect) => rect.maxY)),
      }),
    );
  }

  zoomTo(zoom: number): void {
    this.setCamera(this.camera.zoomedTo(zoom, this.zoomCentre()));
  }

  zoomBy(factor: number): void {
    this.setCamera(this.camera.zoomedBy(factor, this.zoomCentre()));
  }

  /** Moves the picture by so many screen pixels. */
  panBy(dx: number, dy: number): void {
    this.setCamera(this.camera.pannedBy(dx, dy));
  }

  /** Where the pointer is on the picture, if it is on the stage. */
  get pointer(): ImagePoint | null {
    return this.lastPointer ? this.camera.toImage(this.lastPointer) : null;
  }

  /** Draws a frame soon. */
  invalidate(): void {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.frame = 0;
    const { camera, pixelRatio, picture, colors } = this;
    const look = this.currentLook();
    const drawn = this.renderer.render({
      camera,
      pixelRatio,
      picture,
      look,
      sketch: this.tool.sketch(this.state, this.context()),
      selection: this.selection,
      hovered: this.hoveredOutside,
      hidden: (id) => this.isHidden(id),
      fillOpacity: this.fillOpacity,
      showLabels: this.showLabels,
      pins: this.allHidden ? [] : this.pins,
      colors,
    });
    this.overlays.draw(this.seeing.overlays, { camera, pixelRatio, picture, look, pointer: this.lastPointer, colors });
    if (!drawn) return;
    if (picture) {
      if (drawn.covered && this.firstFrameDue) {
        this.firstFrameDue = false;
        this.listener.firstFrame(picture.source.id);
      }
      const shown = drawn.wanted.map((tile) => ({ source: picture.source, tile }));
      const { overlays, adjustments } = this.seeing;
      const overview = overlays.minimap || adjustments.equalise ? overviewTiles(picture.levels) : [];
      const more = overview.filter(({ key }) => !drawn.wanted.some((tile) => tile.key === key)).map((tile) => ({ source: picture.source, tile }));
      this.tiles.want([...shown, ...more, ...this.prefetched]);
      // Pixels that are here but were too many for one frame.
      if (!drawn.sharp && drawn.wanted.every((tile) => this.tiles.has(picture.source.id, tile))) this.invalidate();
    } else {
      this.tiles.want(this.prefetched);
    }
  }

  /** What the shader needs for the adjustments, worked out when they change; `null` when the picture is shown as it is. */
  private currentLook(): Look | null {
    const { adjustments } = this.seeing;
    if (!this.picture || isNeutral(adjustments)) return (this.look = null);
    const levels = adjustments.equalise ? this.equaliser.levels(this.picture, adjustments.channel) : null;
    if (this.look?.of !== adjustments || this.look.levels !== levels) this.look = { of: adjustments, levels, look: lookOf(adjustments, levels) };
    return this.look.look;
  }

  private size(): Size {
    return { width: Math.max(this.element.clientWidth, 1), height: Math.max(this.element.clientHeight, 1) };
  }

  private setCamera(camera: Camera): void {
    this.camera = camera;
    const { zoom, origin, picture, orientation } = camera;
    const { xx, xy, yx, yy } = orientation;
    // Tests and assistive tools compute positions from this. It holds no content.
    this.element.dataset['camera'] = JSON.stringify({ zoom, x: origin.x, y: origin.y, ...picture, turn: [xx, xy, yx, yy] });
    this.listener.zoomed(zoom);
    this.invalidate();
  }

  private zoomCentre(): ScreenPoint {
    return this.lastPointer ?? screenPoint(this.camera.stage.width / 2, this.camera.stage.height / 2);
  }

  private isHidden(id: string): boolean {
    return this.allHidden || this.hiddenIds.has(id);
  }

  private context(): ToolContext {
    return {
      scene: this.scene,
      selection: this.selection,
      picture: this.camera.picture,
      editable: this.editable,
      drawing: this.drawing,
      hidden: (id) => this.isHidden(id),
      toImageLength: (length) => this.camera.toImageLength(length),
      newId: newIdentifier,
    };
  }

  private send(event: ToolEvent): void {
    const wasBusy = this.busy;
    const step = this.tool.transition(this.state, event, this.context());
    this.state = step.state;
    for (const effect of step.effects) {
      switch (effect.kind) {
        case 'commit':
          this.listener.commit(effect.intents);
          break;
        case 'select':
          this.select(effect.selection);
          break;
        case 'remark':
          this.listener.remark(effect.at, effect.object);
          break;
      }
    }
    if (wasBusy && !this.busy) this.listener.settled();
    this.refresh();
  }

  /** After anything that may change hint, cursor or frame. */
  private refresh(): void {
    const context = this.context();
    const hint = this.tool.hint(this.state);
    if (hint !== this.lastHint) {
      this.lastHint = hint;
      this.listener.hint(hint);
    }
    const hand = this.panning.name === 'dragging' ? 'grabbing' : this.panning.name === 'ready' ? 'grab' : null;
    this.canvas.style.cursor = hand ?? cursorOnScreen(this.camera.orientation, this.tool.cursor(this.state, context));
    this.setHovered(this.tool.sketch(this.state, context).hovered);
    this.invalidate();
  }

  private setHovered(id: string | null): void {
    if (this.hovered === id) return;
    this.hovered = id;
    this.listener.hovered(id);
  }

  private hand(event: PanEvent): boolean {
    const step = pan(this.panning, event);
    const changed = step.state.name !== this.panning.name;
    this.panning = step.state;
    if (step.by) this.setCamera(this.camera.pannedBy(step.by.dx, step.by.dy));
    if (changed) this.refresh();
    return step.taken;
  }

  private listen(): void {
    const { element, canvas } = this;
    const { signal } = this.abort;
    const place = (event: MouseEvent): ScreenPoint => {
      const rect = element.getBoundingClientRect();
      return screenPoint(event.clientX - rect.left, event.clientY - rect.top);
    };
    const pointer = (kind: 'down' | 'move' | 'up', event: PointerEvent, screen: ScreenPoint): void =>
      this.send({
        kind,
        screen,
        at: this.camera.toImage(screen),
        clicks: kind === 'down' ? this.clicks(event, screen) : 0,
        shift: event.shiftKey,
        alt: event.altKey,
        command: event.ctrlKey || event.metaKey,
      });
    canvas.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button > 1 || !this.picture) return;
        event.preventDefault();
        element.focus({ preventScroll: true });
        // A pointer that the test driver made up cannot be captured.
        try {
          canvas.setPointerCapture(event.pointerId);
        } catch {
          // The gesture then ends when it leaves the stage.
        }
        const screen = place(event);
        this.lastPointer = screen;
        if (this.hand({ kind: 'down', screen, middle: event.button === 1 })) return;
        const pin = this.pinAt(screen);
        if (pin && !this.busy) this.listener.pinPressed(pin.id);
        else pointer('down', event, screen);
      },
      { signal },
    );
    canvas.addEventListener(
      'pointermove',
      (event) => {
        const screen = place(event);
        this.lastPointer = screen;
        if (this.seeing.overlays.crosshair || this.seeing.overlays.rulers) this.invalidate();
        if (this.hand({ kind: 'move', screen }) || !this.picture) return;
        pointer('move', event, screen);
      },
      { signal },
    );
    canvas.addEventListener(
      'pointerup',
      (event) => {
        const screen = place(event);
        if (this.hand({ kind: 'up' }) || !this.picture || event.button !== 0) return;
        pointer('up', event, screen);
      },
      { signal },
    );
    canvas.addEventListener(
      'pointercancel',
      () => {
        this.hand({ kind: 'interrupt' });
        this.send({ kind: 'interrupt' });
      },
      { signal },
    );
    canvas.addEventListener(
      'pointerleave',
      () => {
        this.lastPointer = null;
        this.invalidate();
        if (!this.busy) this.send({ kind: 'interrupt' });
      },
      { signal },
    );
    canvas.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const action = wheelAction(event);
        this.setCamera(
          action.kind === 'zoom' ? this.camera.zoomedBy(action.factor, place(event)) : this.camera.pannedBy(action.dx, action.dy),
        );
      },
      { signal, passive: false },
    );
    // WebKit on a Mac reports pinches as gesture events; their scale is counted from the gesture's begin.
    let scale = 1;
    const gesture = (type: string, on: (event: MouseEvent & { scale: number }) => void): void =>
      element.addEventListener(
        type,
        (event) => {
          event.preventDefault();
          on(event as MouseEvent & { scale: number });
        },
        { signal },
      );
    gesture('gesturestart', () => (scale = 1));
    gesture('gesturechange', (event) => {
      this.setCamera(this.camera.zoomedBy(event.scale / scale, place(event)));
      scale = event.scale;
    });
    gesture('gestureend', () => (scale = 1));
    const typing = (event: KeyboardEvent): boolean =>
      event.target instanceof HTMLElement && event.target.matches('input, textarea, select, button, [contenteditable], [role="button"]');
    window.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== ' ' || event.repeat || typing(event)) return;
        event.preventDefault();
        this.hand({ kind: 'space', down: true });
      },
      { signal },
    );
    window.addEventListener('keyup', (event) => event.key === ' ' && this.hand({ kind: 'space', down: false }), { signal });
    window.addEventListener('blur', () => this.hand({ kind: 'interrupt' }), { signal });
  }

  private lastPress: { readonly time: number; readonly screen: ScreenPoint; readonly count: number } | null = null;

  /** Counts clicks by time and place: `PointerEvent.detail` is 0 everywhere. */
  private clicks(event: PointerEvent, screen: ScreenPoint): number {
    const last = this.lastPress;
    const again = last && event.timeStamp - last.time < 400 && Math.hypot(screen.x - last.screen.x, screen.y - last.screen.y) < 5;
    const count = again ? last.count + 1 : 1;
    this.lastPress = { time: event.timeStamp, screen, count };
    return count;
  }

  private pinAt(screen: ScreenPoint): Pin | null {
    if (this.allHidden) return null;
    const hit = (pin: Pin): boolean => {
      const { x, y } = this.camera.toScreen(pin.at);
      const size = pin.active ? 22 : 16;
      return screen.x >= x && screen.x <= x + size && screen.y <= y && screen.y >= y - size;
    };
    return this.pins.findLast(hit) ?? null;
  }
}
