import { drawText, fillRow } from '../terminal/cells.ts';
import { drawCut } from './area.ts';
import { moveInList } from './list.ts';
import type { Overlay } from './overlay.ts';

/** Cells of the left column. */
const LEFT = 26;

export interface RowsOptions {
  readonly title: string;
  /** Two columns; where the first is empty, the second takes all of the row. */
  readonly rows: readonly (readonly [string, string])[];
  readonly onClose: () => void;
}

/** Rows to read: the list's keys scroll. */
export const createRowsOverlay = ({ title, rows, onClose }: RowsOptions): Overlay => {
  let first = 0;
  return {
    key: () => {},
    act: (action, area) => {
      const height = area.height - 1;
      if (action === 'list-close' || action === 'list-take') onClose();
      else
        first = Math.min(
          moveInList(action, first, { length: rows.length, height }) ?? first,
          Math.max(0, rows.length - height),
        );
    },
    draw: (grid, area) => {
      for (let y = 0; y < area.height; y += 1) fillRow(grid, area.x, area.y + y, area.width);
      fillRow(grid, area.x, area.y, area.width, 'bar');
      drawCut(grid, area.x + 1, area.y, title, area.width - 1, 'bar');
      for (const [index, [left, right]] of rows.slice(first, first + area.height - 1).entries()) {
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
