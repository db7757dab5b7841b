// Where the picture is on the stage, and which way up.
//
// A camera is a value: moving it makes a new one, so that the renderer and the tests can compare two. It knows the sizes of
// picture and stage, and keeps the picture within reach. It does not animate and does not listen to anything.

import { imagePoint, rectBetween, screenPoint, type ImagePoint, type ImageRect, type ScreenPoint, type Size } from './geometry';
import { toImageDirection, toScreenDirection, UPRIGHT, type Orientation } from './orientation';

/** Screen pixels that stay free around a picture that is fitted to the stage. */
const MARGIN = 24;
/** The picture cannot leave the stage: at least this many screen pixels of it remain, or all of it if it is smaller. */
const REACH = 80;
/** The most screen pixels per image pixel. */
const MAX_ZOOM = 64;
/** How much of the stage a thing that is zoomed to may take. */
const FRAME = 0.7;

export class Camera {
  private constructor(
    /** The picture, in image pixels. */
    readonly picture: Size,
    /** The stage, in screen pixels. */
    readonly stage: Size,
    /** Screen pixels per image pixel. */
    readonly zoom: number,
    /** Where the image's point (0, 0) is on the stage: the top left corner of a picture that is upright. */
    readonly origin: ScreenPoint,
    readonly orientation: Orientation,
  ) {}

  /** A camera that shows the whole picture in the middle of the stage. */
  static fitted(picture: Size, stage: Size, orientation: Orientation = UPRIGHT): Camera {
    const middle = imagePoint(picture.width / 2, picture.height / 2);
    return Camera.centredOn(middle, picture, stage, Camera.fitZoom(picture, stage, orientation), orientation);
  }

  /** A camera whose stage is just the whole picture, as large as there is room for. */
  static filling(picture: Size, room: Size, orientation: Orientation): Camera {
    const seen = seenSize(picture, orientation);
    const zoom = Math.min(room.width / Math.max(seen.width, 1), room.height / Math.max(seen.height, 1));
    const stage = { width: seen.width * zoom, height: seen.height * zoom };
    return Camera.centredOn(imagePoint(picture.width / 2, picture.height / 2), picture, stage, zoom, orientation);
  }

  /** The zoom at which the picture just fits. Small pictures are enlarged, at most eightfold. */
  static fitZoom(picture: Size, stage: Size, orientation: Orientation = UPRIGHT): number {
    const room = { width: Math.max(stage.width - 2 * MARGIN, 32), height: Math.max(stage.height - 2 * MARGIN, 32) };
    const seen = seenSize(picture, orientation);
    return Math.min(room.width / Math.max(seen.width, 1), room.height / Math.max(seen.height, 1), 8);
  }

  private static centredOn(point: ImagePoint, picture: Size, stage: Size, zoom: number, orientation: Orientation): Camera {
    const { x, y } = toScreenDirection(orientation, point.x, point.y);
    return new Camera(picture, stage, zoom, screenPoint(stage.width / 2 - x * zoom, stage.height / 2 - y * zoom), orientation);
  }

  /** Whether this is what `fitted` would give: such a camera follows when the stage changes its size. */
  get isFitted(): boolean {
    const fitted = Camera.fitted(this.picture, this.stage, this.orientation);
    return (
      Math.abs(fitted.zoom / this.zoom - 1) < 1e-6 &&
      Math.abs(fitted.origin.x - this.origin.x) < 0.01 &&
      Math.abs(fitted.origin.y - this.origin.y) < 0.01
    );
  }

  toScreen(point: ImagePoint): ScreenPoint {
    const { x, y } = toScreenDirection(this.orientation, point.x, point.y);
    return screenPoint(x * this.zoom + this.origin.x, y * this.zoom + this.origin.y);
  }

  toImage(point: ScreenPoint): ImagePoint {
    const { x, y } = toImageDirection(this.orientation, point.x - this.origin.x, point.y - this.origin.y);
    return imagePoint(x / this.zoom, y / this.zoom);
  }

  /** A length on the screen as a length on the picture. */
  toImageLength(screenPixels: number): number {
    return screenPixels / this.zoom;
  }

