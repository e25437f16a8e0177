import { setTimeout as sleep } from 'node:timers/promises';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { messageTopic } from '@secure-chat/wire/names';
import { round, type Spread, spreadOf } from '../arithmetic.ts';
import type { ClientsQuestion, Pair } from '../child/clients.ts';
import { type Child, numberOf, numbersOf, startChild } from '../child-process.ts';
import type { Pace } from '../paced.ts';
import { pick } from '../people.ts';
import { nowMs } from '../stamp.ts';
import { within } from '../within.ts';
import { arrivedOf, type Latency, latencyOf, type Meters, metered, meterOf, type Shares } from './latency.ts';
import type { DeliveryScale } from './scale.ts';

/** From the person who sends to the screen of the one who reads, whole clients on both sides. */
export interface ClientsLatency extends Latency {
  /** Until the sender's client knows that the server's log has it. */
  readonly sentMs: Spread;
  /** How late the load generator was. */
  readonly lateMs: Spread;
  readonly cpuPercent: Shares;
}

/** What waited for a client that was away. */
export interface Away {
  readonly messages: number;
  /** Senders, each with an exchange of keys of its own. */
  readonly senders: number;
  /** From the start of the sign-in until a person sees them all: the sign-in waits for more than messages. */
  readonly shownSeconds: number;
  /** Until all were received, decrypted and stored, and the server's log knew that. */
  readonly acknowledgedSeconds: number;
  readonly cpuPercent: Shares;
}

export interface Clients {
  readonly clients: number;
  readonly paces: readonly ClientsLatency[];
  readonly away: Away;
}

/** Milliseconds after the last send in which all have to be shown: else one is lost, and the bench fails. A machine that does not keep up has that long. */
const LOST_MS = 300_000;
/** For receipts, which are gathered for a moment. */
const SETTLE_MS = 1_000;
const LOOK_MS = 10;

/** Two processes of clients, each of whom talks with one of the other process. */
export async function measureClients(options: {
  readonly server: Child & { readonly url: string };
  readonly mailboxes: Mailboxes;
  /** Of the event log, where it has processes of its own. */
  readonly meters: Meters;
  readonly folder: string;
  readonly scale: DeliveryScale;
  readonly profileDir: string | null;
  readonly progress: (line: string) => void;
}): Promise<Clients> {
  const { server, mailboxes, folder, scale, profileDir, progress } = options;
  const names = (side: string): string[] =>
    Array.from({ length: scale.clients / 2 }, (_, index) => `${side}-${index}`);
  const [left, right] = [names('left'), names('right')];
  const sides: Child<ClientsQuestion>[] = [];
  try {
    for (const _ of [left, right])
      sides.push(
        await startChild<ClientsQuestion>({ module: 'clients', args: [server.url, folder], profileDir }),
      );
    const [leftSide, rightSide] = [pick(sides, 0), pick(sides, 1)];
    progress(`accounts of ${scale.clients} clients`);
    await Promise.all([
      leftSide.ask({ ask: 'enter', usernames: left }),
      rightSide.ask({ ask: 'enter', usernames: right }),
    ]);
    const meters: Meters = {
      ...options.meters,
      server: meterOf(server),
      'clients, one half': meterOf(leftSide),
      'clients, other half': meterOf(rightSide),
    };
    const both = (pace: Pace) => exchange({ leftSide, rightSide, left, right, meters }, pace);
    // The first of each conversation exchanges keys.
    await both({ perSecond: 20, count: scale.clients });
    progress('messages before those that count');
    await both(scale.warmUp);
    const paces: ClientsLatency[] = [];
    for (const pace of scale.paces) {
      progress(`${scale.clients} clients, ${pace.perSecond} messages a second`);
      await sleep(SETTLE_MS);
      paces.push(await both(pace));
    }
    progress(`${scale.waiting} messages for a client that is away`);
    const away = await measureAway({ leftSide, rightSide, left, right, meters, mailboxes }, scale);
    return { clients: scale.clients, paces, away };
  } finally {
    for (const side of sides) await side.close();
  }
}

interface Sides {
  readonly leftSide: Child<ClientsQuestion>;
  readonly rightSide: Child<ClientsQuestion>;
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly meters: Meters;
}

/** Half of the pace each way, at once. */
async function exchange(
  { leftSide, rightSide, left, right, meters }: Sides,
  { perSecond, count }: Pace,
): Promise<ClientsLatency> {
  const half = { perSecond: perSecond / 2, count: count / 2 };
  const paired = (senders: readonly string[], recipients: readonly string[]): Pair[] =>
    senders.map((sender, index) => [sender, pick(recipients, index)]);
  const sides = [
    { side: leftSide, pairs: paired(left, right) },
    { side: rightSide, pairs: paired(right, left) },
  ];
  const { outcome: sends, cpuPercent } = await metered(meters, () =>
    within(
      LOST_MS + (1000 * count) / perSecond,
      `messages were not sent within ${LOST_MS} ms`,
      Promise.all(sides.map(({ side, pairs }) => side.ask({ ask: 'send', pairs, pace: half }))),
    ),
  );
  const shown = await within(
    LOST_MS,
    `messages were not shown within ${LOST_MS} ms`,
    Promise.all(sides.map(({ side }) => side.ask({ ask: 'shown', count: half.count }))),
  );
  return {
    ...latencyOf(perSecond, shown.map(arrivedOf)),
    sentMs: spreadOf(sends.flatMap((answer) => numbersOf(answer, 'latencies'))),
    lateMs: spreadOf(sends.flatMap((answer) => numbersOf(answer, 'lateMs'))),
    cpuPercent,
  };
}

/** All of one side write to one of the other side, who is not there. */
async function measureAway(
  { leftSide, rightSide, left, right, meters, mailboxes }: Sides & { readonly mailboxes: Mailboxes },
  { waiting }: DeliveryScale,
): Promise<Away> {
  const username = pick(right, 0);
  await rightSide.ask({ ask: 'leave', username });
  const pairs = left.map((sender): Pair => [sender, username]);
  // As fast as they can: the pace is more than they keep up with.
  await leftSide.ask({ ask: 'send', pairs, pace: { perSecond: 2_000, count: waiting } });
  await sleep(SETTLE_MS);
  const topic = messageTopic(username);
  const acknowledged = async (): Promise<number> => {
    while ((await mailboxes.cursor(topic)) < (await mailboxes.head(topic))) await sleep(LOOK_MS);
    return nowMs();
  };
  const { outcome, cpuPercent } = await metered(meters, () =>
    within(
      LOST_MS,
      `what had waited was not there within ${LOST_MS} ms`,
      Promise.all([rightSide.ask({ ask: 'return', username, count: waiting }), acknowledged()]),
    ),
  );
  const [answer, acknowledgedAt] = outcome;
  const startedAt = numberOf(answer, 'startedAt');
  return {
    messages: waiting,
    senders: left.length,
    shownSeconds: round((numberOf(answer, 'shownAt') - startedAt) / 1000, 2),
    acknowledgedSeconds: round((acknowledgedAt - startedAt) / 1000, 2),
    cpuPercent,
  };
}
