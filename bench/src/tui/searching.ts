import { round, type Spread, spreadOf } from '../arithmetic.ts';
import { FOUND_MARK, NEEDLE } from './profile.ts';
import { PICTURE_END, type TerminalProgram } from './terminal-program.ts';

/** From Enter to what was found on the screen, in milliseconds. */
export interface Searching {
  readonly searches: number;
  readonly messages: number;
  /** The first one after signing in, which reads all of the history. */
  readonly firstMs: number;
  readonly searchMs: Spread;
  /** A scan of the same texts for the same word. */
  readonly plainScanMs: Spread;
}

const ESCAPE = '\x1b[27u';

export async function measureSearching(
  tui: TerminalProgram,
  texts: readonly string[],
  searches: number,
): Promise<Searching> {
  const found: number[] = [];
  const scans: number[] = [];
  while (found.length <= searches) {
    await tui.until(NEEDLE.at(-1) ?? '', `/search ${NEEDLE}`);
    found.push(await tui.until(FOUND_MARK, '\r'));
    await tui.until(PICTURE_END, ESCAPE);
    const start = performance.now();
    if (texts.filter((text) => text.includes(NEEDLE)).length === 0) throw new Error('there is no needle');
    scans.push(performance.now() - start);
  }
  const [first = 0, ...others] = found;
  return {
    searches,
    messages: texts.length,
    firstMs: round(first, 1),
    searchMs: spreadOf(others),
    plainScanMs: spreadOf(scans.slice(1)),
  };
}
