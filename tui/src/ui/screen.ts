import type { Grid } from '../terminal/cells.ts';
import type { KeyEvent } from '../terminal/key-events.ts';
import type { Position } from '../terminal/terminal.ts';

/** One full-screen view with its keys. */
export interface Screen {
  key(event: KeyEvent): void;
  /** Draws itself; returns where the cursor stands. */
  draw(grid: Grid): Position | null;
}
