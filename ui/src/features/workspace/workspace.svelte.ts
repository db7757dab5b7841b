// The state of the workspace: the opened batch, the opened item, tool, class and selection, and what the person can do with them.
// The stage draws and edits, the components show; both act through here. Not here: drawing, words, keys.
import { newIdentifier, firstTiles, levelsOf, type Hint, type ImagePoint, type Picture, type Pin, type Selection, type Size, type Stage, type StageListener, type Tile, type TileSource, type ToolName } from '../../canvas';
import type { Annotation, BatchView, Class, CommentAnchor, Event, Failure, Intent, ItemSummary } from '../../generated/contract';
import { call, fetchRegion, onEvent, toFailure } from '../../host';
import { session } from '../../state/session.svelte';
import { status } from '../../state/status.svelte';
import { toasts } from '../../state/toasts.svelte';
import { words } from '../../words';
import { copied, pasted, type Clipping } from './clipboard';
import { OpenItem } from './open-item.svelte';
import { needsReview, needsWork, neighbour, nextThat, tally } from './order';
import { SeeingState } from './seeing.svelte';

/** A comment that is being written. */
export interface Draft {
  readonly anchor: CommentAnchor;
  readonly at: ImagePoint | null;
}

/** Screen pixels that the view moves by one press of an arrow key. */
const PAN_STEP = 80;

let clipping: Clipping = [];

export class Workspace implements StageListener {
  view = $state.raw<BatchView | null>(null);
  failure = $state.raw<Failure | null>(null);
  open = $state.raw<OpenItem | null>(null);
  tool = $state<ToolName>('select');
  selection = $state.raw<Selection>({ ids: [], vertex: null });
  hoveredId = $state<string | null>(null);
  activeClassId = $state<string | null>(null);
  allHidden = $state(false);
  hiddenIds = $state.raw<ReadonlySet<string>>(new Set());
  currentHint = $state<Hint>('select-idle');
  zoom = $state(1);
  /** Why the picture of the open item cannot be shown. */
  pictureFailure = $state.raw<Failure | null>(null);
  pictureShown = $state(false);
  draft = $state.raw<Draft | null>(null);
  rejecting = $state(false);
  /** Whether the conflicts are shown to be decided. */
  deciding = $state(false);
  activeComment = $state<string | null>(null);
  private stage: Stage | null = null;
  private reloadDue = false;
  private lastDrawing: ToolName = 'box';
  private measured: string | null = null;
  private readonly stop: () => void;

  /** How the picture is looked at: as it is, whenever another batch is opened. */
  readonly seeing = new SeeingState();

  readonly items: readonly ItemSummary[] = $derived(this.view?.items ?? []);
  readonly summary: ItemSummary | null = $derived(this.items.find((item) => item.id === this.open?.item) ?? null);
  readonly classes: readonly Class[] = $derived(this.view?.schema.classes ?? []);
  readonly classById: ReadonlyMap<string, Class> = $derived(new Map(this.classes.map((one) => [one.id, one])));
  readonly activeClass: Class | null = $derived(this.classes.find((one) => one.id === this.activeClassId) ?? null);
  readonly annotations: readonly Annotation[] = $derived(this.open?.document.annotations ?? []);
  readonly chosen: readonly Annotation[] = $derived(this.annotations.filter((one) => this.selection.ids.includes(one.id)));
  readonly review: boolean = $derived(this.view?.summary.canReview ?? false);
  /** Whether changes are not saved that could be, so that nothing else goes on before that is settled. */
  readonly held: boolean = $derived((this.open?.held ?? null) !== null);
  readonly editable: boolean = $derived((this.open?.loaded ?? false) && (this.open?.editable ?? false) && !this.held && this.pictureFailure === null);
  readonly isDrawing: boolean = $derived(this.tool === 'box' || this.tool === 'polygon');
  readonly counts = $derived(tally(this.items));
  readonly pins: readonly Pin[] = $derived(this.makePins());

  constructor(readonly batch: string) {
    this.stop = onEvent((event) => this.take(event));
    session.mayLeave = () => this.maySwitch();
    status.gesture = () => this.stage?.busy ?? false;
    status.held = () => this.held;
  }

  dispose(): void {
    this.stop();
    session.mayLeave = null;
    this.open?.close();
    this.stage?.dispose();
    this.stage = null;
    status.place = null;
    status.gesture = () => false;
    status.held = () => false;
  }

