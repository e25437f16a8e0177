import type { EventLog } from '@secure-chat/event-log/event-log';
import { messageTopic } from '@secure-chat/wire/names';
import { round } from '../arithmetic.ts';
import type { Usage } from '../child-process.ts';
import { measureRawProducer, type RawProducer } from './raw.ts';
import { startReader } from './reader.ts';
import { measureRelays, mebibytes, type RelayFigures } from './relay-figures.ts';
import { startRelays } from './relays.ts';
import type { KafkaScale } from './scale.ts';
import { publishUsers, usernamesOf } from './users.ts';

/** What was measured with so many users' topics. */
export interface UsersFigures {
  readonly users: number;
  readonly topics: number;
  /** Until a reader followed every user's messages. */
  readonly followSeconds: number;
  /** MiB of that reader, at the end. */
  readonly readerRss: number;
  readonly rawProducer: RawProducer;
  readonly relays: readonly RelayFigures[];
}

export interface System {
  readonly log: EventLog;
  readonly serviceKey: Buffer;
  readonly environment: Readonly<Record<string, string>>;
  readonly broker: () => Promise<Usage>;
  readonly scale: KafkaScale;
  readonly profileDir: string | null;
  readonly progress: (line: string) => void;
}

/** Registers the users; the first relay to start makes their topics. */
export async function measureUsers(users: number, system: System): Promise<UsersFigures> {
  const { log, environment, scale, profileDir, progress } = system;
  const usernames = usernamesOf(users);
  const start = (count: number) => startRelays({ ...system, count, connections: scale.concurrency });
  await publishUsers(log, usernames);
  progress(`topics of ${users} users`);
  let relays = await start(scale.relays[0] ?? 1);
  try {
    progress(`${users} users, raw producer`);
    const { concurrency, appends, warmUp } = scale;
    const load = { concurrency, requests: appends, warmUp };
    const rawProducer = await measureRawProducer(log.mailboxes, usernames.map(messageTopic), load);
    const reader = await startReader(users, environment, profileDir);
    try {
      const figures: RelayFigures[] = [];
      for (const count of scale.relays) {
        if (relays.count !== count) {
          await relays.close();
          relays = await start(count);
        }
        progress(`${users} users, ${count} relays`);
        figures.push(await measureRelays({ ...system, usernames, relays, reader }, scale));
      }
      return {
        users,
        topics: 2 * users,
        followSeconds: round(reader.followMs / 1000, 1),
        readerRss: mebibytes((await reader.usage()).rss),
        rawProducer,
        relays: figures,
      };
    } finally {
      await reader.close();
    }
  } finally {
    await relays.close();
  }
}
