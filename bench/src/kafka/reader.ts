import { type Child, member, startChild } from '../child-process.ts';

/** One process that follows all message topics, as all users' clients together would. */
export interface Reader extends Child {
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
  const child = await startChild({ module: 'reader', args: [String(users)], environment, profileDir });
  return {
    ...child,
    followMs: Number(member(child.hello, 'followMs')),
    async latencies(count) {
      const late = AbortSignal.timeout(LOST_MS);
      const answer = await Promise.race([
        child.ask({ ask: 'records', count }),
        new Promise<never>((_, reject) => {
          late.addEventListener('abort', () =>
            reject(new Error(`messages did not come within ${LOST_MS} ms`)),
          );
        }),
      ]);
      const latencies = member(answer, 'latencies');
      if (!Array.isArray(latencies)) throw new Error('the reader did not say what it read');
      return latencies.map(Number);
    },
  };
}
