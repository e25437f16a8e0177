import type { Events } from '@secure-chat/event-log/events';
import { type Knex, openDatabase } from '@secure-chat/service-kit/database';
import type { Logger } from '@secure-chat/service-kit/logger';
import { createSeal } from '@secure-chat/service-kit/seal';
import { deriveKey } from '@secure-chat/service-kit/service-key';
import { createServiceServer, type ServiceServer } from '@secure-chat/service-kit/service-server';
import { LOGIN_CHALLENGE_MS, REGISTER_NONCE_MS } from '@secure-chat/wire/limits';
import { createAccounts } from './accounts.ts';
import { createDecoys } from './decoys.ts';
import { migrations } from './migrations/index.ts';
import { createNonces } from './nonces.ts';
import { createPublishUser } from './publish-user.ts';
import { createRegistrationKey } from './registration-key.ts';
import { addLogin } from './routes/login.ts';
import { addRegistration } from './routes/registration.ts';
import { createSessions } from './sessions.ts';

/** Milliseconds between two looks for sessions that nobody used for 24 h. */
const SWEEP_MS = 60_000;

export interface AuthOptions {
  /** Path of the SQLite database. */
  readonly databaseFile: string;
  readonly events: Events;
  readonly serviceKey: Uint8Array;
  readonly logger: Logger;
  readonly clock: () => number;
}

/** The auth service: accounts, challenges, sessions. Closing it leaves the event log to its owner. */
export async function createAuth(options: AuthOptions): Promise<ServiceServer> {
  const { events, serviceKey, logger, clock } = options;
  const database = await openDatabase(options.databaseFile, migrations);
  const seal = createSeal(deriveKey(serviceKey, 'seal'));
  const accounts = createAccounts(database, seal);
  const sessions = createSessions(database, events, seal, clock);
  const publishUser = createPublishUser(accounts, events);
  const decoys = createDecoys(deriveKey(serviceKey, 'decoys'));
  const key = await createRegistrationKey();

  for (const account of await accounts.unpublished()) await publishUser(account);

  const app = createServiceServer({
    service: 'auth',
    logger,
    identityKey: deriveKey(serviceKey, 'internal-identity'),
    clock,
    ready: { database: () => answers(database) },
  });
  addRegistration(app, {
    accounts,
    nonces: createNonces({ lifeMs: REGISTER_NONCE_MS, clock }),
    key,
    publishUser,
    clock,
  });
  addLogin(app, {
    accounts,
    decoys,
    nonces: createNonces({ lifeMs: LOGIN_CHALLENGE_MS, clock }),
    sessions,
    publishUser,
    clock,
  });

  const sweep = setInterval(() => {
    sessions
      .closeIdle()
      .catch((error: unknown) => logger.error({ err: error }, 'idle sessions were not ended'));
  }, SWEEP_MS);
  app.addHook('onClose', async () => {
    clearInterval(sweep);
    await database.destroy();
  });
  return app;
}

const answers = async (database: Knex): Promise<boolean> => {
  await database.raw('SELECT 1');
  return true;
};
