import type { EventLog } from '@secure-chat/event-log/event-log';
import type { MailboxRecord } from '@secure-chat/event-log/mailboxes';
import { type Pace, paced } from '../paced.ts';
import { pick } from '../people.ts';
import { RECORD_BYTES } from '../signed-request.ts';
import { stampedMessage } from '../stamp.ts';
import { within } from '../within.ts';
import { createArrivals } from './arrivals.ts';
import { type Latency, latencyOf } from './latency.ts';

const LOST_MS = 300_000;

/** The yardstick of what a stream adds: the log alone, which one process appends to and follows. */
export async function measureFollow(
  { mailboxes }: EventLog,
  topics: readonly string[],
  paces: readonly Pace[],
): Promise<Latency[]> {
  const arrivals = createArrivals();
  const listen = (batch: MailboxRecord[]): void => {
    for (const { value } of batch) arrivals.add(Buffer.from(value).toString());
  };
  const follow = async (topic: string) => mailboxes.follow(topic, await mailboxes.head(topic), listen);
  const followings = await Promise.all(topics.map(follow));
  const append = async (turn: number): Promise<void> => {
    await mailboxes.append(pick(topics, turn), Buffer.from(stampedMessage().padEnd(RECORD_BYTES)));
  };
  const figures: Latency[] = [];
  for (const pace of paces) {
    await paced(pace, append);
    const late = `records did not arrive within ${LOST_MS} ms`;
    figures.push(latencyOf(pace.perSecond, [await within(LOST_MS, late, arrivals.take(pace.count))]));
  }
  await Promise.all(followings.map((following) => following.close()));
  return figures;
}
