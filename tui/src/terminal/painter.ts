import type { Skin } from '../theme/skin.ts';
import { type Cell, cellAt, type Grid } from './cells.ts';

const PRINTABLE_ASCII = /^[\x20-\x7e]$/;
const isPlain = (cell: Cell): boolean => PRINTABLE_ASCII.test(cell.text);

/** Nothing set. */
const PLAIN = '\x1b[0m';
const BLANK: Cell = { text: ' ', look: 'text' };

const moveTo = (x: number, y: number): string => `\x1b[${y + 1};${x + 1}H`;

/**
 * The bytes that turn the screen showing `before` (null: unknown, or another size) into `after`.
 *
 * Terminals disagree about the width of what is not ASCII. So after each such cluster the cursor is placed anew, the
 * cell behind it is drawn again, and a wide one is drawn over two blanks: a disagreement spoils at most its own cells.
 */
export const paint = (before: Grid | null, after: Grid, skin: Skin): string => {
  const known = before?.width === after.width && before.height === after.height ? before : null;
  const ground = skin.sequence('text');
  let bytes = known ? '' : `${ground}\x1b[2J`;
  /** Clearing leaves the ground on most terminals, and no more than a blank on the others. */
  const cleared = ground === PLAIN ? BLANK : null;
  let style = '';
  for (let y = 0; y < after.height; y += 1) {
    /** The column where the terminal's cursor is on this row; -1 when it is elsewhere or not known. */
    let cursor = -1;
    let spoiled = false;
    for (let x = 0; x < after.width; x += 1) {
      const cell = cellAt(after, x, y);
      const old = known ? cellAt(known, x, y) : cleared;
      if (cell.text === '') continue;
      const same = old === cell || (old?.text === cell.text && old.look === cell.look);
      const wide = x + 1 < after.width && cellAt(after, x + 1, y).text === '';
      if (same && !spoiled) continue;
      // What stood here may have reached into the next cell on a terminal that thinks otherwise.
      spoiled = !isPlain(cell) || (!same && old !== null && !isPlain(old));
      if (cursor !== x) bytes += moveTo(x, y);
      const wanted = skin.sequence(cell.look);
      if (style !== wanted) {
        bytes += wanted;
        style = wanted;
      }
      if (wide) bytes += `  ${moveTo(x, y)}`;
      bytes += skin.text(cell.text, wide ? 2 : 1);
      cursor = isPlain(cell) ? x + 1 : -1;
    }
  }
  return style === '' && known ? bytes : `${bytes}${PLAIN}`;
};
