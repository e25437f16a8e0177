import { createLately } from '@secure-chat/service-kit/lately';
import { foldName } from '@secure-chat/wire/names';

/** Milliseconds after which two are strangers again. */
const DAY_MS = 86_400_000;
/** Pairs remembered, some 20 MB. Who is forgotten counts as a stranger once more. */
const PAIRS_MAX = 200_000;

/** Who has lately written to whom. Whoever was written to may answer: a pair has no direction. */
export interface Acquaintances {
  know(one: string, other: string): boolean;
  /** One has written to the other. */
  meet(one: string, other: string): void;
}

export function createAcquaintances(clock: () => number, max = PAIRS_MAX): Acquaintances {
  const metAt = createLately<number>(max);
  return {
    know: (one, other) => clock() - (metAt.get(pairOf(one, other)) ?? Number.NEGATIVE_INFINITY) < DAY_MS,
    meet: (one, other) => metAt.set(pairOf(one, other), clock()),
  };
}

function pairOf(one: string, other: string): string {
  const [first, second] = [foldName(one), foldName(other)];
  return first < second ? `${first} ${second}` : `${second} ${first}`;
}
