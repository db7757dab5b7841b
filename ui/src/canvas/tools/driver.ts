// Drives a tool as the stage does, for tests: pointer and key events in, intents, selection and states out.
import type { Intent, Shape, ShapeKind } from '../../generated/contract';
import { imagePoint, screenPoint } from '../geometry';
import { Scene } from '../scene';
import { NOTHING_SELECTED, type Modifiers, type Selection, type Sketch, type Tool, type ToolContext, type ToolEvent } from './tool';

const UP: Modifiers = { shift: false, alt: false, command: false };

/** One tool over a picture of 1000 × 800 at `zoom` screen pixels per image pixel. */
export class Driver<S extends { readonly name: string }> {
  state: S;
  selection: Selection = NOTHING_SELECTED;
  /** Every gesture that was finished. */
  readonly commits: (readonly Intent[])[] = [];
  readonly remarks: { x: number; y: number; object: string | null }[] = [];
  readonly scene = new Scene();
  editable = true;
  drawing: ToolContext['drawing'] = { classId: 'class', color: '#00ff00', shapes: ['box', 'polygon'] as ShapeKind[] };
  private ids = 0;

  constructor(
    readonly tool: Tool<S>,
    objects: Record<string, Shape> = {},
    readonly zoom = 1,
  ) {
    this.state = tool.initial;
    this.put(objects);
  }

  put(objects: Record<string, Shape>): void {
    this.scene.replace(Object.entries(objects).map(([id, shape]) => ({ id, shape, color: '#ff0000', label: id })));
  }

  get context(): ToolContext {
    return {
      scene: this.scene,
      selection: this.selection,
      picture: { width: 1000, height: 800 },
      editable: this.editable,
      drawing: this.drawing,
      hidden: () => false,
      toImageLength: (length) => length / this.zoom,
      newId: () => `new-${++this.ids}`,
    };
  }

  get sketch(): Sketch {
    return this.tool.sketch(this.state, this.context);
  }

  send(event: ToolEvent): this {
    const step = this.tool.transition(this.state, event, this.context);
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.kind === 'commit') this.commits.push(effect.intents);
      else if (effect.kind === 'select') this.selection = effect.selection;
      else this.remarks.push({ x: effect.at.x, y: effect.at.y, object: effect.object });
    }
    return this;
  }

  private pointer(kind: 'down' | 'move' | 'up', x: number, y: number, keys: Partial<Modifiers>, clicks = 1): this {
    return this.send({ kind, at: imagePoint(x, y), screen: screenPoint(x * this.zoom, y * this.zoom), clicks, ...UP, ...keys });
  }

  down(x: number, y: number, keys: Partial<Modifiers> = {}, clicks = 1): this {
    return this.pointer('down', x, y, keys, clicks);
  }
  move(x: number, y: number, keys: Partial<Modifiers> = {}): this {
    return this.pointer('move', x, y, keys);
  }
  up(x: number, y: number, keys: Partial<Modifiers> = {}): this {
    return this.pointer('up', x, y, keys);
  }
  click(x: number, y: number, keys: Partial<Modifiers> = {}, clicks = 1): this {
    return this.move(x, y, keys).down(x, y, keys, clicks).up(x, y, keys);
  }
  drag(from: readonly [number, number], to: readonly [number, number], keys: Partial<Modifiers> = {}): this {
    return this.down(from[0], from[1], keys)
      .move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, keys)
      .move(to[0], to[1], keys)
      .up(to[0], to[1], keys);
  }
  key(key: string, keys: Partial<Modifiers> = {}): this {
    return this.send({ kind: 'key', key, ...UP, ...keys });
  }
}
