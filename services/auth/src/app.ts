import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import { EventLogError } from '@secure-chat/event-log/errors';
import type { Events } from '@secure-chat/event-log/events';
import { type DatabasePlace, type Knex, openDatabase } from '@secure-chat/service-kit/database';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Metrics, NO_METRICS } from '@secure-chat/service-kit/metrics/metrics';
import type { Operation } from '@secure-chat/service-kit/operation';
import { createSeal } from '@secure-chat/service-kit/seal';
import { createService, type Service } from '@secure-chat/service-kit/service';
import type { ServiceKeys } from '@secure-chat/service-kit/service-keys';
import type { Tracing } from '@secure-chat/service-kit/tracing/tracing';
import { LOGIN_CHALLENGE_MS, REGISTER_NONCE_MS } from '@secure-chat/wire/limits';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { type AccountList, createAccountList } from './account-list.ts';
import { createAccounts } from './accounts.ts';
import { changeAccount } from './admin/change-account.ts';
import { endInvite, listInvites, makeInvite } from './admin/invites.ts';
import { keyRotation, rotateKeys } from './admin/rotate-keys.ts';
import { users } from './admin/users.ts';
import { createAdmission, type Registration } from './admission.ts';
import { createDecoys } from './decoys.ts';
import { createDeletion } from './deletion.ts';
import { createGate } from './gate.ts';
import { createInTurn } from './in-turn.ts';
import { createInvites } from './invites.ts';
import { createKeptSecrets } from './kept-secrets.ts';
import { createKeyRotation } from './key-rotation.ts';
import { countLogins } from './login-counts.ts';
import { migrations } from './migrations/index.ts';
import { createNetworkFailures } from './network-failures.ts';
import { createNonces } from './nonces.ts';
import { changePassword } from './operations/change-password.ts';
import { deleteAccount } from './operations/delete.ts';
import { endSessions } from './operations/end-sessions.ts';
import { listSessions } from './operations/list-sessions.ts';
import { login } from './operations/login.ts';
import { loginChallenge } from './operations/login-challenge.ts';
import { logout } from './operations/logout.ts';
import { register } from './operations/register.ts';
import { registerChallenge } from './operations/register-challenge.ts';
import { sessionsSeen } from './operations/sessions-seen.ts';
import { createPasswordTries } from './password-tries.ts';
import { createPublishUser } from './publish-user.ts';
import { createRegistrationKey } from './registration-key.ts';
import { resealSessions } from './reseal-sessions.ts';
import { createSessions } from './sessions.ts';
import { createSuspension } from './suspension.ts';

/** Milliseconds between two looks for sessions that are over. */
const SWEEP_MS = 60_000;

export interface AuthOptions {
  readonly database: DatabasePlace;
  readonly events: Events;
  readonly codecs: RecordCodecs;
  readonly serviceKeys: ServiceKeys;
  readonly logger: Logger;
  readonly clock: () => number;
  /** Who may register: everybody by default. */
  readonly registration?: Registration;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
  /** Waits so many milliseconds; rejects at once when aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface Auth extends Service {
  /** What administrators may ask of it: never of a network. */
  readonly admin: readonly Operation[];
  readonly accounts: Pick<AccountList, 'count'>;
}

