import type { Tally } from './tally.ts';

/** Where an attack takes place. */
export interface Field {
  readonly url: string;
  /** Of the honest, as a stranger knows them. */
  readonly names: readonly string[];
  /** Aborted when the attack is to end. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

/** One way to harm a server. What it takes of a machine is bounded: it is the server that has to suffer. */
export interface Attack {
  readonly name: string;
  /** For the table: what is sent, by how many addresses, how fast. */
  readonly about: string;
  /** Makes what it needs. Resolves to the attack itself, which resolves when it is over: some time after `signal`, at once. */
  prepare(field: Field): Promise<() => Promise<void>>;
}

/** Addresses of this machine that are not those of the honest: the limits per address tell them apart. */
export const addresses = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `127.66.0.${index + 1}`);
