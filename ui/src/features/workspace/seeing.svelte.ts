// How the picture is looked at. What can hide something of it (adjustments, turns) lasts as long as the batch is open and is
// announced; what lies over it and how objects are drawn are preferences of the person. Nothing here reaches a document.
import { CHANNELS, isNeutral, isUpright, NEUTRAL, PALETTES, turned, UPRIGHT, type Adjustments, type Orientation, type Turn } from '../../canvas';
import type { Overlays } from '../../generated/contract';
import { preferences } from '../../state/session.svelte';
import { toasts } from '../../state/toasts.svelte';

/** The adjustments that have a range, each in steps from -100 to 100. */
export type Range = 'brightness' | 'contrast' | 'saturation' | 'gamma';
export const RANGES: readonly Range[] = ['brightness', 'contrast', 'saturation', 'gamma'];

/** Gamma goes from a quarter to four, even steps being even factors. */
const GAMMA_REACH = 4;

export class SeeingState {
  adjustments = $state.raw<Adjustments>(NEUTRAL);
  orientation = $state.raw<Orientation>(UPRIGHT);
  panelOpen = $state(false);
  /** The fill while it is being changed: it is kept when the hand lets go. */
  fillDraft = $state<number | null>(null);

  readonly turned: boolean = $derived(!isUpright(this.orientation));
  /** Whether the picture is not shown as it is. */
  readonly adjusted: boolean = $derived(this.turned || !isNeutral(this.adjustments));
  /** Which adjustments are not neutral. */
  readonly changed: readonly (keyof Adjustments)[] = $derived(
    (Object.keys(NEUTRAL) as (keyof Adjustments)[]).filter((name) => this.adjustments[name] !== NEUTRAL[name]),
  );
  readonly fill: number = $derived(this.fillDraft ?? preferences.current.fillOpacity);

  set(change: Partial<Adjustments>): void {
    this.adjustments = { ...this.adjustments, ...change };
  }

  /** An adjustment in steps from -100 to 100. */
  steps(range: Range): number {
    const value = this.adjustments[range];
    return Math.round(100 * (range === 'gamma' ? Math.log(value) / Math.log(GAMMA_REACH) : value)) + 0;
  }

  setSteps(range: Range, steps: number): void {
    const part = Math.min(Math.max(steps, -100), 100) / 100;
    this.set({ [range]: range === 'gamma' ? GAMMA_REACH ** part : part });
  }

  nudge(range: Range, by: number): void {
    this.setSteps(range, this.steps(range) + by);
  }

  nextChannel(): void {
    this.set({ channel: after(CHANNELS, this.adjustments.channel) });
  }

  nextPalette(): void {
    this.set({ palette: after(PALETTES, this.adjustments.palette) });
  }

  turn(turn: Turn): void {
    this.orientation = turned(this.orientation, turn);
  }

  /** Shows the picture as it is. */
  reset(): void {
    this.adjustments = NEUTRAL;
    this.orientation = UPRIGHT;
  }

  toggleOverlay(name: keyof Overlays): void {
    const { overlays } = preferences.current;
    keep({ overlays: { ...overlays, [name]: !overlays[name] } });
  }

  toggleOutlines(): void {
    keep({ outlinesOnly: !preferences.current.outlinesOnly });
  }

  toggleLabels(): void {
    keep({ showLabels: !preferences.current.showLabels });
  }

  /** Keeps how strongly objects are filled, 0 to 1. Who fills them wants to see it. */
  keepFill(fill: number): void {
    this.fillDraft = null;
    keep({ fillOpacity: Math.min(Math.max(Math.round(fill * 100) / 100, 0), 1), outlinesOnly: false });
  }
}

function keep(change: Parameters<typeof preferences.set>[0]): void {
  void preferences.set(change).catch((thrown: unknown) => toasts.failure(thrown));
}

function after<T>(list: readonly T[], one: T): T {
  return list[(list.indexOf(one) + 1) % list.length] ?? one;
}
