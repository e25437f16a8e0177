/** How long is measured. */
export interface Scale {
  /** Windows in front of all others, which count for nothing. */
  readonly warmUp: number;
  /** Windows before, during and after each attack, of which the medians count. */
  readonly windows: number;
  readonly windowMs: number;
  /** Whether the windows are long enough for the ratio to be a verdict. */
  readonly judgesRatio: boolean;
}

export const WHOLE: Scale = { warmUp: 2, windows: 5, windowMs: 5_000, judgesRatio: true };
export const QUICK: Scale = { warmUp: 1, windows: 1, windowMs: 3_000, judgesRatio: false };