  /** Opens the batch and then the wished item, the one to go on with, or the first. */
  async load(item: string | null): Promise<void> {
    this.failure = null;
    try {
      const view = await call('open_batch', { batch: this.batch });
      this.view = view;
      this.activeClassId ??= view.schema.classes.find((one) => one.shapes.some((shape) => shape !== 'tag'))?.id ?? view.schema.classes[0]?.id ?? null;
      const todo = view.summary.canReview ? nextThat(view.items, null, needsReview)?.id : undefined;
      const first = [item, todo, view.resume, view.items[0]?.id].find((id) => view.items.some((one) => one.id === id));
      if (first) this.goTo(first);
    } catch (thrown) {
      this.failure = toFailure(thrown);
    }
  }

  /** The element is there: draws on it from now on. */
  attach(stage: Stage): void {
    this.stage = stage;
    stage.setDrawing(this.drawing());
    const { open } = this;
    if (open) this.present(open.item);
  }

  // Items

  goTo(id: string): void {
    if (this.open?.item === id || !this.maySwitch()) return;
    this.open?.close();
    const open = new OpenItem(this.batch, id, session.ready?.me.member ?? '', {
      summary: (summary) => this.takeSummaries([summary]),
      refused: (failure) => toasts.show(failure.message, 'bad'),
    });
    this.open = open;
    this.hiddenIds = new Set();
    this.draft = null;
    this.rejecting = false;
    this.deciding = false;
    this.activeComment = null;
    this.reloadDue = false;
    this.present(id);
    void open.load();
    const position = this.items.findIndex((item) => item.id === id);
    status.place = { batch: this.view?.summary.name ?? '', item: id, position: position + 1, total: this.items.length };
  }

  /** Whether the open item can be left. If not, says why: what is held would be lost. */
  private maySwitch(): boolean {
    if (this.held) toasts.show(words.workspace.settleFirst, 'info');
    return !this.held;
  }

  /** To the neighbour in the list. The time until its first frame is measured. */
  step(by: 1 | -1): void {
    this.goByKey(neighbour(this.items, this.open?.item ?? null, by));
  }

  /** To the first item of the list, or to the last. */
  goToEnd(at: 0 | -1): void {
    this.goByKey(this.items.at(at) ?? null);
  }

  /** To the next item that this person has to do something about. */
  nextToDo(): void {
    const next = nextThat(this.items, this.open?.item ?? null, this.review ? needsReview : needsWork);
    if (next) this.goByKey(next);
    else toasts.show(this.review ? words.workspace.nothingToReview : words.workspace.nothingToDo, 'good');
  }

  private goByKey(item: ItemSummary | null): void {
    if (!item || item.id === this.open?.item) return;
    if (this.stage?.busy) return toasts.show(words.workspace.finishFirst, 'info');
    performance.mark('abox:key');
    this.measured = item.id;
    this.goTo(item.id);
  }

  private present(id: string): void {
    const item = this.items.find((one) => one.id === id);
    this.pictureFailure = null;
    this.pictureShown = false;
    if (!item) return;
    if (!item.here) this.pictureFailure = { code: 'not-pulled', message: words.workspace.notPulled };
    this.stage?.show(item.here ? this.picture(item) : null);
    this.stage?.setObjects([]);
    this.prefetch();
  }

  private picture(item: ItemSummary): Picture {
    const source: TileSource = {
      id: item.id,
      load: async (tile, signal) => {
        const { x, y, width, height } = tile.region;
        return new Uint8Array(await fetchRegion(this.batch, item.id, { level: tile.level, x, y, width, height }, signal));
      },
    };
    return { source, levels: levelsOf({ width: item.width, height: item.height }) };
  }

  /** Has the core decode the neighbours, and keeps the pixels of their first frame in memory. */
  private prefetch(): void {
    const { stage } = this;
    const at = this.items.findIndex((item) => item.id === this.open?.item);
    const next = this.review ? nextThat(this.items, this.open?.item ?? null, needsReview) : null;
    const neighbours = [...new Set([next, this.items[at + 1], this.items[at + 2], this.items[at - 1]])].filter((item): item is ItemSummary => item?.here ?? false);
    if (neighbours.length === 0) return;
    // The core is only asked to hurry; when it cannot, the item itself will say so when it is opened.
    void call('prefetch', { batch: this.batch, items: neighbours.map((item) => item.id) }).catch(() => undefined);
    if (!stage) return;
    const tiles: { source: TileSource; tile: Tile }[] = [];
    for (const item of neighbours) {
      const { source, levels } = this.picture(item);
      const size: Size = { width: item.width, height: item.height };
      for (const tile of firstTiles(levels, stage.fittedCamera(size), stage.pixelRatio)) tiles.push({ source, tile });
    }
    stage.prefetch(tiles);
  }