  /** The part of the plane that the stage shows, in image pixels; it may reach beyond the picture. */
  get view(): ImageRect {
    return rectBetween(this.toImage(screenPoint(0, 0)), this.toImage(screenPoint(this.stage.width, this.stage.height)));
  }

  /** Where a rectangle of the picture is on the stage. */
  seen(rect: ImageRect): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
    const [a, b] = [this.toScreen(imagePoint(rect.minX, rect.minY)), this.toScreen(imagePoint(rect.maxX, rect.maxY))];
    return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(b.x - a.x), height: Math.abs(b.y - a.y) };
  }

  /** The least zoom: half of what fits, or 1:1 for pictures smaller than the stage. */
  get minZoom(): number {
    return Math.min(Camera.fitZoom(this.picture, this.stage, this.orientation) / 2, 1);
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
    return new Camera(this.picture, this.stage, bounded, origin, this.orientation).within();
  }

  /** Moved by so many screen pixels. */
  pannedBy(dx: number, dy: number): Camera {
    return new Camera(this.picture, this.stage, this.zoom, screenPoint(this.origin.x + dx, this.origin.y + dy), this.orientation).within();
  }

  /** With a stage of another size: a fitted picture stays fitted, else the middle of the view stays in the middle. */
  resizedTo(stage: Size): Camera {
    if (this.isFitted) return Camera.fitted(this.picture, stage, this.orientation);
    const origin = screenPoint(
      this.origin.x + (stage.width - this.stage.width) / 2,
      this.origin.y + (stage.height - this.stage.height) / 2,
    );
    return new Camera(this.picture, stage, this.zoom, origin, this.orientation).within();
  }

  /** Moved and, if it must be, zoomed out so that a rectangle of the picture is well in view. */
  showing(rect: ImageRect): Camera {
    const view = this.view;
    if (rect.minX >= view.minX && rect.minY >= view.minY && rect.maxX <= view.maxX && rect.maxY <= view.maxY) return this;
    return this.framed(rect, this.zoom, 0.8);
  }

  /** Zoomed in or out so that a rectangle of the picture fills most of the stage, but not to single pixels. */
  zoomedToFit(rect: ImageRect): Camera {
    return this.framed(rect, Math.max(16, Camera.fitZoom(this.picture, this.stage, this.orientation)), FRAME);
  }

  /** With the middle of the stage over this point of the picture. */
  centredAt(point: ImagePoint): Camera {
    return Camera.centredOn(point, this.picture, this.stage, this.zoom, this.orientation).within();
  }

  /** The other way up: a fitted picture stays fitted, else what is in the middle of the stage stays there. */
  oriented(orientation: Orientation): Camera {
    if (this.isFitted) return Camera.fitted(this.picture, this.stage, orientation);
    const middle = this.toImage(screenPoint(this.stage.width / 2, this.stage.height / 2));
    return Camera.centredOn(middle, this.picture, this.stage, this.zoom, orientation).within();
  }

  private framed(rect: ImageRect, most: number, part: number): Camera {
    const size = { width: Math.max(rect.maxX - rect.minX, 1), height: Math.max(rect.maxY - rect.minY, 1) };
    const seen = seenSize(size, this.orientation);
    const zoom = Math.min(most, MAX_ZOOM, (this.stage.width * part) / seen.width, (this.stage.height * part) / seen.height);
    const middle = imagePoint((rect.minX + rect.maxX) / 2, (rect.minY + rect.maxY) / 2);
    return Camera.centredOn(middle, this.picture, this.stage, zoom, this.orientation).within();
  }

  private within(): Camera {
    const keep = (corner: number, extent: number, room: number): number => {
      const reach = Math.min(REACH, extent);
      return Math.min(Math.max(corner, reach - extent), room - reach) - corner;
    };
    const { x, y, width, height } = this.seen({ minX: 0, minY: 0, maxX: this.picture.width, maxY: this.picture.height });
    const by = { x: keep(x, width, this.stage.width), y: keep(y, height, this.stage.height) };
    return new Camera(this.picture, this.stage, this.zoom, screenPoint(this.origin.x + by.x, this.origin.y + by.y), this.orientation);
  }
}

/** How wide and high something is as it is seen. */
function seenSize(size: Size, { xx }: Orientation): Size {
  return xx === 0 ? { width: size.height, height: size.width } : size;
}
