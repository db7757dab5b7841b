// Drawing a picture that is adjusted: the shader says the same as `shown` in ../adjustments, with the curve and the colours in
// one small texture. A picture that is shown as it is has a shader of its own, which knows nothing of this.

import type { Look } from '../adjustments';
import { program, type Program } from './program';

const FRAGMENT = `
uniform sampler2D pixels;
uniform sampler2D tones;
uniform vec3 weights;
uniform float saturation;
uniform bool colored;
in vec2 at;
out vec4 result;
int step256(float value) { return int(clamp(value, 0.0, 1.0) * 255.0 + 0.5); }
float curved(float value) { return texelFetch(tones, ivec2(step256(value), 0), 0).r; }
vec3 shown(vec3 pixel) {
  vec3 mixed = mix(vec3(dot(weights, pixel)), pixel, saturation);
  vec3 after = vec3(curved(mixed.r), curved(mixed.g), curved(mixed.b));
  if (!colored) return after;
  return texelFetch(tones, ivec2(step256(dot(vec3(0.299, 0.587, 0.114), after)), 1), 0).rgb;
}
void main() {
  vec4 pixel = texture(pixels, at);
  result = vec4(overBoard(shown(pixel.rgb), pixel.a), 1.0);
}`;

/** The shader of adjusted pictures, with what it looks things up in. */
export class Adjusted {
  private program: Program | null = null;
  private texture: WebGLTexture | null = null;
  private sent: Look | null = null;

  /** The program for this look. `vertex` and `board` are those of pictures that are shown as they are. */
  prepare(gl: WebGL2RenderingContext, look: Look, vertex: string, board: string): Program {
    this.program ??= program(gl, vertex, board + FRAGMENT);
    gl.useProgram(this.program.handle);
    gl.uniform1i(this.program.uniform('tones'), 1);
    gl.uniform3f(this.program.uniform('weights'), ...look.weights);
    gl.uniform1f(this.program.uniform('saturation'), look.saturation);
    gl.uniform1i(this.program.uniform('colored'), look.colors ? 1 : 0);
    gl.activeTexture(gl.TEXTURE1);
    if (!this.texture) {
      this.texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 2);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      this.sent = null;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.sent !== look) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 2, gl.RGBA, gl.UNSIGNED_BYTE, texels(look));
      this.sent = look;
    }
    gl.activeTexture(gl.TEXTURE0);
    return this.program;
  }

  contextLost(): void {
    this.program = null;
    this.texture = null;
  }
}

/** The curve in the first row, the colours in the second. */
function texels({ curve, colors }: Look): Uint8Array {
  const data = new Uint8Array(256 * 2 * 4);
  for (let tone = 0; tone < 256; tone++) {
    data[tone * 4] = Math.round((curve[tone] ?? 0) * 255);
    data.set((colors?.[tone] ?? [0, 0, 0]).map((value) => Math.round(value * 255)), (256 + tone) * 4);
  }
  return data;
}
