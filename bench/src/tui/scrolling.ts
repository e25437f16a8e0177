import { type Spread, spreadOf } from '../arithmetic.ts';
import { PICTURE_END, type TerminalProgram } from './terminal-program.ts';

/** From PgUp to the whole picture, in milliseconds. */
export interface Scrolling {
  readonly pages: number;
  readonly pageMs: Spread;
}

const PAGE_UP = '\x1b[5~';
/** Back to the newest message. */
const ESCAPE = '\x1b[27u';
/** Messages of a page, at least: some have two rows. */
const MESSAGES_OF_PAGE = 20;

/** Goes up until so many messages have been on the screen, and back down to the newest. */
export async function measureScrolling(tui: TerminalProgram, messages: number): Promise<Scrolling> {
  const samples: number[] = [];
  const pages = Math.ceil(messages / MESSAGES_OF_PAGE);
  while (samples.length < pages) samples.push(await tui.until(PICTURE_END, PAGE_UP));
  await tui.until(PICTURE_END, ESCAPE);
  return { pages, pageMs: spreadOf(samples) };
}
