// Short messages that come and go by themselves. Errors stay until they are dismissed.
import { toFailure } from '../host';

export type ToastTone = 'info' | 'good' | 'bad';
export interface Toast {
  id: number;
  tone: ToastTone;
  text: string;
  /** Of the failure that it tells. */
  code?: string;
}

/** Milliseconds that a message which is not an error stays. */
const stay = 5000;

class ToastState {
  list = $state.raw<readonly Toast[]>([]);
  private last = 0;

  show(text: string, tone: ToastTone = 'info', code?: string): void {
    const id = ++this.last;
    // The same message twice is one message: a retry that fails again must not pile up.
    this.list = [...this.list.filter((toast) => toast.text !== text), { id, tone, text, ...(code === undefined ? {} : { code }) }].slice(-4);
    if (tone !== 'bad') setTimeout(() => this.dismiss(id), stay);
  }

  /** Shows whatever was thrown. A cancelled task is no error to its canceller. */
  failure(thrown: unknown): void {
    const failure = toFailure(thrown);
    if (failure.code !== 'cancelled') this.show(failure.message, 'bad', failure.code);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new ToastState();
