// Shapes on the graphics card: four vertices a line segment (instances would be shorter, but software rasterisers draw each of
// them by itself, which made 200,000 segments ten times slower), triangles for the fills, and one texel a shape for its style.
//
// Moving the camera changes uniforms only. Selecting, hovering and hiding change a texel. A changed shape rewrites its own
// records. The halo and the line are two passes over the same records, so that no halo covers the line of its neighbour.

import earcut from 'earcut';
import type { ImagePoint } from '../geometry';
import { begin, brightness, CAMERA_GLSL, program, type Program, type Rgb, type View } from './program';
import { RecordBuffer } from './records';

/** Flags of a style. */
export const HIDDEN = 1;
export const SELECTED = 2;
export const HOVERED = 4;
/** The line is thin and without emphasis, as a guide. */
export const FAINT = 16;

const WIDTH = 256;

const STYLE_GLSL = `
uniform sampler2D styles;
vec4 styleOf(float slot) { int i = int(slot); return texelFetch(styles, ivec2(i % ${WIDTH}, i / ${WIDTH}), 0); }
`;

const LINE_VERTEX = `${CAMERA_GLSL}${STYLE_GLSL}
layout(location = 0) in vec4 segment;
layout(location = 1) in float slot;
uniform float ratio;
uniform bool halo;
out vec2 local;
flat out float reach;
flat out float extent;
flat out vec4 color;
void main() {
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  if (slot < 0.0) return;
  vec4 style = styleOf(slot);
  int flags = int(style.a * 255.0 + 0.5);
  if ((flags & ${HIDDEN}) != 0) return;
  float width = (flags & ${SELECTED}) != 0 ? 2.5 : (flags & ${HOVERED}) != 0 ? 2.5 : (flags & ${FAINT}) != 0 ? 1.0 : 1.75;
  reach = (width * 0.5 + (halo ? 1.0 : 0.0)) * ratio;
  float bright = dot(style.rgb, vec3(0.299, 0.587, 0.114));
  vec3 contrast = bright > 0.36 ? vec3(0.05, 0.05, 0.06) : vec3(1.0);
  color = halo ? vec4(contrast, (flags & ${FAINT}) != 0 ? 0.4 : 0.75) : vec4(style.rgb, (flags & ${FAINT}) != 0 ? 0.7 : 1.0);
  vec2 a = toDevice(segment.xy);
  vec2 b = toDevice(segment.zw);
  extent = distance(a, b);
  vec2 along = extent > 0.0 ? (b - a) / extent : vec2(1.0, 0.0);
  vec2 across = vec2(-along.y, along.x);
  float pad = reach + 1.0;
  bool far = (gl_VertexID & 1) == 1;
  float side = (gl_VertexID & 2) == 2 ? pad : -pad;
  local = vec2(far ? extent + pad : -pad, side);
  gl_Position = toClip((far ? b + along * pad : a - along * pad) + across * side);
}`;

const LINE_FRAGMENT = `
in vec2 local;
flat in float reach;
flat in float extent;
flat in vec4 color;
out vec4 result;
void main() {
  float away = length(vec2(max(max(-local.x, local.x - extent), 0.0), local.y));
  float alpha = color.a * clamp(reach - away + 0.5, 0.0, 1.0);
  if (alpha <= 0.0) discard;
  result = vec4(color.rgb * alpha, alpha);
}`;

const FILL_VERTEX = `${CAMERA_GLSL}${STYLE_GLSL}
layout(location = 0) in vec2 place;
layout(location = 1) in float slot;
uniform float opacity;
flat out vec4 color;
void main() {
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  if (slot < 0.0) return;
  vec4 style = styleOf(slot);
  int flags = int(style.a * 255.0 + 0.5);
  if ((flags & ${HIDDEN}) != 0) return;
  float alpha = opacity;
  if ((flags & ${SELECTED}) != 0) alpha = min(opacity + 0.14, 0.6);
  else if ((flags & ${HOVERED}) != 0) alpha = min(opacity + 0.08, 0.6);
  color = vec4(style.rgb * alpha, alpha);
  gl_Position = toClip(toDevice(place));
}`;

const FILL_FRAGMENT = `
flat in vec4 color;
out vec4 result;
void main() { result = color; }`;