  /** Fetches the open item anew after a failure. */
  retry(): void {
    const { open } = this;
    if (!open) return void this.load(null);
    this.stage?.tiles.forget(open.item);
    this.present(open.item);
    void open.load();
  }

  private take(event: Event): void {
    if (event.kind === 'items-changed' && event.batch === this.batch) this.takeSummaries(event.items);
    if (event.kind === 'documents-changed' && event.batch === this.batch && this.open && event.items.includes(this.open.item)) {
      // A gesture under way is finished on what the person sees; the core merges what it makes of it.
      if (this.stage?.busy) this.reloadDue = true;
      else void this.open.load();
    }
    if (event.kind === 'finished' && event.work === 'pull' && event.batch === this.batch) void this.load(this.open?.item ?? null).then(() => this.retry());
  }

  private takeSummaries(changed: readonly ItemSummary[]): void {
    const { view } = this;
    if (!view) return;
    const byId = new Map(changed.map((item) => [item.id, item]));
    this.view = { ...view, items: view.items.map((item) => byId.get(item.id) ?? item) };
  }

  // Drawing and classes

  setTool(tool: ToolName): void {
    this.stage?.setTool(tool);
    // A button that keeps the focus would take Space and Enter, which belong to the stage now.
    this.stage?.focus();
    if (!this.stage) this.toolChanged(tool);
  }

  /** The tool that drew last, again. */
  drawAgain(): void {
    const shapes = this.activeClass?.shapes ?? [];
    this.setTool(shapes.includes(this.lastDrawing as 'box') ? this.lastDrawing : shapes.includes('box') ? 'box' : 'polygon');
  }

  canDraw(tool: 'box' | 'polygon'): boolean {
    return this.editable && this.classes.some((one) => one.shapes.includes(tool));
  }

  /**
   * Chooses a class: with the select tool for the selected objects, and always for what is drawn next. While a drawing tool is in
   * use the object that was just drawn is not changed: choosing the next class must not relabel the last object. A tag class
   * tags the item.
   */
  chooseClass(id: string): void {
    const chosen = this.classById.get(id);
    if (!chosen) return;
    const changing = this.chosen.filter((one) => one.class !== id && chosen.shapes.includes(one.shape.kind));
    if (this.chosen.length > 0 && this.editable && !this.isDrawing) {
      if (changing.length > 0) this.commit(changing.map((one) => ({ kind: 'set-class', id: one.id, class: id })));
      else if (this.chosen.some((one) => !chosen.shapes.includes(one.shape.kind))) toasts.show(words.workspace.classForbidsShape, 'info');
    }
    if (!chosen.shapes.includes('box') && !chosen.shapes.includes('polygon')) {
      if (this.chosen.length === 0 || this.isDrawing) this.toggleTag(chosen);
      return;
    }
    this.activeClassId = id;
    if ((this.tool === 'box' || this.tool === 'polygon') && !chosen.shapes.includes(this.tool)) this.setTool(this.tool === 'box' ? 'polygon' : 'box');
    this.stage?.setDrawing(this.drawing());
  }

  toggleTag(of: Class): void {
    if (!this.editable) return;
    const there = this.annotations.filter((one) => one.class === of.id && one.shape.kind === 'tag');
    if (there.length > 0) this.commit(there.map((one) => ({ kind: 'delete', id: one.id })));
    else this.commit([{ kind: 'create', id: newIdentifier(), class: of.id, shape: { kind: 'tag' }, attributes: [] }]);
  }

  private drawing(): { classId: string; color: string; shapes: Class['shapes'] } | null {
    const of = this.activeClass;
    return of ? { classId: of.id, color: of.color, shapes: of.shapes } : null;
  }

  // Objects

  select(ids: readonly string[], reveal = false): void {
    const placed = ids.filter((id) => this.annotations.some((one) => one.id === id));
    if (this.stage) this.stage.select({ ids: placed, vertex: null });
    else this.selected({ ids: placed, vertex: null });
    const [only] = placed;
    if (reveal && only && placed.length === 1) this.stage?.reveal(only);
  }

