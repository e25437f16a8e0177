/** Lets many through together, or one alone. Nobody who passes may ask to pass again within: it would wait for ever. */
export interface Gate {
  /** With others that pass; behind all that asked before to be alone. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Behind all that asked before. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  /** When these are settled, all that asked to be alone have been. It never rejects. */
  let alone: Promise<unknown> = Promise.resolve();
  const passing = new Set<Promise<unknown>>();
  return {
    pass(work) {
      const outcome = alone.then(work);
      const over = outcome
        .catch(() => {})
        .then(() => {
          passing.delete(over);
        });
      passing.add(over);
      return outcome;
    },
    alone(work) {
      const outcome = Promise.all([alone, ...passing]).then(work);
      alone = outcome.catch(() => {});
      return outcome;
    },
  };
}