/** How shapes look. */
export interface Look {
  readonly fillOpacity: number;
  readonly pixelRatio: number;
  /** Whether lines have a halo. */
  readonly halo: boolean;
}

/** A set of shapes that are drawn together. */
export class Outlines {
  private segments = new RecordBuffer(20);
  private triangles = new RecordBuffer(3);
  private slots = new Map<string, number>();
  private free: number[] = [];
  private styles = new Uint8Array(WIDTH * 4);
  private stylesDirty = true;
  private programs: { line: Program; fill: Program } | null = null;
  private indices: { readonly buffer: WebGLBuffer; readonly segments: number } | null = null;
  private texture: WebGLTexture | null = null;
  private arrays: { line: WebGLVertexArrayObject; fill: WebGLVertexArrayObject } | null = null;

  /** Sets the geometry of a shape; rings are closed unless the shape is a line under way. */
  shape(id: string, rings: readonly (readonly ImagePoint[])[], closed = true): void {
    const slot = this.slot(id);
    this.segments.write(id, segmentRecords(rings, closed, slot));
    if (closed) this.triangles.write(id, triangleRecords(rings, slot));
    else this.triangles.remove(id);
  }

  /** Sets colour and flags of a shape. Costs nothing when they are what they were. */
  style(id: string, [r, g, b]: Rgb, flags: number): void {
    const at = this.slot(id) * 4;
    const { styles } = this;
    if (styles[at] === r && styles[at + 1] === g && styles[at + 2] === b && styles[at + 3] === flags) return;
    styles.set([r, g, b, flags], at);
    this.stylesDirty = true;
  }

  remove(id: string): void {
    const slot = this.slots.get(id);
    if (slot === undefined) return;
    this.segments.remove(id);
    this.triangles.remove(id);
    this.slots.delete(id);
    this.free.push(slot);
  }

  clear(): void {
    this.segments.clear();
    this.triangles.clear();
    this.slots.clear();
    this.free = [];
  }

  get size(): number {
    return this.slots.size;
  }

  /** Whether everything should be written anew because too much of the buffers is empty. */
  get sparse(): boolean {
    return this.segments.sparse || this.triangles.sparse;
  }

  /**
   * Draws all shapes, or only those named. Naming pays when few of many are in view: their records are drawn range by range.
   */
  draw(gl: WebGL2RenderingContext, view: View, look: Look, only: readonly string[] | null = null): void {
    if (this.slots.size === 0) return;
    const { line, fill } = this.prepare(gl);
    const arrays = this.arrays;
    if (!arrays) return;
    this.bindStyles(gl);
    if (look.fillOpacity > 0) {
      begin(gl, fill, view);
      gl.uniform1f(fill.uniform('opacity'), look.fillOpacity);
      gl.bindVertexArray(arrays.fill);
      this.triangles.bind(gl);
      this.each(this.triangles, only, (start, count) => gl.drawArrays(gl.TRIANGLES, start, count));
    }
    begin(gl, line, view);
    gl.uniform1f(line.uniform('ratio'), look.pixelRatio);
    gl.bindVertexArray(arrays.line);
    this.segments.bind(gl);
    this.bindIndices(gl);
    for (const halo of look.halo ? [1, 0] : [0]) {
      gl.uniform1i(line.uniform('halo'), halo);
      this.each(this.segments, only, (start, count) => gl.drawElements(gl.TRIANGLES, count * 6, gl.UNSIGNED_INT, start * 24));
    }
    gl.bindVertexArray(null);
  }

  contextLost(): void {
    this.segments.contextLost();
    this.triangles.contextLost();
    this.programs = null;
    this.texture = null;
    this.arrays = null;
    this.indices = null;
    this.stylesDirty = true;
  }

  private each(records: RecordBuffer, only: readonly string[] | null, draw: (start: number, count: number) => void): void {
    if (!only) {
      if (records.length > 0) draw(0, records.length);
      return;
    }
    const ranges = only.flatMap((id) => records.range(id) ?? []).sort((a, b) => a.start - b.start);
    let open: { start: number; end: number } | null = null;
    for (const { start, count } of ranges) {
      if (open && open.end === start) open.end += count;
      else {
        if (open) draw(open.start, open.end - open.start);
        open = { start, end: start + count };
      }
    }
    if (open) draw(open.start, open.end - open.start);
  }

