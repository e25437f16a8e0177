import { setTimeout as sleep } from 'node:timers/promises';

/** What the bench asks of its processes: the same of all, and of each what it is for. */
export type Question<Own> =
  | { readonly ask: 'usage' }
  | { readonly ask: 'settled' }
  | { readonly ask: 'close' }
  | { readonly ask: 'own'; readonly question: Own };

export interface Answering<Own> {
  /** What the bench hears when the process is ready. */
  readonly hello: object;
  readonly close: () => Promise<unknown>;
  /** The process ends when that rejects. */
  readonly answer?: (question: Own) => Promise<object>;
}

/** Collections of garbage after which nothing more goes, and the milliseconds between two. */
const COLLECTIONS = 5;
const COLLECTION_MS = 200;

/** Says hello, then answers the bench until that closes it, or is gone. */
export function answerParent<Own = never>({ hello, close, answer }: Answering<Own>): void {
  const tell = (message: object): void => {
    if (!process.send) throw new Error('this process is started by the bench');
    process.send(message);
  };
  const end = (): void => {
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('message', (question: Question<Own>) => {
    if (question.ask === 'close') end();
    else if (question.ask === 'usage') tell(usage());
    else if (question.ask === 'settled') void settled().then(tell);
    else void answer?.(question.question).then(tell);
  });
  process.once('disconnect', end);
  tell(hello);
}

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() };
}

async function settled() {
  for (let turn = 0; turn < COLLECTIONS; turn++) {
    await sleep(COLLECTION_MS);
    globalThis.gc?.();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}
