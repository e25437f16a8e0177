import type { Connection } from './connection.ts';

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
  /** A whole number within bounds; null when it was not given. Throws AdminError usage. */
  number(name: string, least: number, most: number): number | null;
  /** A path, from the folder in which the person stands. */
  path(operand: string): string;
}

/** What a command works with. */
export interface Surroundings {
  readonly server: Connection;
  /** `DATA_DIR`. */
  readonly dataDir: string;
  /** A question to the person at the terminal; null where nobody is there. */
  confirm(question: string): Promise<string | null>;
}

/** What a command says: for machines, and for people, a line each. */
export interface Outcome {
  readonly json: unknown;
  readonly lines: readonly string[];
}

/** A command of `npm run admin`. */
export interface Command {
  readonly name: string;
  /** As in the help: `NAME`. */
  readonly operands: readonly string[];
  readonly summary: string;
  /** What the summary leaves out: lines of the help. */
  readonly details?: readonly string[];
  readonly options?: readonly Option[];
  /** Throws AdminError. */
  run(input: Input, surroundings: Surroundings): Promise<Outcome>;
}
