// Where the picture is on the stage.
//
// A camera is a value: moving it makes a new one, so that the renderer and the tests can compare two. It knows the sizes of
// picture and stage, and keeps the picture within reach. It does not animate and does not listen to anything.

import { imagePoint, screenPoint, type ImagePoint, type ImageRect, type ScreenPoint, type Size } from './geometry';

/** Screen pixels that stay free around a picture that is fitted to the stage. */
const MARGIN = 24;
/** The picture cannot leave the stage: at least this many screen pixels of it remain, or all of it if it is smaller. */
const REACH = 80;
/** The most screen pixels per image pixel. */
const MAX_ZOOM = 64;

export class Camera {
  private constructor(
    /** The picture, in image pixels. */
    readonly picture: Size,
    /** The stage, in screen pixels. */
    readonly stage: Size,
    /** Screen pixels per image pixel. */
    readonly zoom: number,
    /** Where the picture's top left corner is on the stage. */
    readonly origin: ScreenPoint,
  ) {}

  /** A camera that shows the whole picture in the middle of the stage. */
  static fitted(picture: Size, stage: Size): Camera {
    const zoom = Camera.fitZoom(picture, stage);
    return new Camera(picture, stage, zoom, Camera.centred(picture, stage, zoom));
  }

  /** The zoom at which the picture just fits. Small pictures are enlarged, at most eightfold. */
  static fitZoom(picture: Size, stage: Size): number {
    const room = { width: Math.max(stage.width - 2 * MARGIN, 32), height: Math.max(stage.height - 2 * MARGIN, 32) };
    return Math.min(room.width / Math.max(picture.width, 1), room.height / Math.max(picture.height, 1), 8);
  }

  private static centred(picture: Size, stage: Size, zoom: number): ScreenPoint {
    return screenPoint((stage.width - picture.width * zoom) / 2, (stage.height - picture.height * zoom) / 2);
  }

  /** Whether this is what `fitted` would give: such a camera follows when the stage changes its size. */
  get isFitted(): boolean {
    const fitted = Camera.fitted(this.picture, this.stage);
    return (
      Math.abs(fitted.zoom / this.zoom - 1) < 1e-6 &&
      Math.abs(fitted.origin.x - this.origin.x) < 0.01 &&
      Math.abs(fitted.origin.y - this.origin.y) < 0.01
    );
  }

  toScreen(point: ImagePoint): ScreenPoint {
    return screenPoint(point.x * this.zoom + this.origin.x, point.y * this.zoom + this.origin.y);
  }

  toImage(point: ScreenPoint): ImagePoint {
    return imagePoint((point.x - this.origin.x) / this.zoom, (point.y - this.origin.y) / this.zoom);
  }

  /** A length on the screen as a length on the picture. */
  toImageLength(screenPixels: number): number {
    return screenPixels / this.zoom;
  }

  /** The part of the plane that the stage shows, in image pixels; it may reach beyond the picture. */
  get view(): ImageRect {
    const min = this.toImage(screenPoint(0, 0));
    const max = this.toImage(screenPoint(this.stage.width, this.stage.height));
    return { minX: min.x, minY: min.y, maxX: max.x, maxY: max.y };
  }

  /** The least zoom: half of what fits, or 1:1 for pictures smaller than the stage. */
  get minZoom(): number {
    return Math.min(Camera.fitZoom(this.picture, this.stage) / 2, 1);
  }

  /** Zoomed by a factor; the point of the picture under `about` stays there. */
  zoomedBy(factor: number, about: ScreenPoint): Camera {
    return this.zoomedTo(this.zoom * factor, about);
  }

  /** Zoomed to so many screen pixels per image pixel; the point of the picture under `about` stays there. */
  zoomedTo(zoom: number, about: ScreenPoint): Camera {
    const bounded = Math.min(Math.max(zoom, this.minZoom), MAX_ZOOM);
    const ratio = bounded / this.zoom;
    const origin = screenPoint(about.x - (about.x - this.origin.x) * ratio, about.y - (about.y - this.origin.y) * ratio);
    return new Camera(this.picture, this.stage, bounded, origin).within();
  }

  /** Moved by so many screen pixels. */
  pannedBy(dx: number, dy: number): Camera {
    return new Camera(this.picture, this.stage, this.zoom, screenPoint(this.origin.x + dx, this.origin.y + dy)).within();
  }

  /** With a stage of another size: a fitted picture stays fitted, else the middle of the view stays in the middle. */
  resizedTo(stage: Size): Camera {
    if (this.isFitted) return Camera.fitted(this.picture, stage);
    const origin = screenPoint(
      this.origin.x + (stage.width - this.stage.width) / 2,
      this.origin.y + (stage.height - this.stage.height) / 2,
    );
    return new Camera(this.picture, stage, this.zoom, origin).within();
  }

  /** Moved and, if it must be, zoomed out so that a rectangle of the picture is well in view. */
  showing(rect: ImageRect): Camera {
    const view = this.view;
    if (rect.minX >= view.minX && rect.minY >= view.minY && rect.maxX <= view.maxX && rect.maxY <= view.maxY) return this;
    const [width, height] = [Math.max(rect.maxX - rect.minX, 1), Math.max(rect.maxY - rect.minY, 1)];
    const zoom = Math.min(this.zoom, (this.stage.width * 0.8) / width, (this.stage.height * 0.8) / height);
    const origin = screenPoint(
      this.stage.width / 2 - ((rect.minX + rect.maxX) / 2) * zoom,
      this.stage.height / 2 - ((rect.minY + rect.maxY) / 2) * zoom,
    );
    return new Camera(this.picture, this.stage, zoom, origin).within();
  }

  private within(): Camera {
    const keep = (origin: number, extent: number, room: number): number => {
      const reach = Math.min(REACH, extent);
      return Math.min(Math.max(origin, reach - extent), room - reach);
    };
    const origin = screenPoint(
      keep(this.origin.x, this.picture.width * this.zoom, this.stage.width),
      keep(this.origin.y, this.picture.height * this.zoom, this.stage.height),
    );
    return new Camera(this.picture, this.stage, this.zoom, origin);
  }
}
