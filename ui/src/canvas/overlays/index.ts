// The overlays: what is drawn over the picture to find one's way on it. One canvas above that of the picture, which the pointer
// passes through, and one for the minimap. With none switched on, both are gone and cost nothing.

import type { Overlays as Switches } from '../../generated/contract';
import type { Look } from '../adjustments';
import type { Camera } from '../camera';
import type { ImagePoint, ScreenPoint } from '../geometry';
import type { Picture } from '../gl/pictures';
import type { StageColors } from '../gl/renderer';
import type { TileStore } from '../tiles';
import { crosshair } from './crosshair';
import { grid } from './grid';
import { Minimap } from './minimap';
import type { OverlayFrame } from './overlay';
import { pixelGrid } from './pixel-grid';
import { rulers } from './rulers';

export type { Switches };

/** The two canvases of a stage that lie over its picture. */
export interface Layers {
  readonly overlay: HTMLCanvasElement;
  readonly minimap: HTMLCanvasElement;
}

export const NO_OVERLAYS: Switches = { grid: false, crosshair: false, pixels: false, rulers: false, minimap: false };

/** One frame of the stage. */
export interface Seen {
  readonly camera: Camera;
  readonly pixelRatio: number;
  readonly picture: Picture | null;
  readonly look: Look | null;
  readonly pointer: ScreenPoint | null;
  readonly colors: StageColors;
}

/** Draws what is switched on. */
export class Overlays {
  private readonly minimap: Minimap;

  constructor(
    private readonly layers: Layers,
    private readonly store: TileStore,
    moveTo: (point: ImagePoint) => void,
  ) {
    this.minimap = new Minimap(layers.minimap, store, moveTo);
    layers.overlay.hidden = true;
  }

  dispose(): void {
    this.minimap.dispose();
  }

  draw(on: Switches, { camera, pixelRatio, picture, look, pointer, colors }: Seen): void {
    if (on.minimap && picture) this.minimap.draw(camera, pixelRatio, picture, look);
    else this.minimap.hide();
    const { overlay } = this.layers;
    const needed = picture !== null && (on.grid || on.crosshair || on.pixels || on.rulers);
    const context = needed ? overlay.getContext('2d') : null;
    overlay.hidden = context === null;
    if (!context || !picture) return;
    const [width, height] = [Math.round(camera.stage.width * pixelRatio), Math.round(camera.stage.height * pixelRatio)];
    if (overlay.width !== width || overlay.height !== height) {
      overlay.width = width;
      overlay.height = height;
    }
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, camera.stage.width, camera.stage.height);
    const frame: OverlayFrame = { context, camera, pixelRatio, pointer, colors };
    if (on.pixels) pixelGrid(frame, picture, look, this.store);
    if (on.grid) grid(frame);
    if (on.crosshair) crosshair(frame);
    if (on.rulers) rulers(frame);
  }
}
