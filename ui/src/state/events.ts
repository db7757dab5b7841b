// Carries the core's events to the state of the window. Features that need more (an opened batch) subscribe by themselves.
import { onEvent } from '../host';
import { batches } from './batches.svelte';
import { session } from './session.svelte';
import { sync } from './sync.svelte';
import { tasks } from './tasks.svelte';

/** Milliseconds in which several changes of the list lead to one reload. */
const settle = 150;

/** Starts listening. Returns how to stop. */
export function followEvents(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reload = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void batches.load(), settle);
  };
  const stop = onEvent((event) => {
    if (event.kind === 'locked') {
      // The shell loads the page anew; this is for the moment until then, and for locks that nobody here asked for.
      session.keepPlace();
      return session.take({ kind: 'locked' });
    }
    if (event.kind === 'sync') sync.current = event.state;
    else if (event.kind === 'progress' || event.kind === 'finished') tasks.take(event);
    if (event.kind === 'batches-changed' || event.kind === 'items-changed' || event.kind === 'finished') reload();
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
