import type { Grid } from '../terminal/cells.ts';
import { type Area, drawCut, drawWrapped } from './area.ts';
import type { Stranger } from './state.ts';

/** Characters of a key that are compared at a glance. */
const GROUP = 4;

/** Asks whether a server for which nobody vouches is the right one: its key, in groups, in place of the form. */
export const drawStranger = (grid: Grid, area: Area, { server, key }: Stranger): void => {
  const [name = '', digits = ''] = key.split(':');
  const groups = digits.match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? [];
  drawCut(grid, area.x, area.y, 'Is this your server?', area.width, 'strong');
  drawCut(grid, area.x, area.y + 1, server, area.width, 'faint');
  let y = area.y + 2;
  const write = (text: string, look: 'text' | 'notice'): void => {
    y += drawWrapped(grid, { ...area, y, height: area.y + area.height - y }, text, look);
  };
  write('Nobody that is known here vouches for it. Its operator can tell you its key:', 'text');
  write(`${name}: ${groups.join(' ')}`, 'notice');
};
