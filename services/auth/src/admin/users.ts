import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { ADMIN_USERS_PAGE, AdminUsers, AdminUsersQuery } from '@secure-chat/wire/admin-api';
import type { AccountList } from '../account-list.ts';

/** `npm run admin -- users`. */
export const users = (accounts: AccountList): Operation =>
  openOperation({
    method: 'GET',
    path: '/users',
    query: AdminUsersQuery,
    response: AdminUsers,
    async handle({ query: { after = '' } }) {
      const found = await accounts.page(after, ADMIN_USERS_PAGE + 1);
      return { value: { users: found.slice(0, ADMIN_USERS_PAGE), more: found.length > ADMIN_USERS_PAGE } };
    },
  });
