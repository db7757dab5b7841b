// One frame of the stage: picture, fills, outlines, sketch, handles, labels, pins, in this order, on one WebGL2 canvas.
//
// The renderer is told what there is and draws it; it decides nothing. It survives a lost graphics context: everything on the
// card can be made again from what it keeps.

import type { Look } from '../adjustments';
import type { Camera } from '../camera';
import { imagePoint, rings, type ImagePoint, type ImageRect } from '../geometry';
import type { Scene, SceneChange } from '../scene';
import type { TileStore } from '../tiles';
import type { Selection, Sketch } from '../tools/tool';
import type { Shape } from '../../generated/contract';
import { Labels, MOST_LABELS, type Label } from './labels';
import { Marks, type Mark } from './marks';
import { FAINT, HIDDEN, HOVERED, Outlines, SELECTED } from './outlines';
import { Pictures, type Drawn, type Picture } from './pictures';
import { rgb, type Rgb, type View } from './program';

/** A comment on the stage. */
export interface Pin {
  readonly id: string;
  readonly at: ImagePoint;
  readonly resolved: boolean;
  readonly active: boolean;
}

/** Colours of the stage that do not come from classes; they are the window's tokens. */
export interface StageColors {
  readonly background: Rgb;
  readonly accent: Rgb;
  /** Of what lies over the picture at its edges, and of the writing there. */
  readonly surface: Rgb;
  readonly text: Rgb;
}

/** Everything a frame shows. */
export interface Frame {
  readonly camera: Camera;
  readonly pixelRatio: number;
  readonly picture: Picture | null;
  /** How the picture is adjusted; `null` when it is shown as it is. */
  readonly look: Look | null;
  readonly sketch: Sketch;
  readonly selection: Selection;
  readonly hovered: string | null;
  hidden(id: string): boolean;
  readonly fillOpacity: number;
  readonly showLabels: boolean;
  readonly pins: readonly Pin[];
  readonly colors: StageColors;
}

/** Above this many shapes it pays to ask which are in view. */
const CULL_ABOVE = 400;
/** With more shapes than this in view halos would cover the picture, and cost a third of the frame. */
const HALO_UP_TO = 3000;
const WHITE: Rgb = [255, 255, 255];
const DARK: Rgb = [24, 24, 27];

/** Draws frames of one scene on one canvas. */
export class Renderer {
  private readonly gl: WebGL2RenderingContext;
  private readonly outlines = new Outlines();
  private readonly sketched = new Outlines();
  private readonly pictures: Pictures;
  private readonly marks = new Marks();
  private readonly labels = new Labels();
  private overridden = new Map<string, Shape>();
  private lost = false;
  private readonly abort = new AbortController();

  /** Throws when there is no WebGL2. `restored` is called when a lost context is back and a frame is due. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly scene: Scene,
    store: TileStore,
    restored: () => void,
  ) {
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false });
    if (!gl) throw new Error('This machine cannot draw the picture: WebGL 2 is not available.');
    this.gl = gl;
    this.pictures = new Pictures(store);
    const { signal } = this.abort;
    canvas.addEventListener(
      'webglcontextlost',
      (event) => {
        // Without this the browser never gives the context back.
        event.preventDefault();
        this.lost = true;
        for (const part of [this.outlines, this.sketched, this.pictures, this.marks, this.labels]) part.contextLost();
      },
      { signal },
    );
    canvas.addEventListener(
      'webglcontextrestored',
      () => {
        this.lost = false;
        restored();
      },
      { signal },
    );
  }

  /** Takes over what changed in the scene. */
  sceneChanged(change: SceneChange): void {
    for (const id of change.removed) this.outlines.remove(id);
    if (change.reordered || this.outlines.sparse) {
      // Records are drawn in the order in which they were written.
      this.outlines.clear();
      for (const object of this.scene.all()) this.outlines.shape(object.id, rings(object.shape));
      this.overridden.clear();
      return;
    }
    for (const id of change.changed) {
      const object = this.scene.get(id);
      if (object) this.outlines.shape(id, rings(object.shape));
      this.overridden.delete(id);
    }
  }

