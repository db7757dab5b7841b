// Handles and pins: small marks of constant size on the screen. There are few, so they are written anew every frame.

import type { ImagePoint } from '../geometry';
import { begin, CAMERA_GLSL, program, type Program, type Rgb, type View } from './program';

/** A mark. `size` is its extent in CSS pixels. */
export interface Mark {
  readonly at: ImagePoint;
  readonly size: number;
  readonly form: 'square' | 'disc' | 'pin';
  readonly fill: Rgb;
  readonly rim: Rgb;
}

const FORMS = { square: 0, disc: 1, pin: 2 } as const;

const VERTEX = `${CAMERA_GLSL}
layout(location = 0) in vec4 mark;
layout(location = 1) in vec3 fill;
layout(location = 2) in vec3 rim;
uniform float ratio;
out vec2 local;
flat out float reach;
flat out float form;
flat out vec3 inner;
flat out vec3 outer;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  reach = mark.z * 0.5 * ratio;
  form = mark.w;
  inner = fill;
  outer = rim;
  local = corner * (reach + 2.0);
  vec2 place = floor(toDevice(mark.xy)) + 0.5;
  // A pin stands with its point, the lower left corner, on the place.
  if (form > 1.5) place += vec2(reach, -reach);
  gl_Position = toClip(place + local);
}`;

const FRAGMENT = `
uniform float ratio;
in vec2 local;
flat in float reach;
flat in float form;
flat in vec3 inner;
flat in vec3 outer;
out vec4 result;
void main() {
  float square = max(abs(local.x), abs(local.y)) - reach;
  float disc = length(local) - reach;
  float away = form < 0.5 ? square : form < 1.5 ? disc : (local.x < 0.0 && local.y > 0.0 ? square : disc);
  float alpha = clamp(0.5 - away, 0.0, 1.0);
  if (alpha <= 0.0) discard;
  float rim = clamp(away + 1.5 * ratio + 0.5, 0.0, 1.0);
  result = vec4(mix(inner, outer, rim) * alpha, alpha);
}`;

/** Draws marks. */
export class Marks {
  private program: Program | null = null;
  private array: WebGLVertexArrayObject | null = null;
  private buffer: WebGLBuffer | null = null;

  draw(gl: WebGL2RenderingContext, view: View, pixelRatio: number, marks: readonly Mark[]): void {
    if (marks.length === 0) return;
    this.program ??= program(gl, VERTEX, FRAGMENT);
    if (!this.array) {
      this.array = gl.createVertexArray();
      this.buffer = gl.createBuffer();
      gl.bindVertexArray(this.array);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
      for (const [location, size, offset] of [
        [0, 4, 0],
        [1, 3, 16],
        [2, 3, 28],
      ] as const) {
        gl.enableVertexAttribArray(location);
        gl.vertexAttribPointer(location, size, gl.FLOAT, false, 40, offset);
        gl.vertexAttribDivisor(location, 1);
      }
    }
    const data = new Float32Array(marks.length * 10);
    marks.forEach(({ at, size, form, fill, rim }, i) => {
      data.set([at.x, at.y, size, FORMS[form], ...fill.map((v) => v / 255), ...rim.map((v) => v / 255)], i * 10);
    });
    begin(gl, this.program, view);
    gl.uniform1f(this.program.uniform('ratio'), pixelRatio);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STREAM_DRAW);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, marks.length);
    gl.bindVertexArray(null);
  }

  contextLost(): void {
    this.program = null;
    this.array = null;
    this.buffer = null;
  }
}
