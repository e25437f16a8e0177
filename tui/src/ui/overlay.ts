import type { ActionName } from '../keys/key-table.ts';
import type { Grid } from '../terminal/cells.ts';
import type { KeyEvent } from '../terminal/key-events.ts';
import type { Position } from '../terminal/terminal.ts';
import type { Area } from './area.ts';

/** A view over the conversation that takes the keys; notices and the status line stay in sight. */
export interface Overlay {
  /** `area`: where it is drawn. */
  key(event: KeyEvent, area: Area): void;
  /** Where there is something to choose of: the keys of lists. Those that mean one do not come to `key`. */
  act?(action: ActionName, area: Area): void;
  /** The left button, in a row of the screen. */
  press?(y: number, area: Area): void;
  /** What it asked for is done, or refused: then it is to be typed again. */
  answered?(isDone: boolean): void;
  /** Draws itself; returns where the cursor stands, null for none. */
  draw(grid: Grid, area: Area): Position | null;
  /** The keys that it takes: they stand in place of the input line. */
  keys(): string;
}

/** Is it a key with this name, nothing held? */
export const isKey = (event: KeyEvent, name: string): boolean =>
  event.kind === 'key' && event.name === name && !event.ctrl && !event.alt;