  point(id: string | null): void {
    this.stage?.point(id);
  }

  cycle(by: 1 | -1): void {
    const list = this.annotations.filter((one) => one.shape.kind !== 'tag');
    if (list.length === 0) return;
    const at = list.findIndex((one) => one.id === this.selection.ids[0]);
    const next = list[(at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by + list.length) % list.length];
    if (next) this.select([next.id], true);
  }

  selectAll(): void {
    this.setTool('select');
    this.select(this.annotations.filter((one) => one.shape.kind !== 'tag' && !this.hiddenIds.has(one.id)).map((one) => one.id));
  }

  toggleHidden(id: string): void {
    const next = new Set(this.hiddenIds);
    if (!next.delete(id)) next.add(id);
    this.hiddenIds = next;
  }

  remove(ids: readonly string[]): void {
    if (this.editable && ids.length > 0) this.commit(ids.map((id) => ({ kind: 'delete', id })));
  }

  copy(): void {
    clipping = copied(this.annotations, this.selection.ids);
  }

  async paste(): Promise<void> {
    const { view, summary, open } = this;
    if (!view || !summary || !open || !this.editable || clipping.length === 0) return;
    const intents = pasted(clipping, view.schema, this.annotations, summary, newIdentifier);
    if (intents.length < clipping.length) toasts.show(words.workspace.notAllPasted, 'info');
    if (intents.length === 0) return;
    this.setTool('select');
    const saved = open.edit(intents);
    this.redraw();
    this.select(intents.flatMap((intent) => intent.id ?? []));
    await saved;
  }

  async undo(): Promise<void> {
    // While points are being set, the last one is what was done last.
    if (this.stage?.busy) return this.tool === 'polygon' ? this.key('Backspace') : this.stage.cancel();
    if (!this.maySwitch()) return;
    if (this.open && this.open.history.undo > 0) await this.open.undo();
  }

  async redo(): Promise<void> {
    if (this.maySwitch() && this.open && this.open.history.redo > 0) await this.open.redo();
  }

  /** Arrow keys, Delete and Backspace mean what the tool makes of them. */
  key(key: string, shift = false): void {
    const [first] = this.chosen;
    if (key === 'Delete' && this.selection.vertex === null && this.tool === 'select' && first) return this.remove(this.selection.ids);
    this.stage?.key(key, { shift, alt: false, command: false });
  }

  complete(): void {
    this.stage?.complete();
  }

  cancel(): void {
    if (this.draft) this.draft = null;
    else this.stage?.cancel();
  }

  fit(): void {
    this.stage?.fit();
  }
  /** To the selected objects, else to all that can be seen. */
  zoomToObjects(): void {
    const ids = this.selection.ids.length > 0 ? this.selection.ids : this.annotations.map((one) => one.id).filter((id) => !this.hiddenIds.has(id));
    this.stage?.zoomToObjects(ids);
  }
  zoomTo(zoom: number): void {
    this.stage?.zoomTo(zoom);
  }
  zoomBy(factor: number): void {
    this.stage?.zoomBy(factor);
  }
  /** Moves the view, so that more of the picture shows in the direction of this arrow key. */
  pan(arrow: string, steps: number): void {
    const by = PAN_STEP * steps;
    this.stage?.panBy(arrow === 'ArrowLeft' ? by : arrow === 'ArrowRight' ? -by : 0, arrow === 'ArrowUp' ? by : arrow === 'ArrowDown' ? -by : 0);
  }

  // Comments and states

  /** A member as people are named here: who is not me and not assigned is, from where I stand, the lead or a colleague. */
  memberName(id: string): string {
    if (id === session.ready?.me.member) return words.workspace.you;
    const known = this.view?.summary.assignees.find((one) => one.member === id)?.name;
    return known ?? (this.review ? words.workspace.colleague : words.workspace.lead);
  }

  beginComment(anchor: CommentAnchor, at: ImagePoint | null = null): void {
    this.draft = { anchor, at };
  }

  async addComment(text: string): Promise<boolean> {
    const { draft, open } = this;
    if (!draft || !open || text.trim() === '') return false;
    const done = await open.edit([{ kind: 'add-comment', anchor: draft.anchor, text: text.trim() }]);
    if (done) this.draft = null;
    return done !== null;
  }

