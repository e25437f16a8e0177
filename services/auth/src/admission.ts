import { AppError } from '@secure-chat/service-kit/app-error';
import { oneOf, type Settings } from '@secure-chat/service-kit/config';
import type { Knex } from '@secure-chat/service-kit/database';
import type { Invites } from './invites.ts';

/** Who may register: everybody, who has an invitation, nobody. */
export type Registration = 'open' | 'invite' | 'closed';

export const registrationSettings: Settings<{ readonly REGISTRATION: Registration }> = {
  REGISTRATION: oneOf(['open', 'invite', 'closed'], 'open'),
};

export interface Admission {
  /** Throws `bad_invite`, `registration_closed` for whom it would not admit, before anything is told of names. `code`: the invitation, if one came. */
  check(code: string | undefined): Promise<void>;
  /** Uses the invitation up, in the transaction that makes the account. Throws `bad_invite`: then neither counts. */
  admit(transaction: Knex.Transaction, code: string | undefined): Promise<void>;
}

export function createAdmission(
  registration: Registration,
  invites: Pick<Invites, 'isGood' | 'use'>,
): Admission {
  return {
    async check(code) {
      if (registration === 'closed') throw new AppError('registration_closed');
      if (registration === 'invite' && !(code && (await invites.isGood(code))))
        throw new AppError('bad_invite');
    },
    async admit(transaction, code) {
      if (registration === 'invite' && !(code && (await invites.use(transaction, code))))
        throw new AppError('bad_invite');
    },
  };
}
