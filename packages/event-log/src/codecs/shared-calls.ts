/** Runs a call; while it runs, others of the same key get its outcome and begin none of their own. */
export type SharedCalls<T> = (key: string, call: () => Promise<T>) => Promise<T>;

export function createSharedCalls<T>(): SharedCalls<T> {
  const running = new Map<string, Promise<T>>();
  return (key, call) => {
    const begun = running.get(key);
    if (begun) return begun;
    const outcome = call().finally(() => running.delete(key));
    running.set(key, outcome);
    return outcome;
  };
}
