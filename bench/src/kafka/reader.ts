import type { ReaderQuestion } from '../child/reader.ts';
import { type Child, numberOf, numbersOf, startChild } from '../child-process.ts';
import { within } from '../within.ts';

/** One process that follows all message topics, as all users' clients together would. */
export interface Reader extends Child<ReaderQuestion> {
  /** Milliseconds until it followed them all. */
  readonly followMs: number;
  /** Milliseconds from send to arrival of the stamped ones among the next `count` messages. Rejects when they do not all come. */
  latencies(count: number): Promise<number[]>;
}

/** Milliseconds after the last acknowledgement in which a message has to arrive: else it is lost, and the bench fails. */
const LOST_MS = 20_000;

export async function startReader(
  users: number,
  environment: Readonly<Record<string, string>>,
  profileDir: string | null,
): Promise<Reader> {
  const options = { module: 'reader', args: [String(users)], environment, profileDir };
  const child = await startChild<ReaderQuestion>(options);
  return {
    ...child,
    followMs: numberOf(child.hello, 'followMs'),
    async latencies(count) {
      const late = `messages did not come within ${LOST_MS} ms`;
      return numbersOf(await within(LOST_MS, late, child.ask({ count })), 'latencies');
    },
  };
}
