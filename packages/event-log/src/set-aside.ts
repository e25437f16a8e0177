import type { Offset } from './events.ts';
import type { Logger } from './logger.ts';

/** Says that a record cannot be used: it stays in the log, and its reader goes on. */
export type SetAside = (topic: string, offset: Offset) => void;

/** Counts what is set aside (`count`: since this was made) and logs each with its place. */
export function createSetAside(logger: Logger): SetAside {
  let count = 0;
  return (topic, offset) => {
    count += 1;
    logger.error({ topic, offset, count }, 'a record was set aside');
  };
}
