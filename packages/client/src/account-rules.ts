import { isReserved, isUsername } from '@secure-chat/wire/names';
import { ClientError } from './client-error.ts';

/** The rules of a new account, also for a form that says so before it is submitted: without schemas, since the form waits for this file. */

export const USERNAME_RULE = '1 to 32 letters, digits, "_" or "-", the first one a letter or a digit';

/** Characters of a password: with argon2id at 64 MiB, eight are beyond a search of all of them. */
export const PASSWORD_MIN = 8;

/** Null, or a sentence that says what to choose. */
export function checkUsername(name: string): string | null {
  if (isUsername(name)) return null;
  return isReserved(name)
    ? `The name "${name}" is reserved: some computers use it for a device. Choose another one.`
    : `A user name has ${USERNAME_RULE}.`;
}

/** Null, or a sentence that says what to choose. */
export const checkPassword = (password: string): string | null =>
  [...password].length >= PASSWORD_MIN ? null : `Choose a password of ${PASSWORD_MIN} characters or more.`;

/** Characters of an invitation's code that a server takes. */
export const INVITE_MAX = 64;

/** Null, or a sentence that says what to type. */
export const checkInvite = (code: string): string | null =>
  code.length <= INVITE_MAX && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(code)
    ? null
    : `The code of an invitation has letters, digits and hyphens, ${INVITE_MAX} at most.`;

/** Throws ClientError bad_name. */
export function assertUsername(name: string): void {
  const problem = checkUsername(name);
  if (problem !== null) throw new ClientError('bad_name', problem);
}
