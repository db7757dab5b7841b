// What the rest of the window may use of the canvas.
export { CHANNELS, isNeutral, NEUTRAL, PALETTES, paletteColors, type Adjustments, type Channel, type Palette } from './adjustments';
export { imagePoint, type ImagePoint, type Size } from './geometry';
export { rgb } from './gl/program';
export type { Picture } from './gl/pictures';
export type { Pin, StageColors } from './gl/renderer';
export { newIdentifier } from './identifier';
export { isUpright, turned, UPRIGHT, type Orientation, type Turn } from './orientation';
export { firstTiles, levelsOf, type Tile } from './pyramid';
export type { SceneObject } from './scene';
export { Stage, type StageListener, type ToolName } from './stage';
export type { Pixels, TileSource } from './tiles';
export type { Hint, Selection } from './tools/tool';
