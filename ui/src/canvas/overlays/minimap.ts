// The whole picture in small, with the part that the stage shows. Pressing or dragging on it moves the view there.
//
// It is there only while a part of the picture is out of view. It has a canvas of its own, because the pointer is wanted on it.

import type { Look } from '../adjustments';
import { Camera } from '../camera';
import { screenPoint, type ImagePoint, type Size } from '../geometry';
import type { Picture } from '../gl/pictures';
import type { Orientation } from '../orientation';
import type { TileStore } from '../tiles';
import { smallPicture } from './small-picture';

/** The room for it, in CSS pixels. */
const ROOM: Size = { width: 184, height: 140 };

/** What one drawing of the small picture was made of. */
interface Made {
  readonly picture: Picture;
  readonly look: Look | null;
  readonly orientation: Orientation;
  readonly pixelRatio: number;
  readonly image: HTMLCanvasElement;
}

export class Minimap {
  private made: Made | null = null;
  private camera: Camera | null = null;
  private readonly abort = new AbortController();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly store: TileStore,
    moveTo: (point: ImagePoint) => void,
  ) {
    const { signal } = this.abort;
    const go = (event: PointerEvent): void => {
      const rect = canvas.getBoundingClientRect();
      if (this.camera) moveTo(this.camera.toImage(screenPoint(event.clientX - rect.left - canvas.clientLeft, event.clientY - rect.top - canvas.clientTop)));
    };
    canvas.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        try {
          canvas.setPointerCapture(event.pointerId);
        } catch {
          // A pointer that was made up cannot be captured; dragging then ends at the border.
        }
        go(event);
      },
      { signal },
    );
    canvas.addEventListener('pointermove', (event) => void (event.buttons & 1 && go(event)), { signal });
    this.hide();
  }

  dispose(): void {
    this.abort.abort();
    this.hide();
  }

  /** Takes it off the stage and forgets the picture. */
  hide(): void {
    this.made = null;
    this.camera = null;
    this.canvas.hidden = true;
    this.canvas.width = 0;
  }

  draw(camera: Camera, pixelRatio: number, picture: Picture, look: Look | null): void {
    const { view } = camera;
    const { width, height } = camera.picture;
    if (view.minX <= 0 && view.minY <= 0 && view.maxX >= width && view.maxY >= height) {
      this.canvas.hidden = true;
      return;
    }
    const small = Camera.filling(camera.picture, ROOM, camera.orientation);
    const image = this.image(small, pixelRatio, picture, look);
    const context = this.canvas.getContext('2d');
    if (!image || !context) return;
    this.camera = small;
    this.canvas.hidden = false;
    if (this.canvas.width !== image.width || this.canvas.height !== image.height) {
      this.canvas.width = image.width;
      this.canvas.height = image.height;
      this.canvas.style.width = `${small.stage.width}px`;
      this.canvas.style.height = `${small.stage.height}px`;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(image, 0, 0);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    const clip = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
    const part = small.seen({ minX: clip(view.minX, width), minY: clip(view.minY, height), maxX: clip(view.maxX, width), maxY: clip(view.maxY, height) });
    // What is out of view is dimmed; even-odd leaves the part alone.
    context.beginPath();
    context.rect(0, 0, small.stage.width, small.stage.height);
    context.rect(part.x, part.y, part.width, part.height);
    context.fillStyle = 'rgb(0 0 0 / 0.45)';
    context.fill('evenodd');
    // However far one is zoomed in, the part stays large enough to be found.
    const least = 6;
    const [wide, high] = [Math.max(part.width, least), Math.max(part.height, least)];
    const [x, y] = [part.x + (part.width - wide) / 2, part.y + (part.height - high) / 2];
    for (const [line, color] of [
      [3.5, 'rgb(0 0 0 / 0.55)'],
      [1.5, '#ffffff'],
    ] as const) {
      context.lineWidth = line;
      context.strokeStyle = color;
      context.strokeRect(x, y, wide, high);
    }
  }

  /** The small picture as it is seen, made anew when something of it changed; `null` until its overview is in memory. */
  private image(small: Camera, pixelRatio: number, picture: Picture, look: Look | null): HTMLCanvasElement | null {
    const { made } = this;
    const { orientation } = small;
    if (made?.picture === picture && made.look === look && made.orientation === orientation && made.pixelRatio === pixelRatio) return made.image;
    const image = smallPicture(small, pixelRatio, picture, look, this.store);
    if (!image) return made?.picture === picture && made.orientation === orientation ? made.image : null;
    this.made = { picture, look, orientation, pixelRatio, image };
    return image;
  }
}
