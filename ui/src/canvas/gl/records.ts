// A vertex buffer of equal records, of which each object owns a range. Only what changed is sent to the graphics card.
// An empty record is all -1; the shaders know it by the slot.

interface Range {
  start: number;
  count: number;
  readonly capacity: number;
}

/** Records of `stride` floats. */
export class RecordBuffer {
  private data: Float32Array;
  private ranges = new Map<string, Range>();
  private end = 0;
  private wasted = 0;
  private dirty: { from: number; to: number } | null = null;
  private buffer: WebGLBuffer | null = null;
  private uploaded = 0;

  constructor(readonly stride: number) {
    this.data = new Float32Array(stride * 1024);
  }

  /** How many records there are to draw, empty ones included. */
  get length(): number {
    return this.end;
  }

  range(id: string): { readonly start: number; readonly count: number } | undefined {
    return this.ranges.get(id);
  }

  /** Replaces an object's records. */
  write(id: string, records: Float32Array): void {
    const count = records.length / this.stride;
    let range = this.ranges.get(id);
    if (range && range.capacity < count) {
      this.blank(range.start, range.capacity);
      this.wasted += range.capacity;
      range = undefined;
    }
    if (!range) {
      this.reserve(count);
      range = { start: this.end, count, capacity: count };
      this.end += count;
      this.ranges.set(id, range);
    } else if (count < range.capacity) {
      this.blank(range.start + count, range.capacity - count);
    }
    range.count = count;
    this.data.set(records, range.start * this.stride);
    this.touch(range.start, count);
  }

  remove(id: string): void {
    const range = this.ranges.get(id);
    if (!range) return;
    this.blank(range.start, range.capacity);
    this.wasted += range.capacity;
    this.ranges.delete(id);
  }

  clear(): void {
    this.ranges.clear();
    this.end = 0;
    this.wasted = 0;
    this.dirty = null;
  }

  /** Whether so much is empty that writing everything anew would pay. */
  get sparse(): boolean {
    return this.wasted > 4096 && this.wasted > this.end / 2;
  }

  /** Binds the buffer with everything that was written. */
  bind(gl: WebGL2RenderingContext): void {
    if (!this.buffer) {
      this.buffer = gl.createBuffer();
      this.uploaded = 0;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    if (this.uploaded !== this.data.length) {
      gl.bufferData(gl.ARRAY_BUFFER, this.data, gl.DYNAMIC_DRAW);
      this.uploaded = this.data.length;
    } else if (this.dirty) {
      const { from, to } = this.dirty;
      gl.bufferSubData(gl.ARRAY_BUFFER, from * this.stride * 4, this.data, from * this.stride, (to - from) * this.stride);
    }
    this.dirty = null;
  }

  /** The context is gone, and the buffer with it. What was written is kept. */
  contextLost(): void {
    this.buffer = null;
  }

  private reserve(count: number): void {
    const needed = (this.end + count) * this.stride;
    if (needed <= this.data.length) return;
    const larger = new Float32Array(Math.max(needed, this.data.length * 2));
    larger.set(this.data.subarray(0, this.end * this.stride));
    this.data = larger;
  }

  private blank(start: number, count: number): void {
    this.data.fill(-1, start * this.stride, (start + count) * this.stride);
    this.touch(start, count);
  }

  private touch(start: number, count: number): void {
    const [from, to] = [start, start + count];
    this.dirty = this.dirty ? { from: Math.min(this.dirty.from, from), to: Math.max(this.dirty.to, to) } : { from, to };
  }
}
