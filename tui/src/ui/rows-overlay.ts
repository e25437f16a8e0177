import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, fillRow } from '../terminal/cells.ts';
import { wrap } from '../terminal/wrap.ts';
import { type Area, drawCut } from './area.ts';
import { moveInList } from './list.ts';
import type { Overlay } from './overlay.ts';

/** Two columns; where the first is empty, the second takes all of the width, and as many rows as it needs. */
export type Rows = readonly (readonly [string, string])[];

/** Cells of the left column. */
const LEFT = 26;

export interface RowsOptions {
  readonly title: string;
  readonly rows: Rows;
  readonly onClose: () => void;
}

/** As they are drawn. */
const laidOut = (rows: Rows, { width }: Area): Rows =>
  rows.flatMap(([left, right]) =>
    left === '' && right !== ''
      ? wrap(sanitise(right), width - 2).map((text) => ['', text] as const)
      : [[left, right] as const],
  );

/** Rows to read: the list's keys scroll. */
export const createRowsOverlay = ({ title, rows, onClose }: RowsOptions): Overlay => {
  let first = 0;
  return {
    key: () => {},
    act: (action, area) => {
      const height = area.height - 1;
      const { length } = laidOut(rows, area);
      if (action === 'list-close' || action === 'list-take') onClose();
      else
        first = Math.min(
          moveInList(action, first, { length, height }) ?? first,
          Math.max(0, length - height),
        );
    },
    draw: (grid, area) => {
      fillRow(grid, area.x, area.y, area.width, 'bar');
      drawCut(grid, area.x + 1, area.y, title, area.width - 1, 'bar');
      for (const [index, [left, right]] of laidOut(rows, area)
        .slice(first, first + area.height - 1)
        .entries()) {
        const y = area.y + 1 + index;
        const x = area.x + 1 + (left === '' ? 0 : LEFT);
        drawText(grid, area.x + 1, y, left, 'strong', LEFT - 1);
        drawCut(grid, x, y, right, area.x + area.width - x);
      }
      return null;
    },
    keys: () => '↑↓ PgUp PgDn scroll · Esc close',
  };
};
