// Words of locking and of the lock screen, which names nobody and nothing that was open.
import type { TaskKind } from '../../generated/contract';
import { common } from './common';

export const lock = {
  action: 'Lock',
  locking: 'Locking…',
  title: 'Locked',
  text: 'Your work is saved on this device. Unlock to go on where you were.',
  unlock: 'Unlock',
  unlocking: 'Unlocking…',
  keychain: 'If the system asks for the password of the keychain, type it there.',
  ask: {
    title: 'Lock now?',
    running: (work: TaskKind): string => `${common.work[work]} is still running. It stops, nothing is lost, and it can be started again.`,
    someWork: 'Work is still running. It stops, nothing is lost, and it can be started again.',
    held: 'The last changes could not be saved. They are not kept.',
    gesture: 'The shape that is being drawn is not finished. It is not kept.',
    writing: 'Something is open that was not sent. What was typed there is not kept.',
    stay: 'Keep working',
    stop: 'Stop and lock',
    lock: 'Lock',
  },
};
