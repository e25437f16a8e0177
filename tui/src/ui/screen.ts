import type { ActionName, KeyMode } from '../keys/key-table.ts';
import type { Grid } from '../terminal/cells.ts';
import type { KeyEvent } from '../terminal/key-events.ts';
import type { MouseEvent } from '../terminal/mouse.ts';
import type { Position } from '../terminal/terminal.ts';

/** One full-screen view with its keys. */
export interface Screen {
  /** In which modes a key counts now, the first before the others. */
  modes(): readonly KeyMode[];
  /** A key that means an action in one of the modes. */
  act(action: ActionName): void;
  /** Any other key. */
  key(event: KeyEvent): void;
  /** Where the view has something for the mouse. */
  mouse?(event: MouseEvent): void;
  /** Draws itself; returns where the cursor stands. */
  draw(grid: Grid): Position | null;
}
