// Compiling shaders, and colours as the shaders take them.

import type { Orientation } from '../orientation';

/** A linked program with its uniforms by name. */
export interface Program {
  readonly handle: WebGLProgram;
  uniform(name: string): WebGLUniformLocation | null;
}

/** Compiles and links. Throws when the driver refuses: the stage then says that the picture cannot be drawn. */
export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const handle = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error('The graphics context is lost.');
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\nprecision highp int;\n${source}`);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`A shader does not compile: ${gl.getShaderInfoLog(shader) ?? ''}`);
    }
    gl.attachShader(handle, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(handle);
  if (!gl.getProgramParameter(handle, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`A program does not link: ${gl.getProgramInfoLog(handle) ?? ''}`);
  }
  const locations = new Map<string, WebGLUniformLocation | null>();
  return {
    handle,
    uniform(name) {
      let location = locations.get(name);
      if (location === undefined) {
        location = gl.getUniformLocation(handle, name);
        locations.set(name, location);
      }
      return location;
    },
  };
}

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** `#rrggbb` as numbers; grey for anything else. */
export function rgb(color: string): Rgb {
  const value = /^#[0-9a-f]{6}$/i.test(color) ? Number.parseInt(color.slice(1), 16) : 0x808080;
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** How bright a colour looks, 0 to 1. */
export function brightness([r, g, b]: Rgb): number {
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

/**
 * GLSL: from image pixels to clip space. `camera` is zoom and origin in device pixels, `turn` the picture's orientation, `stage`
 * the drawing buffer's size.
 */
export const CAMERA_GLSL = `
uniform vec3 camera;
uniform vec4 turn;
uniform vec2 stage;
vec2 toDevice(vec2 image) { return vec2(dot(turn.xy, image), dot(turn.zw, image)) * camera.x + camera.yz; }
vec4 toClip(vec2 device) { return vec4(device.x / stage.x * 2.0 - 1.0, 1.0 - device.y / stage.y * 2.0, 0.0, 1.0); }
`;

/** Where the picture is, in device pixels. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

/** Uses a program and sets what `CAMERA_GLSL` declares. */
export function begin(gl: WebGL2RenderingContext, used: Program, view: View): void {
  gl.useProgram(used.handle);
  gl.uniform3f(used.uniform('camera'), view.zoom, view.x, view.y);
  const { xx, xy, yx, yy } = view.orientation;
  gl.uniform4f(used.uniform('turn'), xx, xy, yx, yy);
  gl.uniform2f(used.uniform('stage'), view.width, view.height);
}
