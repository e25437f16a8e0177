import { Consumer } from '@platformatic/kafka';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { round, type Spread, spreadOf } from '../arithmetic.ts';
import { runLoad } from '../load.ts';
import { type Pace, paced } from '../paced.ts';
import { pick } from '../people.ts';
import { RECORD_BYTES } from '../signed-request.ts';
import { nowMs, stampedMessage, stampOf } from '../stamp.ts';

export interface RawProducer {
  readonly appends: number;
  readonly perSecond: number;
}

/** The yardstick of sends: the same group commit on the same topics, without a relay around it. */
export async function measureRawProducer(
  mailboxes: Mailboxes,
  topics: readonly string[],
  { concurrency, requests, warmUp }: { concurrency: number; requests: number; warmUp: number },
): Promise<RawProducer> {
  const record = Buffer.alloc(RECORD_BYTES, 'A');
  const send = (_: number, turn: number) => mailboxes.append(pick(topics, turn), record);
  const { perSecond } = await runLoad({ concurrency, requests, warmUp, send });
  return { appends: requests, perSecond: round(perSecond, 0) };
}

export interface RawConsumer {
  readonly perSecond: number;
  readonly messages: number;
  readonly latencyMs: Spread;
}

const TOPIC = 'bench_raw';

/** The yardstick of send to receive: the client library's own consumer of one topic, a group of one. */
export async function measureRawConsumer(
  mailboxes: Mailboxes,
  brokers: string,
  paces: readonly Pace[],
): Promise<RawConsumer[]> {
  await mailboxes.create([TOPIC]);
  const consumer = new Consumer({
    clientId: 'bench-raw',
    groupId: 'bench-raw',
    bootstrapBrokers: brokers.split(','),
  });
  try {
    const stream = await consumer.consume({
      topics: [TOPIC],
      mode: 'latest',
      // As our lanes are: an answer as soon as there is a record, and no commits meanwhile.
      minBytes: 1,
      maxWaitTime: 500,
      autocommit: false,
    });
    const latencies: number[] = [];
    let arrived: (() => void) | null = null;
    stream.on('data', ({ value }) => {
      const stamp = stampOf(value.toString());
      if (stamp !== null) latencies.push(nowMs() - stamp);
      arrived?.();
    });
    const results: RawConsumer[] = [];
    for (const pace of paces) {
      latencies.length = 0;
      const all = new Promise<void>((resolve) => {
        arrived = () => {
          if (latencies.length >= pace.count) resolve();
        };
      });
      const record = () => Buffer.from(stampedMessage().padEnd(RECORD_BYTES));
      await paced(pace, async () => void (await mailboxes.append(TOPIC, record())));
      await all;
      results.push({ perSecond: pace.perSecond, messages: pace.count, latencyMs: spreadOf(latencies) });
    }
    await stream.close();
    return results;
  } finally {
    await consumer.close(true);
  }
}
