import { type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Users } from '@secure-chat/wire/api';
import type { UserList } from '../user-list.ts';

/** wire contract: `GET /chat/users`. */
export const listUsers = (userList: UserList): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/users',
    response: Users,
    handle: () => ({ json: userList.json() }),
  });
