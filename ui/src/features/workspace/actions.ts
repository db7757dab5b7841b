// What can be done in the workspace, with its keys. The registry makes tooltips, palette and shortcut sheet from it.
import type { Action, Scope } from '../../actions/registry.svelte';
import { words } from '../../words';
import { viewActions } from './view-actions';
import type { Workspace } from './workspace.svelte';

const w = words.workspace;
const arrows = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];
const farArrows = arrows.map((arrow) => `Shift+${arrow}`);

export function workspaceActions(it: Workspace): Action[] {
  const action = (id: string, title: string, keys: readonly string[], run: Action['run'], more: Partial<Action> = {}, scope: Scope = 'workspace'): Action => ({
    id: `workspace.${id}`,
    title,
    keys,
    run,
    scope,
    ...more,
  });
  const canvas = (...args: Parameters<typeof action>): Action => ({ ...action(...args), scope: 'canvas' });
  const editable = (): boolean => it.editable;
  const selecting = (): boolean => it.tool === 'select' && it.selection.ids.length > 0;
  const inState = (...states: string[]): boolean => it.summary !== null && states.includes(it.summary.state);
  // Arrows move what is selected, else the view.
  const nudging = { enabled: () => editable() && selecting(), repeats: true, hidden: true };
  const panning = { enabled: () => !selecting() && atStage(), repeats: true, hidden: true };
  return [
    canvas('select', w.tools.select, ['v'], () => it.setTool('select')),
    canvas('box', w.tools.box, ['b'], () => it.setTool('box'), { enabled: () => it.canDraw('box') }),
    canvas('polygon', w.tools.polygon, ['p'], () => it.setTool('polygon'), { enabled: () => it.canDraw('polygon') }),
    canvas('comment', w.tools.remark, ['c'], () => it.setTool('remark'), { enabled: () => it.open?.loaded ?? false }),
    canvas('draw-again', w.drawAgain, ['n'], () => it.drawAgain(), { enabled: editable }),
    canvas('finish', w.finishShape, ['Enter'], () => it.complete(), { hidden: true, enabled: () => it.tool !== 'select' }),
    canvas('stop', w.stop, ['Escape'], () => it.cancel(), { hidden: true }),
    canvas('take-back', w.takeBackPoint, ['Backspace'], () => it.key('Backspace'), { hidden: true, enabled: editable, repeats: true }),
    canvas('delete', w.deleteObjects, ['Delete'], () => it.key('Delete'), { enabled: () => editable() && it.selection.ids.length > 0 }),
    canvas('nudge', w.nudge, arrows, (press) => press && it.key(press.key), nudging),
    canvas('nudge-far', w.nudgeFar, farArrows, (press) => press && it.key(press.key, true), nudging),
    canvas('pan', w.pan, arrows, (press) => press && it.pan(press.key, 1), panning),
    canvas('pan-far', w.panFar, farArrows, (press) => press && it.pan(press.key, 5), panning),
    canvas('next-object', w.nextObject, ['Tab'], () => it.cycle(1), { repeats: true, enabled: () => it.annotations.length > 0 && atStage() }),
    canvas('previous-object', w.previousObject, ['Shift+Tab'], () => it.cycle(-1), { repeats: true, enabled: () => it.annotations.length > 0 && atStage() }),
    canvas('select-all', w.selectAll, ['Mod+a'], () => it.selectAll()),
    canvas('copy', w.copyObjects, ['Mod+c'], () => it.copy(), { enabled: () => it.selection.ids.length > 0 }),
    canvas('paste', w.pasteObjects, ['Mod+v'], () => it.paste(), { enabled: editable }),
    action('undo', w.undo, ['Mod+z'], () => it.undo(), { repeats: true }),
    action('redo', w.redo, ['Mod+Shift+z', 'Mod+y'], () => it.redo(), { repeats: true }),
    action('next-item', w.nextItem, ['f', 'PageDown'], () => it.step(1), { repeats: true }),
    action('previous-item', w.previousItem, ['d', 'PageUp'], () => it.step(-1), { repeats: true }),
    action('first-item', w.firstItem, ['Home'], () => it.goToEnd(0)),
    action('last-item', w.lastItem, ['End'], () => it.goToEnd(-1)),
    action('next-to-do', it.review ? w.nextToReview : w.nextToWork, ['Mod+ArrowRight', 'Shift+f'], () => it.nextToDo()),
    action('submit', w.submitAndNext, ['Mod+Enter'], () => it.submit(), { enabled: () => inState('open', 'rejected') && (it.open?.loaded ?? false), inText: false }),
    action('reopen', w.reopen, [], () => it.reopen(), { enabled: () => inState('submitted') }),
    ...(it.review
      ? [
          action('accept', w.accept, ['a'], () => it.accept(), { enabled: () => inState('submitted', 'rejected') }),
          action('reject', w.reject, ['r'], () => void (it.rejecting = true), { enabled: () => inState('submitted', 'accepted') }),
        ]
      : []),
    ...viewActions(it),
    ...it.classes.flatMap((one) =>
      one.key === null ? [] : [canvas(`class-${one.id}`, w.pickClass(one.name), [one.key], () => it.chooseClass(one.id), { enabled: editable, hidden: false })],
    ),
  ];
}

/** Tab goes round the objects only from the stage; elsewhere it moves the focus, as everywhere. */
function atStage(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.closest('[data-testid="stage"]') !== null;
}
