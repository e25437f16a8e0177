import type { Command } from './command.ts';
import { CONTACTS } from './commands/contacts.ts';
import { DELETE_ACCOUNT } from './commands/delete-account.ts';
import { EXPORT } from './commands/export.ts';
import { PASSWORD } from './commands/password.ts';
import { REGISTER } from './commands/register.ts';
import { ACCEPT, DECLINE } from './commands/requests.ts';
import { SEND } from './commands/send.ts';
import { SESSIONS } from './commands/sessions.ts';
import { TAIL } from './commands/tail.ts';
import { VERIFY } from './commands/verify.ts';
import { WARNINGS } from './commands/warnings.ts';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  REGISTER,
  SEND,
  TAIL,
  CONTACTS,
  ACCEPT,
  DECLINE,
  VERIFY,
  WARNINGS,
  SESSIONS,
  PASSWORD,
  EXPORT,
  DELETE_ACCOUNT,
];
