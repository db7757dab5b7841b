// An in-memory host: component tests, and the window in a plain browser during development. Never part of a build.
// `?fixture=lead` and so on choose a scenario; ABOX_FIXTURE_IMAGES names a folder of photos for the development server.
import type { Commands, Event, Failure, TaskKind, TaskOutcome } from '../generated/contract';
import type { FileDrop, Host, PathKind } from '../host';
import * as data from './fixture-data';
import { FixtureDocuments } from './fixture-documents';

export type Scenario = 'annotator' | 'lead' | 'enrol' | 'empty' | 'blocked' | 'tour' | 'loading' | 'failing';

type Name = keyof Commands;
type Replies = { [K in Name]: (args: Commands[K]['arguments']) => Commands[K]['result'] | Promise<Commands[K]['result']> };

export const scenarioFromUrl = (): Scenario => (new URLSearchParams(location.search).get('fixture') || 'annotator') as Scenario;

export class FixtureHost implements Host {
  /** Every call in its order. */
  readonly calls: { name: Name; args: unknown }[] = [];
  /** Paths that the next dialogs of the operating system give. */
  chosen: string[][] = [];
  /** Milliseconds that every answer takes. */
  delay = 0;
  /** Milliseconds between steps of tasks, or `null`: the test moves them by `progress` and `finish`. */
  pace: number | null = null;
  private failures = new Map<Name, Failure>();
  private listeners = new Set<(event: Event) => void>();
  private drops = new Set<(drop: FileDrop) => void>();
  private lastTask = 0;
  readonly documents = new FixtureDocuments();
  readonly state;
  readonly replies: Replies;

  constructor(readonly scenario: Scenario, now: number = data.testNow) {
    const lead = scenario === 'lead' || scenario === 'tour';
    this.state = {
      locked: false,
      session: scenario === 'enrol' ? ({ kind: 'unenrolled' } as const)
        : scenario === 'blocked' ? ({ kind: 'blocked', failure: { code: 'keychain-locked', message: 'The keychain of this computer is locked, so the keys of this device cannot be read. Unlock it and try again.' } } as const)
        : data.readySession(lead),
      preferences: { theme: 'system', tourSeen: scenario !== 'tour', fillOpacity: 0.15, showLabels: true, outlinesOnly: false, overlays: { grid: false, crosshair: false, pixels: false, rulers: false, minimap: false } } as Commands['preferences']['result'],
      sync: { connection: { kind: 'online' }, running: false, waiting: lead ? 0 : 3, lastSynced: now - 130_000 } as Commands['sync_state']['result'],
      batches: scenario === 'empty' ? [] : data.batchList(now, lead),
      members: structuredClone(data.members),
      projects: [{ id: 'project-1', name: 'Street scenes', schema: data.schema }],
    };
    this.replies = this.makeReplies(now);
  }

  /** Makes a command fail from now on, or work again. */
  fail(name: Name, failure: Failure | null): void {
    if (failure === null) this.failures.delete(name);
    else this.failures.set(name, failure);
  }

  emit(event: Event): void {
    for (const listener of this.listeners) listener(event);
  }

  drop(drop: FileDrop): void {
    for (const listener of this.drops) listener(drop);
  }

  /** Arguments of the newest call of a command. */
  last<K extends Name>(name: K): Commands[K]['arguments'] | undefined {
    return this.calls.findLast((call) => call.name === name)?.args as Commands[K]['arguments'] | undefined;
  }

  async call<K extends Name>(name: K, args: Commands[K]['arguments']): Promise<Commands[K]['result']> {
    this.calls.push({ name, args: structuredClone(args) });
    if (this.scenario === 'loading' && name === 'list_batches') return new Promise(() => undefined);
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    const failure = this.failures.get(name);
    if (failure !== undefined) throw failure;
    return structuredClone(await this.replies[name](args));
  }

