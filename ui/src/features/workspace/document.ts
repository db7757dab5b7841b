// The document that the window shows. `applyPatch` is the one place where what the core says becomes what is drawn; `guess` is
// what a gesture will probably do, shown until the core has answered. Not here: whether an edit is right (the core decides).
import type { Annotation, AttributeEntry, AttributeValue, DocumentPatch, Intent, ItemDocument } from '../../generated/contract';

/** The document with what the core changed. Objects that did not change keep their identity, so that nothing else is redrawn. */
export function applyPatch(document: ItemDocument, patch: DocumentPatch): ItemDocument {
  return {
    state: patch.state ?? document.state,
    annotations: patchedAnnotations(document.annotations, patch),
    attributes: patch.attributes ?? document.attributes,
    comments: patch.comments ?? document.comments,
    conflicts: patch.conflicts ?? document.conflicts,
  };
}

function patchedAnnotations(before: Annotation[], patch: DocumentPatch): Annotation[] {
  if (patch.removed.length === 0 && patch.changed.length === 0 && patch.order === null) return before;
  const byId = new Map(before.map((annotation) => [annotation.id, annotation]));
  for (const id of patch.removed) byId.delete(id);
  // An object that is new goes to the top unless an order says otherwise.
  for (const annotation of patch.changed) byId.set(annotation.id, annotation);
  if (patch.order === null) return [...byId.values()];
  const ordered = patch.order.flatMap((id) => byId.get(id) ?? []);
  // An order that leaves something out must not make it vanish.
  const named = new Set(patch.order);
  return [...ordered, ...[...byId.values()].filter((annotation) => !named.has(annotation.id))];
}

const NO_CHANGE: DocumentPatch = { removed: [], changed: [], order: null, state: null, attributes: null, comments: null, conflicts: null };

function withAttribute(entries: readonly AttributeEntry[], attribute: string, value: AttributeValue | null): AttributeEntry[] {
  const others = entries.filter((entry) => entry.attribute !== attribute);
  return value === null ? others : [...others, { attribute, value }];
}

/** What intents will do to the parts of a document that are seen at once. The core's answer replaces it. */
export function guess(document: ItemDocument, intents: readonly Intent[], author: string): DocumentPatch {
  const changed = new Map<string, Annotation>();
  const removed = new Set<string>();
  let attributes: AttributeEntry[] | null = null;
  let comments: ItemDocument['comments'] | null = null;
  const find = (id: string): Annotation | undefined => changed.get(id) ?? document.annotations.find((annotation) => annotation.id === id);
  const change = (id: string, by: (annotation: Annotation) => Annotation): void => {
    const annotation = find(id);
    if (annotation && !removed.has(id)) changed.set(id, by(annotation));
  };
  for (const intent of intents) {
    switch (intent.kind) {
      case 'create':
        // Without an identifier it cannot be told apart from what the core will create; then it appears with the answer.
        if (intent.id !== null) changed.set(intent.id, { id: intent.id, class: intent.class, shape: intent.shape, attributes: intent.attributes, author });
        break;
      case 'delete':
        removed.add(intent.id);
        changed.delete(intent.id);
        break;
      case 'set-shape':
        change(intent.id, (annotation) => ({ ...annotation, shape: intent.shape }));
        break;
      case 'set-class':
        change(intent.id, (annotation) => ({ ...annotation, class: intent.class }));
        break;
      case 'set-attribute':
        change(intent.id, (annotation) => ({ ...annotation, attributes: withAttribute(annotation.attributes, intent.attribute, intent.value) }));
        break;
      case 'set-item-attribute':
        attributes = withAttribute(attributes ?? document.attributes, intent.attribute, intent.value);
        break;
      case 'resolve-comment':
        comments = (comments ?? document.comments).map((comment) => (comment.id === intent.id ? { ...comment, resolved: intent.resolved } : comment));
        break;
      case 'delete-comment':
        comments = (comments ?? document.comments).filter((comment) => comment.id !== intent.id);
        break;
      // States, conflicts, order and new comments are shown when the core has said so: they must not be claimed before.
      case 'add-comment':
      case 'choose':
      case 'reorder':
      case 'submit':
      case 'reopen':
      case 'accept':
      case 'reject':
        break;
    }
  }
  return { ...NO_CHANGE, removed: [...removed], changed: [...changed.values()], attributes, comments };
}
