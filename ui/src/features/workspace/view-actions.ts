// How the picture and its objects are looked at, as actions with keys. They work while the panel of the view is open, too, but
// not behind any other dialog.
import type { Action } from '../../actions/registry.svelte';
import { words } from '../../words';
import type { Range } from './seeing.svelte';
import type { Workspace } from './workspace.svelte';

const w = words.seeing;
/** Of 200 between the ends of a range. */
const STEP = 10;

export function viewActions(it: Workspace): Action[] {
  const { seeing } = it;
  const action = (id: string, title: string, keys: readonly string[], run: () => void, more: Partial<Action> = {}): Action => ({
    id: `workspace.${id}`,
    title,
    keys,
    run,
    scope: 'view',
    inDialogs: true,
    enabled: atThePicture,
    ...more,
  });
  const range = (id: string, title: string, key: string, which: Range, by: number): Action =>
    action(id, title, [key], () => seeing.nudge(which, by), { repeats: true });
  return [
    action('view', w.openPanel, ['Shift+a'], () => void (seeing.panelOpen = !seeing.panelOpen), { search: 'brightness contrast' }),
    action('reset-view', w.resetAll, ['Alt+0'], () => seeing.reset(), { enabled: () => seeing.adjusted && atThePicture(), search: 'reset' }),
    action('fit', words.workspace.fit, ['0'], () => it.fit()),
    action('actual-size', words.workspace.actualSize, ['Shift+z'], () => it.zoomTo(1 / (window.devicePixelRatio || 1)), { search: '1:1' }),
    action('zoom-objects', w.zoomToObjects, ['z'], () => it.zoomToObjects()),
    action('zoom-in', w.zoomIn, ['+', '='], () => it.zoomBy(1.25), { repeats: true }),
    action('zoom-out', w.zoomOut, ['-'], () => it.zoomBy(0.8), { repeats: true }),
    action('turn-right', w.turns.clockwise, ['Mod+r'], () => seeing.turn('clockwise'), { search: 'rotate' }),
    action('turn-left', w.turns.counterclockwise, ['Mod+Shift+r'], () => seeing.turn('counterclockwise'), { search: 'rotate' }),
    action('flip-left-right', w.turns['left-right'], ['Shift+h'], () => seeing.turn('left-right'), { search: 'mirror horizontal' }),
    action('flip-top-bottom', w.turns['top-bottom'], ['Shift+v'], () => seeing.turn('top-bottom'), { search: 'mirror vertical' }),
    range('brighter', w.brighter, 'Alt+ArrowUp', 'brightness', STEP),
    range('darker', w.darker, 'Alt+ArrowDown', 'brightness', -STEP),
    range('more-contrast', w.moreContrast, 'Alt+ArrowRight', 'contrast', STEP),
    range('less-contrast', w.lessContrast, 'Alt+ArrowLeft', 'contrast', -STEP),
    range('more-gamma', w.moreGamma, 'Alt+Shift+ArrowUp', 'gamma', STEP),
    range('less-gamma', w.lessGamma, 'Alt+Shift+ArrowDown', 'gamma', -STEP),
    range('more-saturation', w.moreSaturation, 'Alt+Shift+ArrowRight', 'saturation', STEP),
    range('less-saturation', w.lessSaturation, 'Alt+Shift+ArrowLeft', 'saturation', -STEP),
    action('equalise', w.adjustments.equalise, ['Shift+e'], () => seeing.set({ equalise: !seeing.adjustments.equalise }), { search: 'histogram' }),
    action('invert', w.adjustments.invert, ['Shift+i'], () => seeing.set({ invert: !seeing.adjustments.invert }), { search: 'negative' }),
    action('channel', w.nextChannel, ['Shift+c'], () => seeing.nextChannel(), { search: 'red green blue grey' }),
    action('palette', w.nextPalette, ['Shift+u'], () => seeing.nextPalette(), { search: 'viridis inferno turbo heat' }),
    action('hide-all', words.workspace.hideAll, ['h'], () => void (it.allHidden = !it.allHidden)),
    action('labels', words.workspace.showLabels, ['l'], () => seeing.toggleLabels()),
    action('outlines', w.outlinesOnly, ['Shift+o'], () => seeing.toggleOutlines()),
    action('more-fill', w.moreFill, ['Alt++', 'Alt+='], () => seeing.keepFill(seeing.fill + 0.1), { repeats: true, search: 'opacity' }),
    action('less-fill', w.lessFill, ['Alt+-'], () => seeing.keepFill(seeing.fill - 0.1), { repeats: true, search: 'opacity' }),
    action('grid', w.overlays.grid, ['Shift+g'], () => seeing.toggleOverlay('grid')),
    action('crosshair', w.overlays.crosshair, ['Shift+x'], () => seeing.toggleOverlay('crosshair')),
    action('pixels', w.overlays.pixels, ['Shift+p'], () => seeing.toggleOverlay('pixels')),
    action('rulers', w.overlays.rulers, ['Shift+r'], () => seeing.toggleOverlay('rulers')),
    action('minimap', w.overlays.minimap, ['Shift+m'], () => seeing.toggleOverlay('minimap')),
  ];
}

/** Whether nothing lies before the picture but, at most, the panel of the view. */
function atThePicture(): boolean {
  return document.querySelector('[role="dialog"]:not([data-testid="view-panel"]), [role="alertdialog"], [role="menu"]') === null;
}
