// Words that several views share.
import type { ItemState, MemberRole, TaskKind } from '../../generated/contract';

const roles: Record<MemberRole, string> = { owner: 'Owner', lead: 'Lead', annotator: 'Annotator' };
const itemStates: Record<ItemState, string> = { open: 'Open', submitted: 'Submitted', accepted: 'Accepted', rejected: 'Sent back' };
const work: Record<TaskKind, string> = { seal: 'Encrypting files', push: 'Uploading', pull: 'Downloading', export: 'Exporting', sync: 'Syncing' };

export const common = {
  app: 'Annotation Box Workbench',
  cancel: 'Cancel',
  cancelling: 'Stopping…',
  close: 'Close',
  back: 'Back',
  next: 'Next',
  done: 'Done',
  retry: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  copyRefused: 'The system did not allow copying. Select the text and press Ctrl+C.',
  dismiss: 'Dismiss',
  loading: 'Loading…',
  choose: 'Choose…',
  optional: 'optional',
  code: (code: string): string => `Code: ${code}`,
  roles,
  itemStates,
  work,
};
