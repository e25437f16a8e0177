import type { Command } from './command.ts';
import { BACKUP } from './commands/backup.ts';
import { DELETE } from './commands/delete.ts';
import { INVITE } from './commands/invite.ts';
import { INVITES } from './commands/invites.ts';
import { RESTORE } from './commands/restore.ts';
import { RESUME } from './commands/resume.ts';
import { ROTATE_KEYS } from './commands/rotate-keys.ts';
import { STATS } from './commands/stats.ts';
import { SUSPEND } from './commands/suspend.ts';
import { UNINVITE } from './commands/uninvite.ts';
import { USERS } from './commands/users.ts';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  STATS,
  USERS,
  SUSPEND,
  RESUME,
  DELETE,
  INVITE,
  INVITES,
  UNINVITE,
  ROTATE_KEYS,
  BACKUP,
  RESTORE,
];
