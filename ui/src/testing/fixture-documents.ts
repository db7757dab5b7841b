// Items, edits and undo of the in-memory host. A small stand-in for the core: it applies intents so that the workspace can be
// used during development. It checks nothing; what the core does is proven by the core's own tests.
import type { Annotation, BatchView, DocumentPatch, EditOutcome, Intent, ItemDocument, ItemSummary, ItemView } from '../generated/contract';
import * as data from './fixture-data';

interface Held {
  document: ItemDocument;
  undo: ItemDocument[];
  redo: ItemDocument[];
}

export class FixtureDocuments {
  readonly items = data.items(400);
  private held = new Map<string, Held>();
  private last = 0;

  view(summary: BatchView['summary']): BatchView {
    return { summary, project: summary.project, schema: data.schema, guide: 'Label every person and vehicle that is larger than 10 pixels.', items: this.items, resume: null };
  }

  private get(id: string): Held {
    const item = this.item(id);
    const held = this.held.get(id) ?? { document: data.document(item), undo: [], redo: [] };
    this.held.set(id, held);
    return held;
  }

  item(id: string): ItemSummary {
    const item = this.items.find((one) => one.id === id);
    if (item === undefined) throw { code: 'not-found', message: 'There is no such item.' };
    return item;
  }

  open(id: string): ItemView {
    const { document, undo, redo } = this.get(id);
    const summary = this.item(id);
    const { width, height } = summary;
    const levels = [{ width, height }];
    for (let level = { width, height }; level.width > 256 || level.height > 256; levels.push(level)) level = { width: Math.ceil(level.width / 2), height: Math.ceil(level.height / 2) };
    return { summary, document: structuredClone(document), levels, history: { undo: undo.length, redo: redo.length }, editable: true };
  }

  edit(id: string, intents: readonly Intent[]): EditOutcome {
    const held = this.get(id);
    const before = held.document;
    const document = structuredClone(before);
    const created: string[] = [];
    for (const intent of intents) this.apply(document, intent, created);
    held.undo.push(before);
    held.redo = [];
    return this.outcome(id, before, document, created);
  }

  step(id: string, direction: 'undo' | 'redo'): EditOutcome {
    const held = this.get(id);
    const before = held.document;
    const next = held[direction].pop() ?? before;
    held[direction === 'undo' ? 'redo' : 'undo'].push(before);
    return this.outcome(id, before, next, []);
  }

  private outcome(id: string, before: ItemDocument, after: ItemDocument, created: string[]): EditOutcome {
    const held = this.get(id);
    held.document = after;
    const summary = this.item(id);
    Object.assign(summary, { state: after.state.kind, annotations: after.annotations.length, conflicts: after.conflicts.length, waiting: true });
    const changed = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
    const patch: DocumentPatch = {
      removed: before.annotations.filter((one) => !after.annotations.some((two) => two.id === one.id)).map((one) => one.id),
      changed: after.annotations.filter((one) => changed(one, before.annotations.find((two) => two.id === one.id))),
      order: changed(before.annotations.map((one) => one.id), after.annotations.map((one) => one.id)) ? after.annotations.map((one) => one.id) : null,
      state: changed(before.state, after.state) ? after.state : null,
      attributes: changed(before.attributes, after.attributes) ? after.attributes : null,
      comments: changed(before.comments, after.comments) ? after.comments : null,
      conflicts: changed(before.conflicts, after.conflicts) ? after.conflicts : null,
    };
    return structuredClone({ patch, created, history: { undo: held.undo.length, redo: held.redo.length }, summary, editable: true });
  }

  private apply(document: ItemDocument, intent: Intent, created: string[]): void {
    const find = (id: string): Annotation => {
      const annotation = document.annotations.find((one) => one.id === id);
      if (annotation === undefined) throw { code: 'edit-refused', message: 'The object is gone.' };
      return annotation;
    };
    const set = (list: ItemDocument['attributes'], attribute: string, value: ItemDocument['attributes'][number]['value'] | null): void => {
      const at = list.findIndex((one) => one.attribute === attribute);
      if (at >= 0) list.splice(at, 1);
      if (value !== null) list.push({ attribute, value });
    };
    switch (intent.kind) {
      case 'create': {
        const id = intent.id ?? `made-${++this.last}`;
        document.annotations.push({ id, class: intent.class, shape: intent.shape, attributes: intent.attributes, author: 'member-annotator' });
        created.push(id);
        break;
      }
      case 'delete': document.annotations = document.annotations.filter((one) => one.id !== intent.id); break;
      case 'set-shape': find(intent.id).shape = intent.shape; break;
      case 'set-class': find(intent.id).class = intent.class; break;
      case 'set-attribute': set(find(intent.id).attributes, intent.attribute, intent.value); break;
      case 'set-item-attribute': set(document.attributes, intent.attribute, intent.value); break;
      case 'reorder': {
        const annotation = find(intent.id);
        document.annotations = document.annotations.filter((one) => one !== annotation);
        document.annotations.splice(intent.index, 0, annotation);
        break;
      }
      case 'add-comment': document.comments.push({ id: `remark-${++this.last}`, author: 'member-annotator', time: Date.now(), anchor: intent.anchor, text: intent.text, resolved: false }); break;
      case 'resolve-comment': for (const one of document.comments) if (one.id === intent.id) one.resolved = intent.resolved; break;
      case 'delete-comment': document.comments = document.comments.filter((one) => one.id !== intent.id); break;
      case 'choose': document.conflicts = document.conflicts.filter((one) => one.id !== intent.conflict); break;
      case 'submit': document.state = { kind: 'submitted' }; break;
      case 'reopen': document.state = { kind: 'open' }; break;
      case 'accept': document.state = { kind: 'accepted' }; break;
      case 'reject': document.state = { kind: 'rejected', reason: intent.reason }; break;
    }
  }
}