  private slot(id: string): number {
    let slot = this.slots.get(id);
    if (slot !== undefined) return slot;
    slot = this.free.pop() ?? this.slots.size;
    this.slots.set(id, slot);
    if (slot * 4 >= this.styles.length) {
      const larger = new Uint8Array(this.styles.length * 2);
      larger.set(this.styles);
      this.styles = larger;
    }
    return slot;
  }

  private prepare(gl: WebGL2RenderingContext): { line: Program; fill: Program } {
    this.programs ??= { line: program(gl, LINE_VERTEX, LINE_FRAGMENT), fill: program(gl, FILL_VERTEX, FILL_FRAGMENT) };
    if (!this.arrays) {
      const [line, fill] = [gl.createVertexArray(), gl.createVertexArray()];
      gl.bindVertexArray(line);
      this.segments.bind(gl);
      gl.enableVertexAttribArray(0);
      gl.enableVertexAttribArray(1);
      gl.vertexAttribPointer(0, 4, gl.FLOAT, false, 20, 0);
      gl.vertexAttribPointer(1, 1, gl.FLOAT, false, 20, 16);
      gl.bindVertexArray(fill);
      this.triangles.bind(gl);
      gl.enableVertexAttribArray(0);
      gl.enableVertexAttribArray(1);
      gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 12, 0);
      gl.vertexAttribPointer(1, 1, gl.FLOAT, false, 12, 8);
      this.arrays = { line, fill };
    }
    return this.programs;
  }

  /** Two triangles for each four vertices, for as many segments as there are. Belongs to the bound vertex array. */
  private bindIndices(gl: WebGL2RenderingContext): void {
    const needed = this.segments.length;
    if (this.indices && this.indices.segments >= needed) return;
    const segments = Math.max(needed, 1024, (this.indices?.segments ?? 0) * 2);
    const pattern = new Uint32Array(segments * 6);
    for (let i = 0; i < segments; i++) pattern.set([i * 4, i * 4 + 1, i * 4 + 2, i * 4 + 2, i * 4 + 1, i * 4 + 3], i * 6);
    if (this.indices) gl.deleteBuffer(this.indices.buffer);
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, pattern, gl.STATIC_DRAW);
    this.indices = { buffer, segments };
  }

  private bindStyles(gl: WebGL2RenderingContext): void {
    gl.activeTexture(gl.TEXTURE0);
    if (!this.texture) {
      this.texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      this.stylesDirty = true;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (!this.stylesDirty) return;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, WIDTH, this.styles.length / 4 / WIDTH, 0, gl.RGBA, gl.UNSIGNED_BYTE, this.styles);
    this.stylesDirty = false;
  }
}

function segmentRecords(rings: readonly (readonly ImagePoint[])[], closed: boolean, slot: number): Float32Array {
  const count = rings.reduce((sum, ring) => sum + (closed ? ring.length : Math.max(ring.length - 1, 0)), 0);
  const records = new Float32Array(count * 20);
  let at = 0;
  for (const ring of rings) {
    for (let i = closed ? 0 : 1; i < ring.length; i++) {
      const [a, b] = [ring[(i + ring.length - 1) % ring.length], ring[i]];
      if (!a || !b) continue;
      for (let corner = 0; corner < 4; corner++) {
        records[at++] = a.x;
        records[at++] = a.y;
        records[at++] = b.x;
        records[at++] = b.y;
        records[at++] = slot;
      }
    }
  }
  return records;
}

function triangleRecords(rings: readonly (readonly ImagePoint[])[], slot: number): Float32Array {
  const values: number[] = [];
  for (const ring of rings) {
    for (const index of earcut(ring.flatMap((point) => [point.x, point.y]))) {
      const point = ring[index];
      if (point) values.push(point.x, point.y, slot);
    }
  }
  return Float32Array.from(values);
}

/** Black or white, whichever reads better on a colour. */
export function textOn(color: Rgb): string {
  return brightness(color) > 0.55 ? '#101012' : '#ffffff';
}
