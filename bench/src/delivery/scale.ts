import type { Pace } from '../paced.ts';

/** How much of the delivery is measured. Counts, not seconds, as in the other scales. */
export interface DeliveryScale {
  /** Whole clients; they talk in pairs, so an even number. */
  readonly clients: number;
  /** Messages between the clients before those that count: everything compiles its code meanwhile. */
  readonly warmUp: Pace;
  readonly paces: readonly Pace[];
  /** Messages that wait for the client that was away. */
  readonly waiting: number;
  /** Open streams, each of another user. */
  readonly streams: number;
  /** Of these, those that are open before memory is measured: what the first ones cost is not what one costs. */
  readonly streamsBefore: number;
  /** Streams that a relay's death ends. */
  readonly lost: number;
}

export const RELAYS = 2;

export const FULL_DELIVERY: DeliveryScale = {
  clients: 50,
  warmUp: { perSecond: 100, count: 1_000 },
  paces: [
    { perSecond: 100, count: 1_500 },
    { perSecond: 1_000, count: 15_000 },
  ],
  waiting: 10_000,
  streams: 5_000,
  streamsBefore: 1_000,
  lost: 1_000,
};

export const QUICK_DELIVERY: DeliveryScale = {
  clients: 4,
  warmUp: { perSecond: 50, count: 4 },
  paces: [
    { perSecond: 100, count: 20 },
    { perSecond: 1_000, count: 40 },
  ],
  waiting: 40,
  streams: 20,
  streamsBefore: 4,
  lost: 5,
};
