import { randomBytes } from 'node:crypto';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf, eventLogSettings } from '@secure-chat/service-kit/event-log-config';
import { createLogger } from '@secure-chat/service-kit/logger';
import { startCluster } from '../../../tools/kafka/cluster.ts';
import { startRegistry } from '../../../tools/kafka/registry.ts';
import { round } from '../arithmetic.ts';
import { type Machine, machine } from '../figures.ts';
import type { MeasureOptions } from '../measure.ts';
import { usageOf } from './process-usage.ts';
import { measureRawConsumer, type RawConsumer } from './raw.ts';
import { mebibytes } from './relay-figures.ts';
import { FULL_KAFKA, QUICK_KAFKA } from './scale.ts';
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
    const begun = performance.now();
    const sinceBegun = (): number => round((performance.now() - begun) / 1000, 1);
    const cluster = closedLater(await startCluster({ brokers: 1, jvm: 'stock' }), (it) => it.stop());
    const brokerSeconds = sinceBegun();
    const registry = closedLater(await startRegistry(), (it) => it.stop());
    const registrySeconds = round(sinceBegun() - brokerSeconds, 1);
    const [broker] = cluster.brokers;
    if (!broker) throw new Error('no broker');
    const brokers = `${broker.host}:${broker.port}`;

    const serviceKey = randomBytes(32);
    const environment = {
      DATA_DIR: dataDir,
      EVENT_LOG: 'kafka',
      KAFKA_BROKERS: brokers,
      SCHEMA_REGISTRY_URL: registry.url,
      SERVICE_KEY: serviceKey.toString('hex'),
    };
    const settings = eventLogOf(readConfig(eventLogSettings, environment), dataDir);
    const log = closedLater(await openEventLog(settings, createLogger('bench', 'error')), (it) => it.close());

    progress('raw consumer');
    const rawConsumer = await measureRawConsumer(log.mailboxes, brokers, scale.paces);
    const system = {
      log,
      serviceKey,
      environment,
      scale,
      profileDir,
      progress,
      broker: () => usageOf(broker.pid()),
    };
    const parts: UsersFigures[] = [];
    for (const users of scale.users) {
      parts.push(await measureUsers(users, system));
    }
    return {
      setting: { ...machine(), quick, concurrentSends: scale.concurrency },
      readySeconds: { broker: brokerSeconds, registry: registrySeconds },
      rss: {
        broker: mebibytes((await usageOf(broker.pid())).rss),
        registry: mebibytes((await usageOf(registry.pid())).rss),
      },
      rawConsumer,
      parts,
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
