// The list of batches as the core last gave it.
import type { BatchSummary, Failure } from '../generated/contract';
import { call, toFailure } from '../host';

class BatchList {
  /** `null` until it was loaded once. */
  list = $state.raw<readonly BatchSummary[] | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Counts requests: an answer that was overtaken by a newer one is dropped. */
  private asked = 0;

  async load(): Promise<void> {
    const ask = ++this.asked;
    try {
      const list = await call('list_batches');
      if (ask !== this.asked) return;
      this.list = list;
      this.failure = null;
    } catch (thrown) {
      if (ask === this.asked) this.failure = toFailure(thrown);
    }
  }

  get(id: string): BatchSummary | undefined {
    return this.list?.find((batch) => batch.id === id);
  }

  forget(): void {
    this.list = null;
    this.failure = null;
  }
}

export const batches = new BatchList();
