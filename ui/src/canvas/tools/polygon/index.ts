// The polygon tool: click the points; the first point, Enter or a double click closes.

import { toolOf, type Tool } from '../tool';
import { drawing } from './drawing';
import { idle } from './idle';
import type { PolygonState } from './states';

export const polygonTool: Tool<PolygonState> = toolOf<PolygonState>('polygon', { name: 'idle', pointer: null }, { idle, drawing });
