// Words of the list of batches.
import { count, counted, date, daysUntil } from '../format';

export const batches = {
  title: 'Batches',
  search: 'Find a batch',
  columns: { name: 'Batch', progress: 'Progress', due: 'Due', size: 'On this device', people: 'Assigned to' },
  items: (n: number): string => counted(n, 'item', 'items'),
  states: { untouched: 'Not started', labelled: 'Labelled', submitted: 'Submitted', accepted: 'Accepted', rejected: 'Sent back' },
  progressText: (done: number, total: number): string => `${count(done)} of ${count(total)} done`,
  due: (time: number, now: number): string => {
    const left = daysUntil(time, now);
    if (left < 0) return `${counted(-left, 'day', 'days')} overdue`;
    if (left === 0) return 'Today';
    if (left === 1) return 'Tomorrow';
    return left < 7 ? `In ${left} days` : date(time, now);
  },
  noDue: 'No date',
  presence: { remote: 'Not downloaded', here: 'On this device', unpushed: 'Not uploaded yet' },
  partly: 'Partly downloaded',
  conflicts: (n: number): string => counted(n, 'conflict', 'conflicts'),
  rejected: (n: number): string => `${count(n)} sent back`,
  waiting: (n: number): string => `${count(n)} not synced`,
  toReview: (n: number): string => `${count(n)} to review`,
  complete: 'Complete',
  nobody: 'Nobody yet',
  actions: {
    open: 'Open',
    pull: 'Download',
    push: 'Upload',
    assign: 'Assign…',
    export: 'Export…',
    submit: 'Submit all labelled items',
    more: 'More',
    search: 'Find a batch',
    next: 'Next batch',
    previous: 'Previous batch',
    create: 'New batch…',
    reload: 'Reload the list',
  },
  percent: (done: number, total: number): string => (total > 0 ? `${Math.floor((done / total) * 100)} %` : ''),
  emptyTitle: 'No batches yet',
  emptyAnnotator: 'When a lead assigns a batch to you, it appears here after the next sync.',
  emptyLead: 'Drop a folder of photos here, or choose one. It is encrypted on this computer before anything is sent.',
  noMatchTitle: 'No batch has these words',
  clearSearch: 'Clear the search',
  errorTitle: 'The list could not be read',
  offline: 'You are offline. Batches on this device work as usual; the others can be downloaded when the server is back.',
  assigned: (name: string): string => `Assigned to ${name}`,
  pulled: (name: string): string => `“${name}” is on this device and works without a network.`,
  pushed: (name: string): string => `“${name}” is uploaded.`,
  stopped: 'Stopped. What was already transferred is kept.',
  submitTitle: 'Submit this batch?',
  submitText: (n: number): string => `${counted(n, 'open or sent-back item goes', 'open or sent-back items go')} to a lead for review. Items that are not complete stay open.`,
  submit: 'Submit',
  submitted: (n: number): string => `${counted(n, 'item', 'items')} submitted.`,
  submitRefused: (n: number): string => `${counted(n, 'item was', 'items were')} not submitted:`,
  drop: 'Drop to make a new batch',
  dropMore: 'The files are encrypted on this computer. Originals stay where they are.',
  assignTitle: 'Assign the batch',
  assignText: 'The chosen members’ devices get the key of this batch.',
};
