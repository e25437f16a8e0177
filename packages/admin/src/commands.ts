import type { Command } from './command.ts';
import { USERS } from './commands/users.ts';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [USERS];
