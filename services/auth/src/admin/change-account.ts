import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import { isUsername } from '@secure-chat/wire/names';

/** `npm run admin -- suspend|resume|delete NAME`. `change`: false when there is no such account. */
export const changeAccount = (
  command: 'suspend' | 'resume' | 'delete',
  change: (username: string) => Promise<boolean>,
): Operation =>
  openOperation({
    method: 'POST',
    path: `/users/:username/${command}`,
    response: Ok,
    async handle({ username }) {
      if (!isUsername(username)) throw new AppError('bad_name');
      if (!(await change(username))) throw new AppError('unknown_user');
      return DONE;
    },
  });
