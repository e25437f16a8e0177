/** Lines that were submitted, the newest last, and where in them the person is. */
export interface InputHistory {
  readonly entries: readonly string[];
  /** Index into `entries`; `entries.length`: at the draft. */
  readonly at: number;
  /** What was being written when the person went up. */
  readonly draft: string;
}

export const EMPTY_HISTORY: InputHistory = { entries: [], at: 0, draft: '' };

/** Lines kept: what a person goes back to by hand. */
export const HISTORY_MAX = 100;

/** Adds a line (not the same twice in a row), and goes to the draft. */
export const remember = (history: InputHistory, text: string): InputHistory => {
  const repeated = history.entries.at(-1) === text;
  const entries = repeated ? history.entries : [...history.entries, text].slice(-HISTORY_MAX);
  return { entries, at: entries.length, draft: '' };
};

/** One line back (-1) or forth (1); null at an end. `text` is what stands in the input. */
export const recall = (
  history: InputHistory,
  step: -1 | 1,
  text: string,
): { history: InputHistory; text: string } | null => {
  const at = history.at + step;
  if (at < 0 || at > history.entries.length) return null;
  const draft = history.at === history.entries.length ? text : history.draft;
  return { history: { ...history, at, draft }, text: history.entries[at] ?? draft };
};
