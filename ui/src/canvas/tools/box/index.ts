// The box tool: drag from corner to corner, or click both corners.

import { toolOf, type Tool } from '../tool';
import { idle } from './idle';
import { pressed } from './pressed';
import { stretching } from './stretching';
import type { BoxState } from './states';

export const boxTool: Tool<BoxState> = toolOf<BoxState>('box', { name: 'idle', pointer: null }, { idle, pressed, stretching });
