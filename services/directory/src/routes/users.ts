import { AppError } from '@secure-chat/service-kit/app-error';
import { requireCaller, type ServiceServer } from '@secure-chat/service-kit/service-server';
import { Ok, PublicKey } from '@secure-chat/wire/api';
import { isUsername } from '@secure-chat/wire/names';
import { Type } from 'typebox';
import type { Presence } from '../presence.ts';
import type { UserList } from '../user-list.ts';
import type { Users } from '../users.ts';

export interface UsersParts {
  readonly users: Users;
  readonly userList: UserList;
  readonly presence: Presence;
  /** Resolves when all that was registered before the call is here. */
  readonly caughtUp: () => Promise<void>;
}

const UserParams = Type.Object({ username: Type.String() });

/** wire contract: `GET /chat/users`, `POST /presence`, `GET /chat/{username}/publickey`. */
export function addUsers(app: ServiceServer, { users, userList, presence, caughtUp }: UsersParts): void {
  app.get('/chat/users', async (request, reply) => {
    requireCaller(request);
    return reply.type('application/json; charset=utf-8').send(userList.json());
  });

  app.post('/presence', { schema: { response: { 200: Ok } } }, async (request) => {
    presence.touch(requireCaller(request).username);
    return { status: 'OK' as const };
  });

  app.get(
    '/chat/:username/publickey',
    { schema: { params: UserParams, response: { 200: PublicKey } } },
    async (request) => {
      requireCaller(request);
      const { username } = request.params;
      if (!isUsername(username)) throw new AppError('bad_name');
      let publicKey = await users.publicKey(username);
      if (publicKey === null) {
        await caughtUp();
        publicKey = await users.publicKey(username);
      }
      if (publicKey === null) throw new AppError('unknown_user');
      return { 'public-key': publicKey };
    },
  );
}
