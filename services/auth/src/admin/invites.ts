import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { AdminInvites, AdminMadeInvite, AdminMakeInvite, AdminUninvite } from '@secure-chat/wire/admin-api';
import { Ok } from '@secure-chat/wire/api';
import { INVITES_MAX, type Invites } from '../invites.ts';

const DAY_MS = 24 * 60 * 60_000;

/** `npm run admin -- invite`. */
export const makeInvite = (invites: Invites): Operation =>
  openOperation({
    method: 'POST',
    path: '/invites',
    body: AdminMakeInvite,
    response: AdminMadeInvite,
    async handle({ body: { uses, days } }) {
      const code = await invites.make(uses, days * DAY_MS);
      if (code === null)
        throw new AppError('too_many', { message: `There are ${INVITES_MAX} invitations: end some first.` });
      return { value: { code } };
    },
  });

/** `npm run admin -- invites`. */
export const listInvites = (invites: Invites): Operation =>
  openOperation({
    method: 'GET',
    path: '/invites',
    response: AdminInvites,
    handle: async () => ({ value: { invites: await invites.list() } }),
  });

/** `npm run admin -- uninvite ID`. */
export const endInvite = (invites: Invites): Operation =>
  openOperation({
    method: 'POST',
    path: '/invites/end',
    body: AdminUninvite,
    response: Ok,
    async handle({ body: { id } }) {
      if (!(await invites.end(id)))
        throw new AppError('not_found', { message: 'There is no invitation of this id.' });
      return DONE;
    },
  });
