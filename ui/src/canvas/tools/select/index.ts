// The select tool: click, rubber band, move, resize, bend.

import { toolOf, type Tool } from '../tool';
import { bending } from './bending';
import { brushing } from './brushing';
import { idle } from './idle';
import { moving } from './moving';
import { pointing } from './pointing';
import { resizing } from './resizing';
import { IDLE, type SelectState } from './states';

export const selectTool: Tool<SelectState> = toolOf<SelectState>('select', IDLE, { idle, pointing, brushing, moving, resizing, bending });
