import { ClientError, type ClientErrorCode, type ConnectionState } from '@secure-chat/client/chat-client';
import { sanitise } from '@secure-chat/terminal-text/sanitise';

/** What a script can tell from the end of a command: docs/cli.md. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  unreachable: 4,
  unknownUser: 5,
  identity: 6,
  timeout: 7,
  inUse: 8,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'failed: the sentence on stderr says why'],
  [EXIT.usage, 'the command line is wrong'],
  [EXIT.signIn, 'not signed in: no such profile, no password or a wrong one'],
  [EXIT.unreachable, 'the server cannot be reached; nothing was sent'],
  [EXIT.unknownUser, 'the server has no such user'],
  [EXIT.identity, 'the identity of the contact has changed, or the safety number is another'],
  [EXIT.timeout, 'timed out: what was to be sent waits, do not send it again'],
  [EXIT.inUse, 'the profile is open in another program: the TUI, or another chat command'],
];

type Offline = Extract<ConnectionState, { readonly kind: 'offline' }>;

/** What ends a command; the message is a sentence that says what to do next. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** Of a command that needs the server. An account that is deleted never comes back: that is no matter of trying again. */
export const offlineError = ({ retryAt, reason, next }: Offline): CliError =>
  new CliError(Number.isFinite(retryAt) ? EXIT.unreachable : EXIT.failed, `${reason} ${next}`.trimEnd());

export const usageError = (message: string): CliError => new CliError(EXIT.usage, message);

const OF_CLIENT: Readonly<Partial<Record<ClientErrorCode, ExitCode>>> = {
  wrong_password: EXIT.signIn,
  no_profile: EXIT.signIn,
  session_ended: EXIT.signIn,
  profile_in_use: EXIT.inUse,
  unknown_user: EXIT.unknownUser,
  identity_changed: EXIT.identity,
  offline: EXIT.unreachable,
  not_a_server: EXIT.unreachable,
  unknown_server: EXIT.unreachable,
};

/** Where the client's own sentence names commands of the TUI. */
const SENTENCES: Readonly<Partial<Record<ClientErrorCode, string>>> = {
  profile_in_use:
    'The profile is open in another program, the TUI or another chat command: one at a time. Close that one first.',
  bad_invite:
    'Who registers here needs an invitation, and this is none that counts. Ask who runs the server for one, and give it to: chat register --invite CODE.',
};

/** How a command ends that threw. What is no refusal is a crash, and thrown again. */
export function endOf(error: unknown): { readonly exitCode: ExitCode; readonly sentence: string } {
  if (error instanceof CliError) return { exitCode: error.exitCode, sentence: sanitise(error.message) };
  if (!(error instanceof ClientError)) throw error;
  const sentence = SENTENCES[error.code] ?? error.message;
  return { exitCode: OF_CLIENT[error.code] ?? EXIT.failed, sentence: sanitise(sentence) };
}
