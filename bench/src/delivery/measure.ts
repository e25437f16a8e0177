import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EventLog, openEventLog } from '@secure-chat/event-log/event-log';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf, eventLogSettings } from '@secure-chat/service-kit/event-log-config';
import { makeKeyFile } from '@secure-chat/service-kit/key-file';
import { createLogger } from '@secure-chat/service-kit/logger';
import { messageTopic } from '@secure-chat/wire/names';
import type { BenchArguments } from '../arguments.ts';
import type { StreamsQuestion } from '../child/streams.ts';
import { type Child, startChild } from '../child-process.ts';
import { type Machine, machine } from '../figures.ts';
import { createHttpClient } from '../http-client.ts';
import { startKafka } from '../kafka/start.ts';
import type { MeasureOptions } from '../measure.ts';
import { logIn, makeAlikeUsers, register, type Session } from '../people.ts';
import { startServer } from '../server-process.ts';
import { type Clients, measureClients } from './clients.ts';
import { measureFollow } from './follow.ts';
import { type Latency, type Meters, meterOf, ownUsage } from './latency.ts';
import { measureResume, type Resume } from './resume.ts';
import { type DeliveryScale, FULL_DELIVERY, QUICK_DELIVERY, RELAYS } from './scale.ts';
import { measureStreams, openStreams, readersOf, type Streams } from './streams.ts';
import { startSystem, topicsOf } from './system.ts';

/** All that one run measured of the way from client to client. */
export interface DeliveryFigures {
  readonly setting: Machine & {
    readonly quick: boolean;
    readonly backend: BenchArguments['backend'];
    readonly relays: number;
  };
  readonly clients: Clients;
  readonly streams: Streams;
  readonly resume: Resume;
  /** The yardsticks, of the same run: fastify that hands the same events on, and the log alone, one process each. */
  readonly bare: Streams;
  readonly follow: readonly Latency[];
}

/** Connections of the load generator to a server. */
const CONNECTIONS = 64;

interface Ground {
  readonly options: MeasureOptions;
  readonly scale: DeliveryScale;
  /** Of every service's process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** A view of the log under the services. */
  readonly log: EventLog;
  /** Of the broker, where there is one. */
  readonly meters: Meters;
}

/** Runs every measurement, one after another; its processes have ended when it settles. */
export async function measureDelivery(
  options: MeasureOptions,
  backend: BenchArguments['backend'],
): Promise<DeliveryFigures> {
  const { quick, dataDir, progress } = options;
  const scale = quick ? QUICK_DELIVERY : FULL_DELIVERY;
  const setting = { ...machine(), quick, backend, relays: RELAYS };
  const folder = join(dataDir, 'delivery');
  await mkdir(folder);
  if (backend === 'kafka') progress('a broker, and a schema registry');
  const kafka = backend === 'kafka' ? await startKafka() : null;
  try {
    // All of them find the service key in the folder: no process makes one where a log is.
    makeKeyFile(join(folder, 'service.key'));
    const environment = { ...kafka?.environment, DATA_DIR: folder };
    const settings = eventLogOf(readConfig(eventLogSettings, environment), folder);
    const log = await openEventLog(settings, createLogger('bench', 'error'));
    try {
      const meters: Meters = kafka ? { broker: kafka.broker } : {};
      if (kafka) {
        progress('a broker that compiles its code');
        await warmUp(log, scale);
      }
      const ground = { options, scale, environment, folder, log, meters };
      const clients = await onOneProcess(ground);
      const { streams, resume, usernames } = await onProcessesApart(ground);
      progress('the log alone');
      const follow = await measureFollow(log, usernames.map(messageTopic), scale.paces);
      return { setting, clients, streams, resume, bare: await onBareFastify(ground, usernames), follow };
    } finally {
      await log.close();
    }
  } finally {
    await kafka?.close();
  }
}

