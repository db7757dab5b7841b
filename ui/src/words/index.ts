// All words of the window. A translation is another object of the type `Words`; components never hold words of their own.
import { common } from './en/common';
import { workspace } from './en/workspace';

const en = { common, workspace };
export type Words = typeof en;

export const words: Words = en;