  /** Draws a frame. `null` while the context is lost. */
  render(frame: Frame): Drawn | null {
    const { gl } = this;
    if (this.lost || gl.isContextLost()) return null;
    const { camera, pixelRatio } = frame;
    this.resize(Math.max(Math.round(camera.stage.width * pixelRatio), 1), Math.max(Math.round(camera.stage.height * pixelRatio), 1));
    const view: View = {
      zoom: camera.zoom * pixelRatio,
      x: camera.origin.x * pixelRatio,
      y: camera.origin.y * pixelRatio,
      width: this.canvas.width,
      height: this.canvas.height,
      orientation: camera.orientation,
    };
    gl.viewport(0, 0, view.width, view.height);
    const [r, g, b] = frame.colors.background;
    gl.clearColor(r / 255, g / 255, b / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const shown = camera.view;
    const drawn = frame.picture ? this.pictures.draw(gl, view, shown, frame.picture, frame.look) : { wanted: [], covered: false, sharp: false };
    this.override(frame.sketch.overrides);
    this.style(frame);
    const visible = this.scene.size > CULL_ABOVE ? this.scene.within(shown) : null;
    const few = visible && visible.length * 3 < this.scene.size ? visible.map((object) => object.id) : null;
    const halo = (visible?.length ?? 0) <= HALO_UP_TO;
    this.outlines.draw(gl, view, { fillOpacity: frame.fillOpacity, pixelRatio, halo }, few);
    this.sketch(frame, shown);
    this.sketched.draw(gl, view, { fillOpacity: 0.14, pixelRatio, halo: true });
    if (frame.showLabels) this.labels.draw(gl, view, pixelRatio, this.wishedLabels(frame, shown));
    this.marks.draw(gl, view, pixelRatio, marksOf(frame));
    return drawn;
  }

  /** Frees the graphics memory. */
  dispose(): void {
    this.abort.abort();
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private resize(width: number, height: number): void {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }

  /** Draws dragged objects where they are dragged to, and puts back those that are not dragged any more. */
  private override(overrides: ReadonlyMap<string, Shape>): void {
    for (const id of this.overridden.keys()) {
      if (overrides.has(id)) continue;
      const object = this.scene.get(id);
      if (object) this.outlines.shape(id, rings(object.shape));
      this.overridden.delete(id);
    }
    for (const [id, shape] of overrides) {
      if (this.overridden.get(id) === shape || !this.scene.get(id)) continue;
      this.outlines.shape(id, rings(shape));
      this.overridden.set(id, shape);
    }
  }

  private style(frame: Frame): void {
    const selected = new Set(frame.selection.ids);
    const hovered = frame.sketch.hovered ?? frame.hovered;
    for (const { id, color } of this.scene.all()) {
      const flags = (frame.hidden(id) ? HIDDEN : 0) | (selected.has(id) ? SELECTED : 0) | (id === hovered ? HOVERED : 0);
      this.outlines.style(id, rgbOf(color), flags);
    }
  }

  private sketch(frame: Frame, shown: ImageRect): void {
    const { sketch, colors } = frame;
    this.sketched.clear();
    let next = 0;
    const add = (points: readonly ImagePoint[], closed: boolean, color: Rgb, flags: number): void => {
      const id = String(next++);
      this.sketched.shape(id, [points], closed);
      this.sketched.style(id, color, flags);
    };
    if (sketch.guides) {
      const { x, y } = sketch.guides;
      add([imagePoint(shown.minX, y), imagePoint(shown.maxX, y)], false, WHITE, FAINT);
      add([imagePoint(x, shown.minY), imagePoint(x, shown.maxY)], false, WHITE, FAINT);
    }
    for (const line of sketch.lines) add(line.points, line.closed, rgbOf(line.color), SELECTED);
    if (sketch.band) {
      const { minX, minY, maxX, maxY } = sketch.band;
      const corners = [imagePoint(minX, minY), imagePoint(maxX, minY), imagePoint(maxX, maxY), imagePoint(minX, maxY)];
      add(corners, true, colors.accent, FAINT);
    }
  }

  private wishedLabels(frame: Frame, shown: ImageRect): Label[] {
    const { camera, pixelRatio } = frame;
    const first = new Set([...frame.selection.ids, frame.sketch.hovered ?? frame.hovered ?? '']);
    const least = 22 / camera.zoom;
    const place = (rect: ImageRect, text: string, color: string): Label => {
      const corner = camera.seen(rect);
      return { text, color, x: corner.x * pixelRatio, y: corner.y * pixelRatio };
    };
    return this.scene
      .within(shown)
      .filter(
        ({ id, rect }) =>
          !frame.hidden(id) &&
          !this.overridden.has(id) &&
          (first.has(id) || (rect.maxX - rect.minX >= least && rect.maxY - rect.minY >= least / 2)),
      )
      .sort((a, b) => Number(first.has(b.id)) - Number(first.has(a.id)) || b.coverage - a.coverage)
      .slice(0, MOST_LABELS)
      .map(({ rect, label, color }) => place(rect, label, color));
  }
}

const parsed = new Map<string, Rgb>();
function rgbOf(color: string): Rgb {
  let value = parsed.get(color);
  if (!value) {
    value = rgb(color);
    parsed.set(color, value);
  }
  return value;
}

function marksOf(frame: Frame): Mark[] {
  const { accent } = frame.colors;
  const marks: Mark[] = frame.pins.map(({ at, resolved, active }) => ({
    at,
    size: active ? 22 : 16,
    form: 'pin',
    fill: resolved ? [140, 140, 146] : accent,
    rim: WHITE,
  }));
  for (const { at, kind, active } of frame.sketch.handles) {
    const size = { corner: 9, vertex: 9, midpoint: 6, closing: 12 }[kind] + (active ? 2 : 0);
    marks.push({ at, size, form: kind === 'corner' ? 'square' : 'disc', fill: active ? accent : WHITE, rim: active ? WHITE : DARK });
  }
  return marks;
}
