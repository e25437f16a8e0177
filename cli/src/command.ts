import type { Readable } from 'node:stream';
import type { ChatClient } from '@secure-chat/client/chat-client';
import type { Output } from './output.ts';
import type { TimeLimit } from './time-limit.ts';

/** One option of a command, for its help and for `parseArgs`. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  /** What its value is called in the help; absent for a flag. */
  readonly value?: string;
  readonly help: string;
}

/** What was typed behind the name of a command. */
export interface Input {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  /** Null when it was not given. */
  text(name: string): string | null;
  /** A whole number within bounds; null when it was not given. Throws CliError usage. */
  number(name: string, least: number, most: number): number | null;
  /** A path, from the folder in which the person stands. */
  path(operand: string): string;
}

/** The password of the profile, for the one command that changes it. */
export interface OwnPassword {
  readonly current: string;
  /** From the descriptor, or asked for twice. Throws CliError. */
  askNew(fd: number | null): Promise<string>;
  /** Keeps it in the keyring where `--keyring` is given. Throws CliError failed. */
  keep(next: string): Promise<void>;
}

/** What a command works with once the profile is open. */
export interface Session {
  readonly client: ChatClient;
  /** Folder of the profile. */
  readonly profile: string;
  readonly password: OwnPassword;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Data, and nothing else. */
  readonly out: Output;
  /** A sentence for the person, on stderr; sanitised here. */
  say(sentence: string): void;
  /** Aborted when the command is to end: by a signal, or since nobody reads what it writes. */
  readonly ending: AbortSignal;
  /** That of the command, some of which signing in has taken. */
  readonly limit: TimeLimit;
}

/** What is to be done, once it is clear how. Resolves when it is done; throws CliError and ClientError. */
export type Work = (session: Session) => Promise<void>;

export interface Command {
  readonly name: string;
  /** As in the help: `NAME [TEXT]`. */
  readonly operands: string;
  /** Fewest and most of them. */
  readonly count: readonly [number, number];
  /** What to do about more of them, a sentence. */
  readonly tooMany?: string;
  readonly summary: string;
  /** What the summary leaves out: lines of the help. */
  readonly details: readonly string[];
  readonly options: readonly Option[];
  /** `new` makes the account. */
  readonly account: 'known' | 'new';
  /** Whether there is nothing to do without the server. */
  readonly online: boolean;
  /** Seconds that it may wait for others, signing in included; null for as long as it takes. Throws CliError usage. */
  seconds(input: Input): number | null;
  /** Whether it reads stdin, so that no password can come from there. */
  readsStdin(input: Input): boolean;
  /** Whether a signal is how it is meant to end: exit code 0. */
  readonly follows: boolean;
  /** Throws CliError usage, before anything is opened. */
  prepare(input: Input): Work;
}

/** What most commands are: for an account that is there, asking nothing of stdin, done when they have said what they had to. */
export const ONCE = {
  account: 'known',
  follows: false,
  seconds: () => null,
  readsStdin: () => false,
} as const satisfies Partial<Command>;
