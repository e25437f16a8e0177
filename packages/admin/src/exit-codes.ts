/** What a script can tell from the end of a command: docs/operations.md. */
export const EXIT = { ok: 0, failed: 1, usage: 2, noServer: 3, noRights: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'refused or failed: the sentence on stderr says why'],
  [EXIT.usage, 'the command line is wrong'],
  [EXIT.noServer, 'nothing runs on the data folder that could be asked'],
  [EXIT.noRights, 'another user runs the server: be that one'],
];

/** What ends a command; the message is a sentence that says what to do next. */
export class AdminError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'AdminError';
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): AdminError => new AdminError(EXIT.usage, message);
