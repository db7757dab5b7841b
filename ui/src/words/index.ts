// All words of the window. A translation is another object of the type `Words`; components never hold words of their own.
import { batches } from './en/batches';
import { common } from './en/common';
import { conflicts } from './en/conflicts';
import { enrolment } from './en/enrolment';
import { lead } from './en/lead';
import { lock } from './en/lock';
import { seeing } from './en/seeing';
import { shell } from './en/shell';
import { workspace } from './en/workspace';

const en = { batches, common, conflicts, enrolment, lead, lock, seeing, shell, workspace };
export type Words = typeof en;

export const words: Words = en;
