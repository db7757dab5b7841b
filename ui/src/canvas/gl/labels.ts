// Class names at their objects: each distinct text is drawn once into an atlas, then placed as a quad on whole device pixels.
//
// Only what fits is shown: labels of objects that are large enough on the screen, the selected and the larger ones first,
// and none over another.

import { begin, CAMERA_GLSL, program, rgb, type Program, type View } from './program';
import { textOn } from './outlines';

/** A label that would like to be shown. `x` and `y` are the object's top left corner in device pixels. */
export interface Label {
  readonly text: string;
  readonly color: string;
  readonly x: number;
  readonly y: number;
}

/** The most labels in one frame. */
export const MOST_LABELS = 400;

interface Sprite {
  readonly u: number;
  readonly v: number;
  readonly width: number;
  readonly height: number;
}

const ATLAS = 1024;
const VERTEX = `${CAMERA_GLSL}
layout(location = 0) in vec4 box;
layout(location = 1) in vec2 origin;
out vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  at = (origin + corner * box.zw) / ${ATLAS}.0;
  gl_Position = toClip(box.xy + corner * box.zw);
}`;
const FRAGMENT = `
uniform sampler2D atlas;
in vec2 at;
out vec4 result;
void main() { result = texture(atlas, at); }`;

/** Draws labels. */
export class Labels {
  private sprites = new Map<string, Sprite>();
  private shelf = { x: 0, y: 0, height: 0 };
  private canvas: HTMLCanvasElement | null = null;
  private ratio = 0;
  private dirty = false;
  private program: Program | null = null;
  private array: WebGLVertexArrayObject | null = null;
  private buffer: WebGLBuffer | null = null;
  private texture: WebGLTexture | null = null;

  draw(gl: WebGL2RenderingContext, view: View, pixelRatio: number, labels: readonly Label[]): void {
    if (labels.length === 0) return;
    if (this.ratio !== pixelRatio) this.reset(pixelRatio);
    const placed: { x: number; y: number; sprite: Sprite }[] = [];
    for (const label of labels) {
      if (placed.length >= MOST_LABELS) break;
      const sprite = this.sprite(label.text, label.color);
      if (!sprite) continue;
      const edge = Math.round(2 * pixelRatio);
      const x = Math.max(Math.round(label.x), edge);
      // Above the object, or inside it where the stage ends.
      const above = Math.round(label.y) - sprite.height - edge;
      const y = above >= 0 ? above : Math.max(Math.round(label.y), 0) + edge;
      if (x + sprite.width < 0 || y + sprite.height < 0 || x > view.width || y > view.height) continue;
      const taken = placed.some(
        (other) =>
          x < other.x + other.sprite.width &&
          other.x < x + sprite.width &&
          y < other.y + other.sprite.height &&
          other.y < y + sprite.height,
      );
      if (!taken) placed.push({ x, y, sprite });
    }
    if (placed.length > 0) this.quads(gl, view, placed);
  }

  contextLost(): void {
    this.program = null;
    this.array = null;
    this.buffer = null;
    this.texture = null;
    this.dirty = true;
  }

  private quads(gl: WebGL2RenderingContext, view: View, placed: readonly { x: number; y: number; sprite: Sprite }[]): void {
    this.program ??= program(gl, VERTEX, FRAGMENT);
    if (!this.array) {
      this.array = gl.createVertexArray();
      this.buffer = gl.createBuffer();
      gl.bindVertexArray(this.array);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
      gl.enableVertexAttribArray(0);
      gl.vertexAttribPointer(0, 4, gl.FLOAT, false, 24, 0);
      gl.vertexAttribDivisor(0, 1);
      gl.enableVertexAttribArray(1);
      gl.vertexAttribPointer(1, 2, gl.FLOAT, false, 24, 16);
      gl.vertexAttribDivisor(1, 1);
    }
    gl.activeTexture(gl.TEXTURE0);
    if (!this.texture) {
      this.texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      this.dirty = true;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.dirty && this.canvas) {
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, this.canvas);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      this.dirty = false;
    }
    const data = new Float32Array(placed.length * 6);
    placed.forEach(({ x, y, sprite }, i) => data.set([x, y, sprite.width, sprite.height, sprite.u, sprite.v], i * 6));
    begin(gl, this.program, view);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STREAM_DRAW);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, placed.length);
    gl.bindVertexArray(null);
  }

  private reset(pixelRatio: number): void {
    this.ratio = pixelRatio;
    this.sprites.clear();
    this.shelf = { x: 0, y: 0, height: 0 };
    this.canvas ??= document.createElement('canvas');
    this.canvas.width = this.canvas.height = ATLAS;
  }

  /** The place of a text in the atlas, drawn there on first use; `null` when the atlas is full. */
  private sprite(text: string, color: string): Sprite | null {
    const key = `${color} ${text}`;
    const known = this.sprites.get(key);
    if (known) return known;
    const context = this.canvas?.getContext('2d');
    if (!context) return null;
    const unit = this.ratio;
    context.font = `600 ${11 * unit}px "Inter Variable", Inter, system-ui, sans-serif`;
    const wide = Math.min(context.measureText(text).width, 160 * unit);
    const [width, height] = [Math.ceil(wide + 10 * unit), Math.ceil(17 * unit)];
    if (this.shelf.x + width + 1 > ATLAS) this.shelf = { x: 0, y: this.shelf.y + this.shelf.height, height: 0 };
    if (this.shelf.y + height + 1 > ATLAS) return null;
    const sprite = { u: this.shelf.x, v: this.shelf.y, width, height };
    this.shelf = { x: this.shelf.x + width + 1, y: this.shelf.y, height: Math.max(this.shelf.height, height + 1) };
    const fill = rgb(color);
    context.save();
    context.beginPath();
    context.roundRect(sprite.u, sprite.v, width, height, 3 * unit);
    context.clip();
    context.fillStyle = `rgb(${fill.join(' ')})`;
    context.fillRect(sprite.u, sprite.v, width, height);
    context.fillStyle = textOn(fill);
    context.textBaseline = 'middle';
    context.fillText(text, sprite.u + 5 * unit, sprite.v + height / 2 + 0.5 * unit);
    context.restore();
    this.sprites.set(key, sprite);
    this.dirty = true;
    return sprite;
  }
}
