// The picture: tiles of its levels as textures, the coarse level below until the wanted one is there.

import { coarseLevel, levelFor, tilesWithin, type Tile } from '../pyramid';
import type { Look } from '../adjustments';
import type { ImageRect, Size } from '../geometry';
import type { TileSource, TileStore } from '../tiles';
import { Adjusted } from './adjusted';
import { begin, CAMERA_GLSL, program, type Program, type View } from './program';

/** A picture to draw. */
export interface Picture {
  readonly source: TileSource;
  /** The first is the full size in image pixels. */
  readonly levels: readonly Size[];
}

/** What a draw found. */
export interface Drawn {
  /** Tiles that the view needs, most wanted first; those that are here already included. */
  readonly wanted: readonly Tile[];
  /** Whether every place of the view showed the picture, however coarse. */
  readonly covered: boolean;
  /** Whether every place showed the level that the zoom asks for. */
  readonly sharp: boolean;
}

/** Textures that may stay on the graphics card, in bytes. */
const TEXTURE_BUDGET = 128 * 1024 * 1024;
/** Bytes to send in one frame once something is shown; the rest follows in the next frames. */
const UPLOAD_PER_FRAME = 12 * 1024 * 1024;

const VERTEX = `${CAMERA_GLSL}
uniform vec4 place;
uniform vec4 part;
out vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  at = part.xy + corner * part.zw;
  gl_Position = toClip(toDevice(place.xy + corner * place.zw));
}`;

// Transparent pictures lie on a checkerboard of two light greys, as in every editor.
const BOARD = `
vec3 overBoard(vec3 color, float alpha) {
  vec2 square = floor(gl_FragCoord.xy / 8.0);
  float board = mod(square.x + square.y, 2.0) < 0.5 ? 0.8 : 0.93;
  return mix(vec3(board), color, alpha);
}`;

const FRAGMENT = `${BOARD}
uniform sampler2D pixels;
in vec2 at;
out vec4 result;
void main() {
  vec4 pixel = texture(pixels, at);
  result = vec4(overBoard(pixel.rgb, pixel.a), 1.0);
}`;

interface Texture {
  readonly handle: WebGLTexture;
  readonly bytes: number;
  nearest: boolean;
}

/** Draws pictures out of a tile store. */
export class Pictures {
  private textures = new Map<string, Texture>();
  private bytes = 0;
  private plain: Program | null = null;
  /** The program of the frame that is drawn. */
  private program: Program | null = null;
  private readonly adjusted = new Adjusted();
  private array: WebGLVertexArrayObject | null = null;

  constructor(private readonly store: TileStore) {}

  /** Draws a picture, adjusted if there is a look. */
  draw(gl: WebGL2RenderingContext, view: View, shown: ImageRect, picture: Picture, look: Look | null): Drawn {
    const { levels, source } = picture;
    const level = levelFor(levels, view.zoom);
    const coarse = Math.max(coarseLevel(levels), level);
    const exact = tilesWithin(levels, level, shown);
    const base = coarse === level ? [] : tilesWithin(levels, coarse, shown);
    let sent = 0;
    const missing: Tile[] = [];
    const ready = (tile: Tile): boolean => {
      if (this.textures.has(textureKey(source.id, tile))) return true;
      const pixels = this.store.get(source.id, tile);
      if (!pixels || (sent > UPLOAD_PER_FRAME && tile.level !== coarse)) return false;
      sent += this.upload(gl, source.id, tile, pixels);
      return true;
    };
    const baseReady = base.filter(ready);
    const exactReady = exact.filter((tile) => {
      const here = ready(tile);
      if (!here) missing.push(tile);
      return here;
    });
    this.program = look ? this.adjusted.prepare(gl, look, VERTEX, BOARD) : (this.plain ??= program(gl, VERTEX, FRAGMENT));
    this.array ??= gl.createVertexArray();
    begin(gl, this.program, view);
    gl.bindVertexArray(this.array);
    gl.activeTexture(gl.TEXTURE0);
    gl.disable(gl.BLEND);
    const sharp = missing.length === 0;
    if (!sharp) {
      for (const tile of baseReady) this.tile(gl, source.id, tile, view, levels);
      // Levels in between that happen to be here, as after zooming in.
      for (let between = coarse - 1; between > level; between--) {
        for (const tile of tilesWithin(levels, between, shown)) {
          if (this.textures.has(textureKey(source.id, tile))) this.tile(gl, source.id, tile, view, levels);
        }
      }
    }
    for (const tile of exactReady) this.tile(gl, source.id, tile, view, levels);
    gl.enable(gl.BLEND);
    gl.bindVertexArray(null);
    this.trim(gl, new Set([...base, ...exact].map((tile) => textureKey(source.id, tile))));
    return {
      wanted: [...base, ...exact],
      covered: sharp || (base.length > 0 && baseReady.length === base.length),
      sharp,
    };
  }

  contextLost(): void {
    this.textures.clear();
    this.bytes = 0;
    this.plain = null;
    this.program = null;
    this.adjusted.contextLost();
    this.array = null;
  }

  /** Frees all textures: another picture may have taken the identifier. */
  clear(gl: WebGL2RenderingContext): void {
    for (const texture of this.textures.values()) gl.deleteTexture(texture.handle);
    this.textures.clear();
    this.bytes = 0;
  }

  private tile(gl: WebGL2RenderingContext, source: string, tile: Tile, view: View, levels: readonly Size[]): void {
    const key = textureKey(source, tile);
    const texture = this.textures.get(key);
    const used = this.program;
    if (!texture || !used) return;
    this.textures.delete(key);
    this.textures.set(key, texture);
    gl.bindTexture(gl.TEXTURE_2D, texture.handle);
    const texels = (view.zoom * (levels[0]?.width ?? 1)) / (levels[tile.level]?.width ?? 1);
    const nearest = texels >= 2;
    if (texture.nearest !== nearest) {
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, nearest ? gl.NEAREST : gl.LINEAR);
      texture.nearest = nearest;
    }
    const { rect, region, core } = tile;
    gl.uniform4f(used.uniform('place'), rect.minX, rect.minY, rect.maxX - rect.minX, rect.maxY - rect.minY);
    gl.uniform4f(
      used.uniform('part'),
      (core.x - region.x) / region.width,
      (core.y - region.y) / region.height,
      core.width / region.width,
      core.height / region.height,
    );
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  private upload(gl: WebGL2RenderingContext, source: string, tile: Tile, pixels: Uint8Array): number {
    const { width, height } = tile.region;
    const handle = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, handle);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    const bytes = width * height * 4;
    this.textures.set(textureKey(source, tile), { handle, bytes, nearest: false });
    this.bytes += bytes;
    return bytes;
  }

  /** Drops the textures that were not drawn for longest, but none that this frame needs. */
  private trim(gl: WebGL2RenderingContext, needed: ReadonlySet<string>): void {
    for (const [key, texture] of this.textures) {
      if (this.bytes <= TEXTURE_BUDGET) return;
      if (needed.has(key)) continue;
      gl.deleteTexture(texture.handle);
      this.textures.delete(key);
      this.bytes -= texture.bytes;
    }
  }
}

function textureKey(source: string, tile: Tile): string {
  return `${source}:${tile.key}`;
}
