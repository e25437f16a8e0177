import type { Grid } from '../terminal/cells.ts';
import { type Area, drawCut, drawWrapped } from './area.ts';
import type { Leftover } from './state.ts';

/** Asks what becomes of the profile of an account that is deleted, in place of the form. */
export const drawLeftover = (grid: Grid, area: Area, { username, folder }: Leftover): void => {
  drawCut(grid, area.x, area.y, `The account ${username} is deleted.`, area.width, 'strong');
  drawCut(grid, area.x, area.y + 1, folder, area.width, 'faint');
  drawWrapped(
    grid,
    { ...area, y: area.y + 3, height: area.height - 3 },
    'Your history and keys are still in this folder. Remove them from this machine, for ever? If you keep them, your password opens them to be read.',
  );
};
