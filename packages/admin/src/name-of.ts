import { isUsername } from '@secure-chat/wire/names';
import type { Input } from './command.ts';
import { usageError } from './exit-codes.ts';

/** The operand of a command that takes a user's name. Throws AdminError usage. */
export function nameOf({ operands: [name = ''] }: Input): string {
  if (!isUsername(name)) throw usageError(`${JSON.stringify(name)} is no user name.`);
  return name;
}
