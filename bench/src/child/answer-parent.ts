/** What a measured server tells the bench, and what the bench asks of it. */
export type FromChild = { readonly url: string } | { readonly cpuMicros: number };
export type FromParent = 'cpu' | 'close';

/** Says where the server listens, then answers the bench until that closes it, or is gone. */
export function answerParent(url: string, close: () => Promise<unknown>): void {
  const tell = (message: FromChild): void => {
    if (!process.send) throw new Error('this process is started by the bench');
    process.send(message);
  };
  const end = (): void => {
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('message', (message) => {
    if (message === 'close') end();
    else if (message === 'cpu') {
      const { user, system } = process.cpuUsage();
      tell({ cpuMicros: user + system });
    }
  });
  process.once('disconnect', end);
  tell({ url });
}
