// One opened item: its document as the core confirmed it, the gestures that are being saved, and what can be undone.
// Gestures are sent one after the other in their order; each is shown at once and taken back when the core refuses it. One that
// only lacks room on the disk is not taken back: it waits, and those after it wait behind it.
import type { Failure, EditOutcome, HistoryState, Intent, ItemDocument, ItemSummary, ItemView } from '../../generated/contract';
import { call, toFailure } from '../../host';
import { status } from '../../state/status.svelte';
import { applyPatch, guess } from './document';

/** What an open item tells the workspace. */
export interface ItemListener {
  /** The item's line in the list is another. */
  summary(summary: ItemSummary): void;
  /** The core refused a gesture, and it was taken back. */
  refused(failure: Failure): void;
}

/** What a discarded write ends with. */
const DISCARDED = Symbol('discarded');

export class OpenItem {
  private confirmed: ItemDocument = $state.raw({ state: { kind: 'open' }, annotations: [], attributes: [], comments: [], conflicts: [] });
  private unsaved = $state.raw<readonly (readonly Intent[])[]>([]);
  history = $state.raw<HistoryState>({ undo: 0, redo: 0 });
  editable = $state(false);
  /** Why the item cannot be worked on. */
  failure = $state.raw<Failure | null>(null);
  /** Why gestures that nothing is wrong with are not saved; they wait for `saveAgain` or `discard`. */
  held = $state.raw<Failure | null>(null);
  /** Whether the core has given the document. */
  loaded = $state(false);
  private tail: Promise<void> = Promise.resolve();
  private closed = false;
  private goOn: () => void = () => undefined;
  /** Counts discards: what was asked for before the last one is not saved any more. */
  private era = 0;

  /** What is shown: the confirmed document and the gestures on their way. */
  readonly document: ItemDocument = $derived(
    this.unsaved.reduce((document, intents) => applyPatch(document, guess(document, intents, this.author)), this.confirmed),
  );

  constructor(
    readonly batch: string,
    readonly item: string,
    private readonly author: string,
    private readonly listener: ItemListener,
  ) {}

  /** Asks the core for the item; also to take over what a sync changed. Gestures wait for the answer, and it for those before. */
  load(): Promise<void> {
    this.tail = this.tail.then(async () => {
      try {
        const view: ItemView = await call('open_item', { batch: this.batch, item: this.item });
        this.confirmed = view.document;
        this.history = view.history;
        this.editable = view.editable;
        this.failure = null;
        this.loaded = true;
        this.listener.summary(view.summary);
      } catch (thrown) {
        this.failure = toFailure(thrown);
      }
    });
    return this.tail;
  }

  /** No answers are taken over any more. What was sent is still saved. */
  close(): void {
    this.closed = true;
  }

  /** How many gestures are on their way. */
  get unsavedCount(): number {
    return this.unsaved.length;
  }

  /** Saves what is held, if there is room now. */
  saveAgain(): void {
    this.held = null;
    status.clearFailure();
    this.goOn();
  }

  /** Gives up everything that is not saved. */
  discard(): void {
    this.era += 1;
    this.saveAgain();
  }

  /** Saves a finished gesture. Resolves with what it created, or `null` when the core refused it. */
  edit(intents: readonly Intent[]): Promise<readonly string[] | null> {
    if (intents.length === 0) return Promise.resolve([]);
    this.unsaved = [...this.unsaved, intents];
    return this.queued(
      () => call('edit', { batch: this.batch, item: this.item, intents: [...intents] }),
      () => (this.unsaved = this.unsaved.filter((one) => one !== intents)),
    );
  }

  undo(): Promise<readonly string[] | null> {
    return this.queued(() => call('undo', { batch: this.batch, item: this.item }));
  }

  redo(): Promise<readonly string[] | null> {
    return this.queued(() => call('redo', { batch: this.batch, item: this.item }));
  }

  /** Runs a write after those before it. The status says "saving" from now until the core has answered. */
  private queued(write: () => Promise<EditOutcome>, settled: () => void = () => undefined): Promise<readonly string[] | null> {
    const { tail: before, era } = this;
    const result = status.writing(before.then(() => this.persist(write, era))).then(
      (outcome) => {
        // In one go, so that the shape is never shown twice nor missing for a frame.
        if (!this.closed) {
          this.confirmed = applyPatch(this.confirmed, outcome.patch);
          this.history = outcome.history;
          this.editable = outcome.editable;
        }
        settled();
        this.listener.summary(outcome.summary);
        return outcome.created;
      },
      (thrown: unknown) => {
        settled();
        if (thrown === DISCARDED) return null;
        const failure = toFailure(thrown);
        status.fail(failure);
        this.listener.refused(failure);
        return null;
      },
    );
    this.tail = result.then(() => undefined);
    return result;
  }

  /** Runs a write until it is done, refused for good, or discarded. */
  private async persist(write: () => Promise<EditOutcome>, era: number): Promise<EditOutcome> {
    for (;;) {
      if (era !== this.era) throw DISCARDED;
      try {
        return await write();
      } catch (thrown) {
        const failure = toFailure(thrown);
        if (failure.code !== 'disk-full') throw failure;
        status.fail(failure);
        this.held = failure;
        await new Promise<void>((resolve) => (this.goOn = resolve));
      }
    }
  }
}
