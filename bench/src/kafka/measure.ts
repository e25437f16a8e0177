import { randomBytes } from 'node:crypto';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf, eventLogSettings } from '@secure-chat/service-kit/event-log-config';
import { createLogger } from '@secure-chat/service-kit/logger';
import { type Machine, machine } from '../figures.ts';
import type { MeasureOptions } from '../measure.ts';
import { measureRawConsumer, type RawConsumer } from './raw.ts';
import { mebibytes } from './relay-figures.ts';
import { FULL_KAFKA, QUICK_KAFKA } from './scale.ts';
import { startKafka } from './start.ts';
import { measureUsers, type UsersFigures } from './users-figures.ts';

/** All that one run on Kafka measured. */
export interface KafkaFigures {
  readonly setting: Machine & { readonly quick: boolean; readonly concurrentSends: number };
  /** Seconds until the broker and the registry answered. */
  readonly readySeconds: { readonly broker: number; readonly registry: number };
  /** MiB at the end. */
  readonly rss: { readonly broker: number; readonly registry: number };
  readonly rawConsumer: readonly RawConsumer[];
  readonly parts: readonly UsersFigures[];
}

/** Starts a broker, a registry, relays and a reader; all have ended when it settles. */
export async function measureKafka(options: MeasureOptions): Promise<KafkaFigures> {
  const { quick, profileDir, dataDir, progress } = options;
  const scale = quick ? QUICK_KAFKA : FULL_KAFKA;
  const closers: (() => Promise<void>)[] = [];
  const closedLater = <T>(thing: T, close: (thing: T) => Promise<void>): T => {
    closers.push(() => close(thing));
    return thing;
  };
  try {
    progress('a broker, and a schema registry');
    const kafka = closedLater(await startKafka(), (it) => it.close());
    const serviceKey = randomBytes(32);
    const environment = {
      DATA_DIR: dataDir,
      ...kafka.environment,
      SERVICE_KEY: serviceKey.toString('hex'),
    };
    const settings = eventLogOf(readConfig(eventLogSettings, environment), dataDir);
    const log = closedLater(await openEventLog(settings, createLogger('bench', 'error')), (it) => it.close());

    progress('raw consumer');
    const rawConsumer = await measureRawConsumer(log.mailboxes, kafka.brokers, scale.paces);
    const system = {
      log,
      serviceKey,
      environment,
      scale,
      profileDir,
      progress,
      broker: kafka.broker,
    };
    const parts: UsersFigures[] = [];
    for (const users of scale.users) {
      parts.push(await measureUsers(users, system));
    }
    return {
      setting: { ...machine(), quick, concurrentSends: scale.concurrency },
      readySeconds: kafka.readySeconds,
      rss: {
        broker: mebibytes((await kafka.broker()).rss),
        registry: mebibytes((await kafka.registry()).rss),
      },
      rawConsumer,
      parts,
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
