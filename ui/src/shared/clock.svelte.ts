// The time, for "2 min ago" and "overdue": moves every 15 seconds while somebody looks.
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 15_000);
  return () => clearInterval(timer);
});

/** Unix milliseconds; reading it in a component follows it. */
export function now(): number {
  subscribe();
  return Date.now();
}