  onEvent(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async choosePaths(_kind: PathKind): Promise<string[]> {
    return this.chosen.shift() ?? [];
  }

  onFileDrop(listener: (drop: FileDrop) => void): () => void {
    this.drops.add(listener);
    return () => this.drops.delete(listener);
  }

  private photo(item: string): string {
    return `/fixture-images/${data.photoOf(item)[0]}.jpg`;
  }

  previewUrl(_batch: string, item: string): string {
    return this.photo(item);
  }

  regionUrl(_batch: string, item: string): string {
    return this.photo(item);
  }

  async fetchRegion(batch: string, item: string, region: { level: number; x: number; y: number; width: number; height: number }): Promise<ArrayBuffer> {
    const image = await createImageBitmap(await (await fetch(this.photo(item))).blob());
    void batch;
    const scale = 2 ** region.level;
    const canvas = new OffscreenCanvas(region.width, region.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw { code: 'internal', message: 'No canvas.' };
    context.drawImage(image, region.x * scale, region.y * scale, region.width * scale, region.height * scale, 0, 0, region.width, region.height);
    return context.getImageData(0, 0, region.width, region.height).data.buffer as ArrayBuffer;
  }

  /** Moves a running task. */
  progress(task: number, work: TaskKind, batch: string | null, done: number, total: number | null): void {
    this.emit({ kind: 'progress', task, work, batch, done, total });
  }

  finish(task: number, work: TaskKind, batch: string | null, outcome: TaskOutcome): void {
    this.emit({ kind: 'finished', task, work, batch, outcome });
  }

  private start(work: TaskKind, batch: string | null, total: number, outcome: TaskOutcome, end: () => void = () => undefined): { task: number } {
    const task = ++this.lastTask;
    if (this.pace !== null) {
      let done = 0;
      const timer = setInterval(() => {
        const cancelled = this.last('cancel_task')?.task === task;
        done += Math.ceil(total / 25);
        if (done < total && !cancelled) return this.progress(task, work, batch, done, total);
        clearInterval(timer);
        if (!cancelled) end();
        this.finish(task, work, batch, cancelled ? { kind: 'failed', failure: { code: 'cancelled', message: 'Stopped.' } } : outcome);
        this.emit({ kind: 'batches-changed' });
      }, this.pace);
    }
    return { task };
  }

  private change(id: string, change: Partial<(typeof this.state.batches)[number]>): void {
    this.state.batches = this.state.batches.map((one) => (one.id === id ? { ...one, ...change } : one));
  }

  private makeReplies(now: number): Replies {
    const { state, documents } = this;
    const summary = (id: string): (typeof state.batches)[number] => {
      const found = state.batches.find((one) => one.id === id);
      if (found === undefined) throw { code: 'not-found', message: 'There is no such batch.' };
      return found;
    };
    const sealed = { batch: 'batch-sealed', items: 28, bytes: 41_300_000, skipped: [
      { path: '/data/photos/notes.txt', reason: 'Not a supported kind of picture.' },
      { path: '/data/photos/empty.jpg', reason: 'The file is empty.' },
      { path: '/data/photos/site/copy of 12.png', reason: 'The same content as another file of this batch.' },
    ] };
    return {
      session: () => (state.locked ? { kind: 'locked' } : state.session),
      lock: () => {
        state.locked = true;
        this.emit({ kind: 'locked' });
        return {};
      },
      unlock: () => {
        state.locked = false;
        return state.session;
      },
      inspect_invite: () => ({ organisation: data.organisation, name: 'Annotator', role: 'annotator', server: 'https://192.0.2.10:7443', agreement: data.agreement, expires: now + 3 * 86_400_000 }),
      enroll: ({ deviceName }) => {
        const session = data.readySession(false);
        if (session.kind === 'ready') session.me.deviceName = deviceName;
        return session;
      },
      preferences: () => state.preferences,
      set_preferences: (preferences) => ((state.preferences = preferences), {}),
      sync_now: () => {
        state.sync = { ...state.sync, waiting: 0, running: false, lastSynced: Date.now() };
        this.emit({ kind: 'sync', state: state.sync });
        return {};
      },
      sync_state: () => state.sync,
      cancel_task: () => ({}),
      list_batches: () => state.batches,
      pull_batch: ({ batch }) => this.start('pull', batch, summary(batch).bytes, { kind: 'done' }, () => this.change(batch, { presence: 'here', bytesHere: summary(batch).bytes })),
      open_batch: ({ batch }) => documents.view(summary(batch)),
      open_item: ({ item }) => documents.open(item),
      prefetch: () => ({}),
      edit: ({ item, intents }) => documents.edit(item, intents),
      undo: ({ item }) => documents.step(item, 'undo'),
      redo: ({ item }) => documents.step(item, 'redo'),
      submit: ({ items }) => ({ submitted: items?.length ?? 85, refused: [{ item: 'item-2', reason: 'The attribute that is required has no value.' }], items: [] }),
      list_members: () => state.members,
      invite: ({ name, role }) => {
        state.members = [...state.members, { id: `member-${state.members.length}`, name, role, devices: [], invited: true }];
        return { code: 'abox1-9k2m7q4xw8c3t6vz0h5jr1np8d4sfa6yb3ge7m2kq9xw5c8t1vz4h0jr6npd3sfa2yb9ge5m7kq1xw4c8t6vz0h3jr', expires: now + 7 * 86_400_000 };
      },
      list_projects: () => state.projects,
      create_project: ({ name, schema }) => {
        const given = JSON.parse(schema) as { classes: { name: string; color?: string; key?: string; shapes: ('box' | 'polygon' | 'tag')[] }[] };
        const project = { id: `project-${state.projects.length + 1}`, name, schema: { classes: given.classes.map((one, index) => ({ id: `class-${index}`, name: one.name, color: one.color ?? '#0072b2', key: one.key ?? null, shapes: one.shapes, attributes: [] })), attributes: [] } };
        state.projects = [...state.projects, project];
        return project;
      },
      seal_batch: ({ name, due }) => this.start('seal', null, 31, { kind: 'sealed', report: sealed }, () => {
        state.batches = [data.batch({ id: sealed.batch, name, due, presence: 'unpushed', counts: data.counts({ untouched: sealed.items }), bytes: sealed.bytes, bytesHere: sealed.bytes, canReview: true }, now), ...state.batches];
      }),
      push_batch: ({ batch }) => this.start('push', batch, summary(batch).bytes, { kind: 'done' }, () => this.change(batch, { presence: 'here' })),
      assign_batch: ({ batch, member }) => {
        const { name } = state.members.find((one) => one.id === member) ?? { name: '' };
        this.change(batch, { assignees: [...summary(batch).assignees, { member, name }] });
        return {};
      },
      plan_export: ({ batch }) => ({ items: summary(batch).counts.total, accepted: summary(batch).counts.accepted, annotations: 1284, dropped: [
        { what: 'Comments', why: 'COCO has no place for remarks.', count: 17 },
        { what: 'Tags on pictures', why: 'COCO describes objects only.', count: 42 },
      ] }),
      export_batch: ({ batch }) => this.start('export', batch, summary(batch).counts.total, { kind: 'exported', report: { written: 1284, dropped: [{ what: 'Comments', why: 'COCO has no place for remarks.', count: 17 }] } }),
    };
  }
}

/** The host of the development page: real time, tasks that move by themselves, a little latency. */
export function fixtureHost(scenario: Scenario): FixtureHost {
  const host = new FixtureHost(scenario, Date.now());
  host.delay = 60;
  host.pace = 120;
  host.chosen = [['/data/photos'], ['/data/photos/a.jpg'], ['/data/export']];
  if (scenario === 'failing') {
    host.fail('list_batches', { code: 'store-damaged', message: 'The local database is damaged. Restore it from a backup, or enrol this device again and pull your batches.' });
    host.state.sync = { connection: { kind: 'offline' }, running: false, waiting: 3, lastSynced: Date.now() - 3_600_000 };
  }
  Object.assign(window, { fixture: host });
  return host;
}
