import { openEventLog } from '@secure-chat/event-log/event-log';
import type { MailboxRecord } from '@secure-chat/event-log/mailboxes';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf, eventLogSettings } from '@secure-chat/service-kit/event-log-config';
import { createLogger } from '@secure-chat/service-kit/logger';
import { messageTopic } from '@secure-chat/wire/names';
import { usernamesOf } from '../kafka/users.ts';
import { nowMs, stampOf } from '../stamp.ts';
import { answerParent } from './answer-parent.ts';

/** Follows the message topics of the first `users` users from their heads on, and says how long each stamped message took. */
const users = Number(process.argv[2]);
const config = readConfig(eventLogSettings, process.env);
const { mailboxes, codecs, close } = await openEventLog(
  eventLogOf(config, '.'),
  createLogger('reader', 'error'),
);

let records = 0;
let latencies: number[] = [];
let wanted: { count: number; resolve: () => void } | null = null;

const listen = (batch: MailboxRecord[]): void => {
  for (const { value } of batch) {
    const arrived = nowMs();
    void codecs.message.decode(value).then((record) => {
      const stamp = record && stampOf(record.message);
      if (typeof stamp === 'number') latencies.push(arrived - stamp);
      records += 1;
      if (wanted && records >= wanted.count) wanted.resolve();
    });
  }
};

const start = performance.now();
await Promise.all(
  usernamesOf(users).map(async (username) => {
    const topic = messageTopic(username);
    await mailboxes.follow(topic, await mailboxes.head(topic), listen);
  }),
);
const followMs = performance.now() - start;

/** The records of the next `count`, when they have come. */
export interface ReaderQuestion {
  readonly count: number;
}

answerParent<ReaderQuestion>({
  hello: { followMs },
  close,
  async answer({ count }) {
    await new Promise<void>((resolve) => {
      wanted = { count, resolve };
      if (records >= count) resolve();
    });
    const answer = { latencies };
    records = 0;
    latencies = [];
    wanted = null;
    return answer;
  },
});
