/** What the bench asks of its processes; `records` only of the one that reads. */
export type Question =
  | { readonly ask: 'usage' }
  | { readonly ask: 'close' }
  | { readonly ask: 'records'; readonly count: number };

export interface Answering {
  /** What the bench hears when the process is ready. */
  readonly hello: object;
  readonly close: () => Promise<unknown>;
  /** The records of the next `count`, when they have come. */
  readonly records?: (count: number) => Promise<object>;
}

/** Says hello, then answers the bench until that closes it, or is gone. */
export function answerParent({ hello, close, records }: Answering): void {
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
  process.on('message', (question: Question) => {
    if (question.ask === 'close') end();
    else if (question.ask === 'records') void records?.(question.count).then(tell);
    else {
      const { user, system } = process.cpuUsage();
      tell({ cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() });
    }
  });
  process.once('disconnect', end);
  tell(hello);
}
