/** Where a process ends itself by SIGKILL. Each is counted: it dies the n-th time that it gets there. */

/** Of a client. */
export const CLIENT_STEPS = [
  'before the first byte leaves',
  'after the request before the answer',
  'after the answer before the commit',
  'after receiving before the commit',
  'after the commit before the acknowledgement',
  'inside a commit',
  'after a commit',
] as const;
export type ClientStep = (typeof CLIENT_STEPS)[number];

/** Of a process that writes to SQLite: the embedded event log, or what auth and directory own. */
export const COMMIT_STEPS = ['before a commit', 'after a commit'] as const;
export type CommitStep = (typeof COMMIT_STEPS)[number];
