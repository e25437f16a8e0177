import { EventLogError } from '../src/errors.ts';
import type { Mailboxes } from '../src/mailboxes.ts';

/** Appends in flight at once, over all topics. */
const IN_FLIGHT = 64;

/** Numbered records, appended to topics in turn without a pause, and what a follower of each topic saw of them. */
export interface Load {
  /** Resolves when so many appends are acknowledged, from now on. Rejects when one is refused for good. */
  acknowledged(count: number): Promise<void>;
  /** Ends the appending; resolves when each append has its outcome. */
  stop(): Promise<void>;
  /** How many were acknowledged, and how many refused with `unavailable`: those may or may not be written. */
  counts(): { acknowledged: number; unavailable: number };
  /** Numbers that were acknowledged and not seen; seen twice; seen before a smaller one. By topic, the empty ones left out. */
  findings(): { missing: string[]; twice: string[]; disordered: string[] };
}

export async function startLoad(options: {
  readonly writer: Mailboxes;
  readonly reader: Mailboxes;
  readonly topics: readonly string[];
}): Promise<Load> {
  const { writer, reader, topics } = options;
  const seen = new Map<string, number[]>(topics.map((topic) => [topic, []]));
  const good = new Map<string, number[]>(topics.map((topic) => [topic, []]));
  const barriers: { count: number; resolve: () => void; reject: (reason: unknown) => void }[] = [];
  let acknowledged = 0;
  let unavailable = 0;
  let turn = 0;
  let stopping = false;

  await Promise.all(
    topics.map((topic) =>
      reader.follow(topic, 0, (batch) => {
        seen.get(topic)?.push(...batch.map(({ value }) => Number(Buffer.from(value).toString())));
      }),
    ),
  );

  async function appendNext(): Promise<void> {
    const number = turn++;
    const topic = topics[number % topics.length] ?? '';
    try {
      await writer.append(topic, Buffer.from(`${number}`));
      acknowledged += 1;
      good.get(topic)?.push(number);
      for (const barrier of barriers) if (acknowledged >= barrier.count) barrier.resolve();
    } catch (error) {
      if (!(error instanceof EventLogError && error.retryable)) throw error;
      unavailable += 1;
    }
  }

  async function worker(): Promise<void> {
    while (!stopping) await appendNext();
  }
  const workers = Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  workers.catch((error: unknown) => {
    for (const { reject } of barriers) reject(error);
  });

  return {
    acknowledged: (count) =>
      new Promise((resolve, reject) => barriers.push({ count: acknowledged + count, resolve, reject })),
    async stop() {
      stopping = true;
      await workers;
    },
    counts: () => ({ acknowledged, unavailable }),
    findings() {
      const topicsWith = (wrong: (numbers: number[], topic: string) => boolean): string[] =>
        [...seen].filter(([topic, numbers]) => wrong(numbers, topic)).map(([topic]) => topic);
      return {
        missing: topicsWith((numbers, topic) => {
          const present = new Set(numbers);
          return good.get(topic)?.some((number) => !present.has(number)) ?? true;
        }),
        twice: topicsWith((numbers) => new Set(numbers).size < numbers.length),
        disordered: topicsWith((numbers) =>
          numbers.some((number, index) => number < (numbers[index - 1] ?? -1)),
        ),
      };
    },
  };
}
