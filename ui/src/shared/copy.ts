// Text to the clipboard of the operating system.
import { toasts } from '../state/toasts.svelte';

/** Whether it worked; a refusal is shown. */
export async function copyText(text: string, refusal: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toasts.show(refusal, 'bad');
    return false;
  }
}
