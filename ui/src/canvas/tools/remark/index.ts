// The remark tool: one click says what a comment is about, an object or a place. Its only state is waiting.

import { clampTo } from '../../geometry';
import { EMPTY_SKETCH, HIT_TOLERANCE, stay, toolOf, type StateOf, type Tool } from '../tool';

export type RemarkState = { readonly name: 'waiting'; readonly hovered: string | null };

const waiting: StateOf<RemarkState, RemarkState> = {
  // Esc leaves the tool; the stage does that for a tool that is not busy.
  busy: false,
  on(state, event, context) {
    const under = (at: Parameters<typeof context.scene.pick>[0]): string | null =>
      context.scene.pick(at, context.toImageLength(HIT_TOLERANCE), (id) => context.hidden(id))?.id ?? null;
    switch (event.kind) {
      case 'move':
        return stay({ name: 'waiting', hovered: under(event.at) });
      case 'down': {
        const at = clampTo(context.picture, event.at);
        // With Alt the place is meant, whatever object is there.
        return stay(state, { kind: 'remark', at, object: event.alt ? null : under(event.at) });
      }
      case 'interrupt':
        return stay({ name: 'waiting', hovered: null });
      case 'up':
      case 'key':
      case 'complete':
      case 'cancel':
        return stay(state);
    }
  },
  hint: () => 'remark',
  cursor: () => 'crosshair',
  sketch: (state) => ({ ...EMPTY_SKETCH, hovered: state.hovered }),
};

export const remarkTool: Tool<RemarkState> = toolOf<RemarkState>('remark', { name: 'waiting', hovered: null }, { waiting });
