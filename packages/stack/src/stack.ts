import type { Registration } from '@secure-chat/auth/admission';
import { createAuth } from '@secure-chat/auth/app';
import { createDirectory } from '@secure-chat/directory/app';
import { type EventLogSettings, openEventLog } from '@secure-chat/event-log/event-log';
import { createGateway } from '@secure-chat/gateway/app';
import type { ConnectionConfig } from '@secure-chat/gateway/connection-settings';
import type { Limits } from '@secure-chat/gateway/policy/limits-setting';
import { createInProcessUpstream } from '@secure-chat/gateway/upstream';
import { createRelay } from '@secure-chat/relay/app';
import { openAdminSocket } from '@secure-chat/service-kit/admin/socket';
import { stats } from '@secure-chat/service-kit/admin/stats';
import { storage } from '@secure-chat/service-kit/admin/storage';
import type { LogLevel } from '@secure-chat/service-kit/config';
import { databasePlace } from '@secure-chat/service-kit/database-config';
import type { KeyPairFiles } from '@secure-chat/service-kit/key-pair';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger, type Logger } from '@secure-chat/service-kit/logger';
import { type Metrics, NO_METRICS } from '@secure-chat/service-kit/metrics/metrics';
import type { PostgresServer } from '@secure-chat/service-kit/postgres-database';
import { followKeyPair } from '@secure-chat/service-kit/server-keys';
import type { GivenKeys } from '@secure-chat/service-kit/service-key-setting';
import { NO_TRACING, type Tracing } from '@secure-chat/service-kit/tracing/tracing';
import { lockDataFolder } from './data-folder-lock.ts';

export interface StackOptions {
  /** Folder of the databases, the embedded event log and `service.key`; made when absent. One stack at a time. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Those of `service.key` by default. */
  readonly serviceKeys?: GivenKeys | null;
  /** A PostgreSQL database instead of the files. */
  readonly databaseServer?: PostgresServer | null;
  /** The embedded one in the data folder by default. */
  readonly eventLog?: EventLogSettings;
  /** Who may register: everybody by default. */
  readonly registration?: Registration;
  readonly connections?: ConnectionConfig;
  /** Of the gateway; its table as it stands by default. */
  readonly limits?: Limits;
  readonly trustProxy?: readonly string[];
  /** With these the gateway speaks TLS. */
  readonly tlsFiles?: KeyPairFiles | null;
  readonly clock?: () => number;
  /** One logger a part; to stdout by default. */
  readonly loggerFor?: (part: string) => Logger;
  /** Of a part; nobody's by default. */
  readonly metricsOf?: (part: string) => Metrics;
  /** Of a part; nobody's by default. */
  readonly tracingOf?: (part: string) => Tracing;
}

export interface Stack {
  /** Of the gateway, for example `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Rejects when a part that the system cannot do without has failed. */
  readonly failed: Promise<never>;
  /** Finishes what is in flight and closes every part. */
  close(): Promise<void>;
}

/**
 * Boots the whole system in this process. One port is opened: the gateway's. Throws while
 * another stack runs on its data folder.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const {
    dataDir,
    host,
    port,
    logLevel,
    clock = Date.now,
    metricsOf = () => NO_METRICS,
    tracingOf = () => NO_TRACING,
  } = options;
  const loggerFor =
    options.loggerFor ?? ((part: string) => createLogger(part, logLevel, { metrics: metricsOf(part) }));
  /** What a part of the process says, and to whom. */
  const voiceOf = (part: string) => ({
    logger: loggerFor(part),
    metrics: metricsOf(part),
    tracing: tracingOf(part),
  });
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    while (closers.length > 0) await closers.pop()?.();
  };
  try {
    const lock = lockDataFolder(dataDir);
    closers.push(async () => lock.release());
    const serviceKeys = loadServiceKeys(options.serviceKeys ?? null, dataDir, loggerFor('secure-chat'));
    const eventLog = options.eventLog ?? { backend: 'embedded', dataDir };
    const log = await openEventLog(eventLog, loggerFor('event-log'), metricsOf('event-log'));
    closers.push(() => log.close());
    const shared = { ...log, serviceKeys, clock };
    const databases = { DATABASE_URL: options.databaseServer ?? null, DATA_DIR: dataDir };

    const auth = await createAuth({
      ...shared,
      database: databasePlace('auth', databases),
      ...(options.registration && { registration: options.registration }),
      ...voiceOf('auth'),
    });
    closers.push(() => auth.app.close());
    const directory = await createDirectory({
      ...shared,
      database: databasePlace('directory', databases),
      ...voiceOf('directory'),
    });
    closers.push(() => directory.app.close());
    const relay = await createRelay({ ...shared, ...voiceOf('relay') });
    closers.push(() => relay.app.close());
    const voice = voiceOf('gateway');
    const files = options.tlsFiles ?? null;
    const gateway = await createGateway({
      ...shared,
      upstreams: {
        auth: createInProcessUpstream(auth),
        directory: createInProcessUpstream(directory),
        relay: createInProcessUpstream(relay),
      },
      ...voice,
      keys: files && followKeyPair({ files, logger: voice.logger, clock }),
      ...(options.connections && { connections: options.connections }),
      ...(options.limits && { limits: options.limits }),
      ...(options.trustProxy && { trustProxy: options.trustProxy }),
    });
    closers.push(() => gateway.app.close());

    const url = await gateway.listen({ host, port });
    const admin = await openAdminSocket({
      folder: dataDir,
      operations: [
        ...auth.admin,
        stats({
          accounts: auth.accounts.count,
          online: directory.online,
          services: {
            auth: auth.isReady,
            directory: directory.isReady,
            relay: relay.isReady,
            gateway: gateway.isReady,
          },
        }),
        storage({
          eventLog: eventLog.backend,
          database: options.databaseServer ? 'postgresql' : 'sqlite',
        }),
      ],
      logger: loggerFor('admin'),
    });
    closers.push(async () => admin?.close());
    return { url, failed: Promise.race([directory.failed, relay.failed, gateway.failed]), close };
  } catch (error) {
    await close();
    throw error;
  }
}
