import { type Cell, cellAt, type Grid } from './cells.ts';
import { PLAIN, type Style, styleSequence } from './style.ts';

const PRINTABLE_ASCII = /^[\x20-\x7e]$/;
const isPlain = (cell: Cell): boolean => PRINTABLE_ASCII.test(cell.text);

const sameStyle = (one: Style, other: Style): boolean =>
  one === other || styleSequence(one, true) === styleSequence(other, true);

const moveTo = (x: number, y: number): string => `\x1b[${y + 1};${x + 1}H`;

/**
 * The bytes that turn the screen showing `before` (null: unknown, or another size) into `after`.
 *
 * Terminals disagree about the width of what is not ASCII. So after each such cluster the cursor is placed anew, the
 * cell behind it is drawn again, and a wide one is drawn over two blanks: a disagreement spoils at most its own cells.
 */
export const paint = (before: Grid | null, after: Grid, options: { colour: boolean }): string => {
  const known = before?.width === after.width && before.height === after.height ? before : null;
  let bytes = known ? '' : '\x1b[0m\x1b[2J';
  let style = '';
  for (let y = 0; y < after.height; y += 1) {
    /** The column where the terminal's cursor is on this row; -1 when it is elsewhere or not known. */
    let cursor = -1;
    let spoiled = false;
    for (let x = 0; x < after.width; x += 1) {
      const cell = cellAt(after, x, y);
      const old = known ? cellAt(known, x, y) : null;
      if (cell.text === '') continue;
      const same =
        old === cell || ((old?.text ?? ' ') === cell.text && sameStyle(old?.style ?? PLAIN, cell.style));
      const wide = x + 1 < after.width && cellAt(after, x + 1, y).text === '';
      if (same && !spoiled) continue;
      // What stood here may have reached into the next cell on a terminal that thinks otherwise.
      spoiled = !isPlain(cell) || (!same && old !== null && !isPlain(old));
      if (cursor !== x) bytes += moveTo(x, y);
      const wanted = styleSequence(cell.style, options.colour);
      if (style !== wanted) {
        bytes += wanted;
        style = wanted;
      }
      if (wide) bytes += `  ${moveTo(x, y)}`;
      bytes += cell.text;
      cursor = isPlain(cell) ? x + 1 : -1;
    }
  }
  return style === '' ? bytes : `${bytes}\x1b[0m`;
};
