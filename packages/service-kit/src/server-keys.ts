import { type KeyPair, type KeyPairFiles, readKeyPair } from './key-pair.ts';
import type { Logger } from './logger.ts';

/** The key pair of a server, which may be replaced while it runs. */
export interface ServerKeys {
  readonly current: () => KeyPair;
  /** Tells of each one that takes the current one's place. */
  onChange(listener: (pair: KeyPair) => void): void;
  /** Stops looking at the files. */
  close(): void;
}

export interface ServerKeysOptions {
  readonly files: KeyPairFiles;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Milliseconds between two looks at the files: who has put new ones there sees it in the log while he still looks. What they hold
 * is compared, and not when they were written: a link in their place may lead elsewhere from one moment to the next.
 */
export const LOOK_MS = 10_000;

/** Follows the files. One that is bad is logged once, and what was good stays. Throws where they are bad at the start. */
export function followKeyPair({ files, logger, clock }: ServerKeysOptions): ServerKeys {
  const first = readKeyPair(files, clock());
  if ('problems' in first) throw new Error(sentenceOf(first.problems));
  let current = first.pair;
  const listeners: ((pair: KeyPair) => void)[] = [];
  let told = '';
  const look = (): void => {
    const read = readKeyPair(files, clock());
    const problem = 'problems' in read ? sentenceOf(read.problems) : '';
    if (problem !== told && problem !== '')
      logger.error({ problem }, 'the certificate cannot be replaced; the one of before is used further');
    told = problem;
    if ('problems' in read || (read.pair.cert === current.cert && read.pair.key === current.key)) return;
    current = read.pair;
    for (const listener of listeners) listener(current);
    logger.info('the certificate was replaced');
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}

const sentenceOf = (problems: object): string =>
  Object.entries(problems)
    .map(([file, problem]) => `${file} ${problem}`)
    .join('; ');
