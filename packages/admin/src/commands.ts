import type { Command } from './command.ts';
import { ROTATE_KEYS } from './commands/rotate-keys.ts';
import { USERS } from './commands/users.ts';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [USERS, ROTATE_KEYS];
