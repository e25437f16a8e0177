import { encode } from 'uqr';
import { drawText, type Grid } from '../terminal/cells.ts';

/** Light modules around the code that a scanner needs (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** A QR code as rows of characters, one cell for a module and the one below it. */
export interface Qr {
  readonly rows: readonly string[];
  /** Cells of each row. */
  readonly width: number;
}

const halfBlock = (upper: boolean, lower: boolean): string =>
  upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';

/** The code of a short text: 60 digits take 33 x 17 cells with what is light around them. */
export const qrOf = (text: string): Qr => {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const rows: string[] = [];
  for (let y = 0; y < size; y += 2)
    rows.push(
      Array.from({ length: size }, (_, x) => halfBlock(dark(data, x, y), dark(data, x, y + 1))).join(''),
    );
  return { rows, width: size };
};

const dark = (data: readonly (readonly boolean[])[], x: number, y: number): boolean => data[y]?.[x] === true;

/** Draws a row of a code. */
export const drawQrRow = (grid: Grid, x: number, y: number, row: string): void => {
  drawText(grid, x, y, row, 'picture');
};
