import { round, type Spread, spreadOf } from '../arithmetic.ts';
import type { Child, Usage } from '../child-process.ts';
import { runLoad } from '../load.ts';
import { type Pace, paced } from '../paced.ts';
import { pick } from '../people.ts';
import { MESSAGE } from '../signed-request.ts';
import { stampedMessage } from '../stamp.ts';
import type { Reader } from './reader.ts';
import type { Relays } from './relays.ts';
import type { KafkaScale } from './scale.ts';

/** CPU milliseconds of one message: of all relays together, and of the broker. */
export interface Cost {
  readonly relays: number;
  readonly broker: number;
}

/** As many sends at once as `concurrency` says. */
export interface Throughput {
  readonly sends: number;
  readonly perSecond: number;
  /** Of a send, until it is acknowledged. */
  readonly ackMs: Spread;
  readonly cpuMs: Cost;
}

/** Sends at a steady pace, and their arrival at a reader of all topics. */
export interface Delivery {
  readonly perSecond: number;
  readonly messages: number;
  /** From the start of the send to the reader's listener. */
  readonly latencyMs: Spread;
  /** Until it is acknowledged. */
  readonly ackMs: Spread;
  /** How late the load generator was. */
  readonly lateMs: Spread;
  readonly cpuMs: Cost;
}

export interface RelayFigures {
  readonly relays: number;
  readonly readySeconds: { readonly first: number; readonly others: number | null };
  /** MiB of the largest. */
  readonly rss: number;
  readonly throughput: Throughput;
  readonly deliveries: readonly Delivery[];
}

export interface Measured {
  readonly usernames: readonly string[];
  readonly relays: Relays;
  readonly reader: Reader;
  readonly broker: () => Promise<Usage>;
}

/** Every message goes to another user than the one before. */
export async function measureRelays(measured: Measured, scale: KafkaScale): Promise<RelayFigures> {
  const { relays } = measured;
  const throughput = await measureThroughput(measured, scale);
  const deliveries: Delivery[] = [];
  for (const pace of scale.paces) deliveries.push(await measureDelivery(measured, pace));
  const used = await Promise.all(relays.processes.map((relay) => relay.usage()));
  return {
    relays: relays.count,
    readySeconds: {
      first: round(relays.readyMs.first / 1000, 1),
      others: relays.readyMs.others === null ? null : round(relays.readyMs.others / 1000, 1),
    },
    rss: mebibytes(Math.max(...used.map(({ rss }) => rss))),
    throughput,
    deliveries,
  };
}

async function measureThroughput(
  { usernames, relays, reader, broker }: Measured,
  { concurrency, sends, warmUp }: KafkaScale,
): Promise<Throughput> {
  const send = (_: number, turn: number) => relays.send(pick(usernames, turn), MESSAGE);
  await runLoad({ concurrency, requests: warmUp, warmUp: 0, send });
  await reader.latencies(warmUp);
  const meter = await startMeter(relays.processes, broker);
  const { perSecond, latencies } = await runLoad({ concurrency, requests: sends, warmUp: 0, send });
  const cpuMs = await meter(sends);
  await reader.latencies(sends);
  return { sends, perSecond: round(perSecond, 0), ackMs: spreadOf(latencies), cpuMs };
}

async function measureDelivery(
  { usernames, relays, reader, broker }: Measured,
  pace: Pace,
): Promise<Delivery> {
  const acks: number[] = [];
  const meter = await startMeter(relays.processes, broker);
  const lateMs = await paced(pace, async (turn) => {
    const start = performance.now();
    await relays.send(pick(usernames, turn), stampedMessage());
    acks.push(performance.now() - start);
  });
  const cpuMs = await meter(pace.count);
  const latencies = await reader.latencies(pace.count);
  return {
    perSecond: pace.perSecond,
    messages: latencies.length,
    latencyMs: spreadOf(latencies),
    ackMs: spreadOf(acks),
    lateMs: spreadOf(lateMs),
    cpuMs,
  };
}

/** Resolves to a function that resolves to the CPU since then, a message. */
async function startMeter(
  relays: readonly Child[],
  broker: () => Promise<Usage>,
): Promise<(messages: number) => Promise<Cost>> {
  const read = async (): Promise<Cost> => {
    const used = await Promise.all(relays.map((relay) => relay.usage()));
    return { relays: used.reduce((sum, { cpuMs }) => sum + cpuMs, 0), broker: (await broker()).cpuMs };
  };
  const before = await read();
  return async (messages) => {
    const after = await read();
    return {
      relays: round((after.relays - before.relays) / messages, 4),
      broker: round((after.broker - before.broker) / messages, 4),
    };
  };
}

export const mebibytes = (bytes: number): number => round(bytes / 1024 ** 2, 0);