  /** Submits the item and goes on to the next that needs work. */
  async submit(): Promise<void> {
    await this.decide({ kind: 'submit' });
  }

  async accept(): Promise<void> {
    await this.decide({ kind: 'accept' });
  }

  async reject(reason: string): Promise<boolean> {
    this.rejecting = false;
    return this.decide({ kind: 'reject', reason: reason.trim() });
  }

  async reopen(): Promise<void> {
    await this.open?.edit([{ kind: 'reopen' }]);
  }

  private async decide(intent: Intent): Promise<boolean> {
    const { open } = this;
    if (!open || !this.maySwitch()) return false;
    // A polygon under way is not thrown away by going on: Esc or Enter first.
    if (this.stage?.busy) {
      toasts.show(words.workspace.finishFirst, 'info');
      return false;
    }
    const saved = await open.edit([intent]);
    if (saved === null) return false;
    if (this.open === open) this.nextToDo();
    return true;
  }

  private makePins(): Pin[] {
    const { open } = this;
    if (!open) return [];
    const pins: Pin[] = [];
    for (const comment of open.document.comments) {
      const { anchor } = comment;
      const at = anchor.kind === 'place' ? (anchor.at as ImagePoint) : anchor.kind === 'annotation' ? this.cornerOf(anchor.id) : null;
      if (at) pins.push({ id: comment.id, at, resolved: comment.resolved, active: comment.id === this.activeComment });
    }
    const { draft } = this;
    if (draft?.at) pins.push({ id: 'draft', at: draft.at, resolved: false, active: true });
    return pins;
  }

  private cornerOf(id: string): ImagePoint | null {
    const shape = this.annotations.find((one) => one.id === id)?.shape;
    if (shape?.kind === 'box') return { x: shape.max.x, y: shape.min.y } as ImagePoint;
    const points = shape?.kind === 'polygon' ? shape.parts.flat() : [];
    const [first, ...rest] = points;
    return first ? (rest.reduce((best, point) => (point.x - point.y > best.x - best.y ? point : best), first) as ImagePoint) : null;
  }

  /** Gives the stage what the document says. Called whenever that changes. */
  redraw(): void {
    const { stage, open } = this;
    if (!stage || !open) return;
    stage.setEditable(this.editable);
    stage.setObjects(
      open.document.annotations.flatMap((one) => {
        const of = this.classById.get(one.class);
        return one.shape.kind === 'tag' ? [] : [{ id: one.id, shape: one.shape, color: of?.color ?? '#808080', label: of?.name ?? words.workspace.unknownClass }];
      }),
    );
  }

  // What the stage tells

  settled(): void {
    if (!this.reloadDue) return;
    this.reloadDue = false;
    void this.open?.load();
  }

  commit(intents: readonly Intent[]): void {
    const { open } = this;
    if (!open) return;
    void open.edit(intents);
    // Now and not in the next effect: the stage selects what it has drawn right after this.
    this.redraw();
  }

  selected(selection: Selection): void {
    this.selection = selection;
  }

  hovered(id: string | null): void {
    this.hoveredId = id;
  }

  remark(at: ImagePoint, object: string | null): void {
    this.beginComment(object ? { kind: 'annotation', id: object } : { kind: 'place', at: { x: at.x, y: at.y } }, at);
    this.setTool('select');
  }

  pinPressed(id: string): void {
    this.activeComment = this.activeComment === id ? null : id;
  }

  hint(hint: Hint): void {
    this.currentHint = hint;
  }

  toolChanged(tool: ToolName): void {
    this.tool = tool;
    if (tool === 'box' || tool === 'polygon') {
      this.lastDrawing = tool;
      if (this.activeClass && !this.activeClass.shapes.includes(tool)) {
        const other = this.classes.find((one) => one.shapes.includes(tool));
        if (other) this.activeClassId = other.id;
      }
      this.stage?.setDrawing(this.drawing());
    }
  }

  zoomed(zoom: number): void {
    this.zoom = zoom;
  }

  firstFrame(source: string): void {
    if (source !== this.open?.item) return;
    this.pictureShown = true;
    if (this.measured !== source) return;
    this.measured = null;
    performance.mark('abox:first-frame');
    performance.measure('next-item', 'abox:key', 'abox:first-frame');
  }

  pictureFailed(source: string, error: unknown): void {
    if (source === this.open?.item) this.pictureFailure = toFailure(error);
  }
}
