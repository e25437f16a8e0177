import { randomUUID } from 'node:crypto';
import { type EventLog, openEventLog } from '@secure-chat/event-log/event-log';
import type { DatabasePlace } from '@secure-chat/service-kit/database';
import { IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import { createLogger } from '@secure-chat/service-kit/logger';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import { foldName, USERS_TOPIC } from '@secure-chat/wire/names';
import { onTestFinished } from 'vitest';
import { createDirectory } from '../src/app.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SERVICE_KEYS = fixedKeys(Buffer.alloc(32, 7));

/** An empty event log that ends with the test. */
export async function openLog(): Promise<EventLog> {
  const settings = { backend: 'embedded', dataDir: temporaryFolder() } as const;
  const log = await openEventLog(settings, createLogger('event-log', 'fatal'));
  onTestFinished(() => log.close());
  return log;
}

/** Of every caller. */
export const SESSION_ID = 'abcdefghijklmnopqrstuv';

/** A directory, and calls as the gateway makes them. It ends with the test at the latest. */
export async function startDirectory(
  log: Pick<EventLog, 'events' | 'codecs'>,
  database: DatabasePlace,
  clock = Date.now,
  events = log.events,
) {
  const lines: string[] = [];
  const { app } = await createDirectory({
    database,
    events,
    codecs: log.codecs,
    serviceKeys: SERVICE_KEYS,
    logger: createLogger('directory', 'trace', { write: (line) => void lines.push(line) }),
    clock,
  });
  const close = async () => void (await app.close());
  onTestFinished(close);
  const keys = SERVICE_KEYS.for('internal-identity');
  const call = (username: string | null, method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
    const requestId = randomUUID();
    const caller = username === null ? null : { username, sessionId: SESSION_ID };
    const identity = signIdentity(keys, caller, { service: 'directory', method, path, requestId }, clock());
    return app.inject({
      method,
      url: path,
      headers: { 'x-request-id': requestId, [IDENTITY_HEADER]: identity },
      ...(body && { payload: body }),
    });
  };
  return { app, close, call, lines };
}

/** As auth does when somebody registers. */
export async function publishUser(
  log: Pick<EventLog, 'events' | 'codecs'>,
  username: string,
  publicKey: string,
  registeredAt = 1,
): Promise<void> {
  const record = await log.codecs.user.encode({ username, publicKey, registeredAt });
  await log.events.publish(USERS_TOPIC, foldName(username), record);
}
