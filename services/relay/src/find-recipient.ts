import { AppError } from '@secure-chat/service-kit/app-error';
import { isUsername } from '@secure-chat/wire/names';
import type { Recipients } from './recipients.ts';

/** The recipient's name as registered. Throws `bad_name`, `unknown_user`. */
export async function findRecipient(recipients: Recipients, username: string): Promise<string> {
  if (!isUsername(username)) throw new AppError('bad_name');
  const recipient = await recipients.find(username);
  if (recipient === null) throw new AppError('unknown_user');
  return recipient;
}
