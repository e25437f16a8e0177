import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import type { Events } from '@secure-chat/event-log/events';
import { followRecords } from '@secure-chat/event-log/follow-records';
import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { retryDatabase } from '@secure-chat/service-kit/database-trouble';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Metrics, NO_METRICS } from '@secure-chat/service-kit/metrics/metrics';
import { createService, type Service } from '@secure-chat/service-kit/service';
import type { ServiceKeys } from '@secure-chat/service-kit/service-keys';
import type { Tracing } from '@secure-chat/service-kit/tracing/tracing';
import { foldName, PRESENCE_TOPIC, USERS_TOPIC } from '@secure-chat/wire/names';
import { followKeyLog } from './key-log/follower.ts';
import { createPublicKeys } from './key-log/public-keys.ts';
import { createKeyLogTables } from './key-log/tables.ts';
import { createKeyLogWriter } from './key-log/writer.ts';
import { migrations } from './migrations/index.ts';
import { announcePresence } from './operations/announce-presence.ts';
import { bundle } from './operations/bundle.ts';
import { keyLog } from './operations/key-log.ts';
import { listUsers } from './operations/list-users.ts';
import { presenceSeen } from './operations/presence-seen.ts';
import { publicKey } from './operations/public-key.ts';
import { publishBundle } from './operations/publish-bundle.ts';
import { createPresence } from './presence.ts';
import { createUserList } from './user-list.ts';
import { loadUsers } from './users.ts';

export interface DirectoryOptions {
  readonly database: DatabasePlace;
  readonly events: Events;
  readonly codecs: RecordCodecs;
  readonly serviceKeys: ServiceKeys;
  readonly logger: Logger;
  readonly clock: () => number;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

export interface Directory extends Service {
  /** How many users are online. */
  online(): number;
  /** Rejects when `chat.users` or `chat.key-log` can no longer be followed. */
  readonly failed: Promise<never>;
}

/** The directory service: users, public keys, bundles, the key log, presence. Closing it leaves the event log to its owner. */
export async function createDirectory(options: DirectoryOptions): Promise<Directory> {
  const { events, codecs, serviceKeys, logger, clock, metrics = NO_METRICS } = options;
  const database = await openDatabase(options.database, migrations);
  const users = await loadUsers(database);

  /** Folded names of whom `chat.presence` has a record. */
  const announced = new Set<string>();
  const presence = createPresence({
    clock,
    onChange(username, online) {
      userList.changed();
      announced.add(foldName(username));
      codecs.presence
        .encode({ username, online, at: clock() })
        .then((record) => events.publish(PRESENCE_TOPIC, foldName(username), record))
        .catch((error: unknown) => logger.warn({ err: error }, 'a change of presence was not published'));
    },
  });
  const userList = createUserList(users, presence);

  // Who was online when the last instance stopped is so for 6 s more, and is then reported as gone.
  const presenceTopic = { events, topic: PRESENCE_TOPIC, codec: codecs.presence, logger };
  const earlier = await followRecords(presenceTopic, ({ key, record }) => {
    if (record) announced.add(key);
    else announced.delete(key);
    if (record?.online) presence.touch(record.username, 'the last instance');
  });
  await earlier.caughtUp();
  await earlier.close();

  const closing = new AbortController();
  const tables = createKeyLogTables(database);
  const logOptions = { events, codec: codecs.keyLog, tables, logger, closing: closing.signal };
  const log = await followKeyLog(logOptions);
  const writer = createKeyLogWriter({ events, codec: codecs.keyLog, log, clock });
  const publicKeys = createPublicKeys({ users, tables, writer, logger });

  const forgetUser = async (username: string): Promise<void> => {
    await users.remove(username);
    await tables.forgetBundle(username);
    presence.forget(username);
    userList.changed();
    // Repeated at each start, which is harmless: who was killed before may not have said it.
    events
      .publish(PRESENCE_TOPIC, foldName(username), null)
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'the presence of a deleted account is still there'),
      );
  };
  const usersTopic = { events, topic: USERS_TOPIC, codec: codecs.user, logger };
  const subscription = await followRecords(usersTopic, async ({ record }, setAside) => {
    // A database that is away delays what follows: nothing of it is lost, and look-ups that need it are refused.
    if (record?.deletedAt) {
      await retryDatabase(() => forgetUser(record.username), closing.signal);
      return;
    }
    const taken = record !== null && (await retryDatabase(() => users.put(record), closing.signal));
    if (!taken) {
      setAside();
      return;
    }
    userList.changed();
    publicKeys.check(record.username);
  });
  await subscription.caughtUp();
  // Of who was deleted while this was away, or whose log is read anew.
  await retryDatabase(() => tables.forgetOrphanedBundles(), closing.signal);
  publicKeys.start();
  const caughtUp = async () => void (await Promise.all([subscription.caughtUp(), log.caughtUp()]));

  metrics.gauge('online_users', 'Users who are online.', () => presence.count());

  const service = createService({
    name: 'directory',
    operations: [
      listUsers(userList),
      announcePresence(presence),
      presenceSeen(presence),
      publicKey({ users, caughtUp: () => subscription.caughtUp() }),
      publishBundle({ users, tables, writer, caughtUp, clock }),
      bundle({ users, tables, caughtUp }),
      keyLog({ log, tables }),
    ],
    logger,
    identityKeys: serviceKeys.for('internal-identity'),
    clock,
    ready: {
      database: async () => (await database.raw('SELECT 1')) !== null,
      users: async () => subscription.caughtUp().then(() => true),
      keyLog: async () => log.caughtUp().then(() => true),
    },
    metrics,
    ...(options.tracing && { tracing: options.tracing }),
  });
  service.app.addHook('onClose', async () => {
    const closed = [writer.close(), publicKeys.close(), log.close(), subscription.close()];
    closing.abort();
    await Promise.all(closed);
    presence.close();
    await database.destroy();
  });
  const failed = Promise.race([subscription.failed, log.failed]);
  // Whoever starts the service listens; who does not must not be ended by it.
  failed.catch(() => {});
  return { ...service, online: presence.count, failed };
}
