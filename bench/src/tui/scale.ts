/** How much of the TUI is measured. Counts, as in the other scales. */
export interface TuiScale {
  /** Messages of the profile on the disk: nearly all of one conversation, one of each other contact. */
  readonly history: number;
  readonly contacts: number;
  /** Messages that the person has gone through, page by page, before keys are measured. */
  readonly loaded: number;
  readonly starts: number;
  readonly keys: number;
  /** Messages that arrive while keys are typed. */
  readonly arrivalsPerSecond: number;
  readonly searches: number;
  readonly idleSeconds: number;
}

export const FULL_TUI: TuiScale = {
  history: 100_000,
  contacts: 200,
  loaded: 10_000,
  starts: 10,
  keys: 400,
  arrivalsPerSecond: 50,
  searches: 20,
  idleSeconds: 60,
};

export const QUICK_TUI: TuiScale = {
  history: 2_000,
  contacts: 20,
  loaded: 500,
  starts: 1,
  keys: 20,
  arrivalsPerSecond: 50,
  searches: 2,
  idleSeconds: 1,
};
