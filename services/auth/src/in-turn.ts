/** Work under one name goes one after another, whoever asks for it; each caller gets the outcome of his own. */
export type InTurn = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Who calls it twice, one inside the other, under one name, waits for ever. */
export function createInTurn(): InTurn {
  /** What is asked for last under each name: it never rejects. */
  const last = new Map<string, Promise<void>>();
  return (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work);
    const over = turn
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (last.get(name) === over) last.delete(name);
      });
    last.set(name, over);
    return turn;
  };
}
