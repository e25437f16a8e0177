/** How much of the end-to-end encryption is measured. */
export interface E2eeScale {
  /** Each round measures every kind of message once, so that what disturbs the machine disturbs all alike. */
  readonly rounds: number;
  readonly messagesPerRound: number;
  readonly exchanges: number;
  readonly signIns: number;
  /** Messages of the profile whose first screen is measured, and times that it is opened. */
  readonly history: number;
  readonly openings: number;
  /** Messages that a client receives and stores. */
  readonly received: number;
}

export const FULL_E2EE: E2eeScale = {
  rounds: 10,
  messagesPerRound: 1_000,
  exchanges: 200,
  signIns: 10,
  history: 100_000,
  openings: 10,
  received: 10_000,
};

export const QUICK_E2EE: E2eeScale = {
  rounds: 1,
  messagesPerRound: 50,
  exchanges: 5,
  signIns: 1,
  history: 5_000,
  openings: 1,
  received: 500,
};