/** The auth service: accounts, challenges, sessions. Closing it leaves the event log to its owner. */
export async function createAuth(options: AuthOptions): Promise<Auth> {
  const { events, codecs, serviceKeys, logger, clock, metrics = NO_METRICS } = options;
  const database = await openDatabase(options.database, migrations);
  const seal = createSeal(serviceKeys.for('seal'));
  const gate = createGate();
  const accounts = createAccounts(database, seal, gate);
  const sessions = createSessions({ database, events, codec: codecs.session, seal, clock, gate });
  const keptSecrets = createKeptSecrets(database, seal);
  const publishUser = createPublishUser(accounts, events, codecs.user);
  const decoys = createDecoys(await keptSecrets.get('decoys'));
  const failures = createNetworkFailures(clock);
  const tries = createPasswordTries({
    database,
    key: await keptSecrets.get('networks'),
    failures,
    clock,
  });
  const key = await createRegistrationKey();
  const inTurn = createInTurn();
  const invites = createInvites(database, clock);
  const admission = createAdmission(options.registration ?? 'open', invites);
  const deletion = createDeletion({
    database,
    accounts,
    sessions,
    tries,
    events,
    codec: codecs.user,
    inTurn,
    clock,
  });
  const suspension = createSuspension({ accounts, sessions, inTurn, clock });

  try {
    for (const account of await accounts.unpublished()) await publishUser(account);
    await deletion.finish();
    await suspension.finish();
  } catch (error) {
    // The next login of each mends it, or the next start: no reason to keep everybody out.
    if (!(error instanceof EventLogError && error.retryable)) throw error;
    logger.warn({ err: error }, 'accounts that a crash left unpublished still are');
  }

  const registerNonces = createNonces({ lifeMs: REGISTER_NONCE_MS, clock });
  const loginNonces = createNonces({ lifeMs: LOGIN_CHALLENGE_MS, clock });
  for (const [kind, nonces] of [
    ['register', registerNonces],
    ['login', loginNonces],
  ] as const)
    metrics.gauge(
      'used_challenges',
      'Challenges that count no more and are remembered.',
      () => nonces.used(),
      {
        kind,
      },
    );
  metrics.gauge('failing_networks', 'Networks whose failed logins are remembered, by kind of failure.', () =>
    failures.count(),
  );
  const logins = countLogins(metrics);
  const service = createService({
    name: 'auth',
    operations: [
      registerChallenge({ nonces: registerNonces, key }),
      register({ accounts, nonces: registerNonces, key, publishUser, admission, inTurn, clock }),
      loginChallenge({ accounts, decoys, nonces: loginNonces, clock }),
      login({ accounts, nonces: loginNonces, failures, tries, sessions, publishUser, inTurn, logins }),
      logout(sessions),
      listSessions(sessions),
      endSessions({ sessions, inTurn }),
      changePassword({ accounts, sessions, nonces: registerNonces, key, tries, inTurn }),
      deleteAccount({ accounts, deletion, nonces: registerNonces, key, tries, inTurn }),
      sessionsSeen(sessions),
    ],
    logger,
    identityKeys: serviceKeys.for('internal-identity'),
    clock,
    ready: {
      database: () => answers(database),
      log: () => events.reachable(SESSIONS_TOPIC).then(() => true),
    },
    metrics,
    ...(options.tracing && { tracing: options.tracing }),
  });

  const rotation = createKeyRotation({
    serviceKeys,
    async accounts(onBatch, signal) {
      await keptSecrets.reseal();
      await accounts.reseal(onBatch, signal);
    },
    sessions: (onBatch, signal) =>
      resealSessions({ events, codec: codecs.session, seal, gate, logger }, onBatch, signal),
    logger,
    ...(options.wait && { wait: options.wait }),
  });
  rotation.resume();

  const sweep = setInterval(() => {
    deletion
      .finish()
      .catch((error: unknown) => logger.warn({ err: error }, 'accounts are still being deleted'));
    sessions
      .closeOverdue()
      .catch((error: unknown) => logger.error({ err: error }, 'sessions that are over were not ended'));
  }, SWEEP_MS);
  service.app.addHook('onClose', async () => {
    clearInterval(sweep);
    await rotation.close();
    await database.destroy();
  });
  const accountList = createAccountList(database);
  return {
    ...service,
    accounts: accountList,
    admin: [
      users(accountList),
      changeAccount('suspend', suspension.suspend),
      changeAccount('resume', suspension.resume),
      changeAccount('delete', deletion.delete),
      makeInvite(invites),
      listInvites(invites),
      endInvite(invites),
      rotateKeys(rotation),
      keyRotation(rotation),
    ],
  };
}

const answers = async (database: Knex): Promise<boolean> => {
  await database.raw('SELECT 1');
  return true;
};