/** A broker that has just started is not what it is later. */
async function warmUp(log: EventLog, { clients, paces }: DeliveryScale): Promise<void> {
  const topics = Array.from({ length: clients }, (_, index) => `bench_warm_up_${index}`);
  await log.mailboxes.create(topics);
  await measureFollow(log, topics, paces);
}

/** `npm start`, and whole clients. */
async function onOneProcess({ options, scale, environment, folder, log, meters }: Ground): Promise<Clients> {
  const { profileDir, progress } = options;
  const server = await startServer({ module: 'stack', args: [folder], environment, profileDir });
  try {
    const { mailboxes } = log;
    const profiles = join(folder, 'profiles');
    return await measureClients({ server, mailboxes, meters, folder: profiles, scale, profileDir, progress });
  } finally {
    await server.close();
  }
}

/** Relays of their own, and raw readers. */
async function onProcessesApart({ options, scale, environment, log, meters }: Ground) {
  const { profileDir, progress } = options;
  const system = await startSystem({ environment, profileDir });
  const { gateway, relays } = system;
  const http = createHttpClient(gateway.url, CONNECTIONS);
  try {
    progress(`${scale.streams} users`);
    const users = await makeAlikeUsers(scale.streams);
    await register(http, users);
    const { sessions } = await logIn(http, users, users.length, 'v2');
    const usernames = users.map(({ username }) => username);
    await topicsOf(usernames, log);
    return await withReader(profileDir, async (reader) => {
      const parts = {
        url: gateway.url,
        http,
        reader,
        sessions,
        // As a client of a large server: it asks for the presence of its contacts.
        pathOf: (_: Session, index: number) => `/chat/stream?presence=${usernames[index - 1] ?? ''}`,
        servers: { gateway: [gateway], relay: relays },
        meters: {
          ...meters,
          gateway: meterOf(gateway),
          ...Object.fromEntries(relays.map((relay, index) => [`relay ${index + 1}`, meterOf(relay)])),
          readers: meterOf(reader),
          'load generator': ownUsage,
        },
        scale,
        progress,
      };
      const streams = await measureStreams(parts);
      progress(`the death of a relay with ${scale.lost} streams`);
      await reader.ask({ ask: 'end' });
      await openStreams(parts, readersOf(parts, sessions.slice(0, RELAYS * scale.lost)));
      const [relay] = relays;
      if (!relay) throw new Error('no relay');
      return { streams, resume: await measureResume(relay, reader), usernames };
    });
  } finally {
    await http.close();
    await system.close();
  }
}

/** The same readers and the same load, and a server that does nothing else. */
async function onBareFastify({ options, scale }: Ground, usernames: readonly string[]): Promise<Streams> {
  const { profileDir, progress } = options;
  const server = await startServer({ module: 'bare-fastify', profileDir });
  const http = createHttpClient(server.url, CONNECTIONS);
  try {
    progress('bare fastify');
    const user = (await makeAlikeUsers(1))[0];
    if (!user) throw new Error('no user');
    // Whoever signs: nobody looks.
    const sessions = usernames.map((username) => ({
      user: { ...user, username },
      sessionId: username,
      sessionKey: randomBytes(32).toString('hex'),
      signatures: 'v2' as const,
    }));
    return await withReader(profileDir, (reader) =>
      measureStreams({
        url: server.url,
        http,
        reader,
        sessions,
        pathOf: ({ user: { username } }) => `/stream/${username}`,
        servers: { server: [server] },
        meters: { server: meterOf(server), readers: meterOf(reader), 'load generator': ownUsage },
        scale,
        progress,
      }),
    );
  } finally {
    await http.close();
    await server.close();
  }
}

async function withReader<T>(
  profileDir: string | null,
  work: (reader: Child<StreamsQuestion>) => Promise<T>,
): Promise<T> {
  const reader = await startChild<StreamsQuestion>({ module: 'streams', profileDir });
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
