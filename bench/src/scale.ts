/** How much is measured. Counts, not seconds: a slow machine takes longer, it does not measure less. */
export interface Scale {
  /** Users with an RSA pair each, and sessions on the server with few sessions. */
  readonly users: number;
  /** Sessions on the server with many. */
  readonly manySessions: number;
  readonly senders: number;
  /** Each round measures every kind of send once, so that what disturbs the machine disturbs all alike. */
  readonly rounds: number;
  readonly sendsPerRound: number;
  readonly bareSendsPerRound: number;
  /** Sends to each server before the first round: it compiles its code while they run. */
  readonly sendsToWarmUp: number;
  /** Requests before each round that are not counted. */
  readonly warmUp: number;
  /** Sends in which every session takes its turn without a name. */
  readonly scannedSends: number;
  /** Pairs of users that send and poll at once, and messages of each pair. */
  readonly slowPairs: number;
  readonly slowMessages: number;
  /** Messages to a receiver that polls without a pause. */
  readonly fastMessages: number;
  readonly idleSeconds: number;
  readonly sqliteBatches: number;
  readonly starts: number;
}

export const FULL: Scale = {
  users: 50,
  manySessions: 2_000,
  senders: 32,
  rounds: 12,
  sendsPerRound: 1_500,
  bareSendsPerRound: 3_000,
  sendsToWarmUp: 6_000,
  warmUp: 250,
  scannedSends: 500,
  slowPairs: 20,
  slowMessages: 2,
  fastMessages: 200,
  idleSeconds: 8,
  sqliteBatches: 3_000,
  starts: 3,
};

export const QUICK: Scale = {
  users: 4,
  manySessions: 12,
  senders: 4,
  rounds: 1,
  sendsPerRound: 40,
  bareSendsPerRound: 40,
  sendsToWarmUp: 8,
  warmUp: 8,
  scannedSends: 12,
  slowPairs: 1,
  slowMessages: 1,
  fastMessages: 5,
  idleSeconds: 1,
  sqliteBatches: 20,
  starts: 1,
};
