import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import type { Role } from '../theme/roles.ts';
import { type Area, drawCut, drawWrapped } from './area.ts';
import type { OnIntent } from './intents.ts';
import { firstShown, moveInList, rowOfList } from './list.ts';
import type { Overlay } from './overlay.ts';
import type { SearchState } from './state.ts';
import type { Times } from './times.ts';

/** Columns of `2025-03-04 10:01  `. */
const TIME_CELLS = 18;
/** Columns of the contact's name. */
const NAME_CELLS = 14;
/** Below so many columns the day is left out. */
const DAY_FROM = 60;

export interface SearchOptions {
  readonly onIntent: OnIntent;
  readonly times: Times;
}

/** What was found, the newest first: arrows pick, Enter goes there, Esc closes. */
export const createSearchOverlay = (
  { words, found }: SearchState,
  { onIntent, times }: SearchOptions,
): Overlay => {
  const all = found ?? [];
  let picked = 0;

  const title = (): string => {
    if (found === null) return `Looking for ${words} …`;
    return `${all.length === 0 ? 'No message has' : all.length === 1 ? 'One message has' : `${all.length} messages have`}: ${words}`;
  };

  const drawRow = (grid: Grid, area: Area, y: number, index: number): void => {
    const each = all[index];
    if (!each) return;
    const base: Role = index === picked ? 'selection' : 'text';
    const { contact, message } = each;
    const wide = area.width >= DAY_FROM;
    const time = wide ? times.stamp(message.at) : times.clock(message.at);
    const name = area.x + (wide ? TIME_CELLS : 7);
    fillRow(grid, area.x, y, area.width, base);
    drawText(grid, area.x, y, index === picked ? '▸' : ' ', base);
    drawText(grid, area.x + 1, y, time, `${base} time`);
    drawCut(grid, name, y, contact, NAME_CELLS - 1, `${base} strong`);
    const by = message.sender === contact ? '' : 'you: ';
    drawCut(
      grid,
      name + NAME_CELLS,
      y,
      by + sanitise(message.text),
      area.x + area.width - name - NAME_CELLS,
      base,
    );
  };

  return {
    press: (y, area) => {
      const found = all[rowOfList(picked, y, area, all.length) ?? -1];
      if (found) onIntent({ kind: 'go-to', contact: found.contact, id: found.message.id });
    },
    key: () => {},
    act: (action, area) => {
      const chosen = all[picked];
      if (action === 'list-close') onIntent({ kind: 'close-search' });
      else if (action === 'list-take') {
        if (chosen) onIntent({ kind: 'go-to', contact: chosen.contact, id: chosen.message.id });
      } else picked = moveInList(action, picked, { length: all.length, height: area.height - 1 }) ?? picked;
    },
    draw: (grid, area) => {
      drawCut(grid, area.x + 1, area.y, title(), area.width - 1, 'strong');
      if (found?.length === 0)
        drawWrapped(
          grid,
          { ...area, x: area.x + 1, y: area.y + 2, width: area.width - 2, height: area.height - 2 },
          'A search finds whole words and parts of them, in all of your conversations. All of the words have to be in one message: try fewer, or the beginning of one.',
          'faint',
        );
      const height = area.height - 1;
      const first = firstShown(picked, { length: all.length, height });
      for (let row = 0; row < height; row += 1) drawRow(grid, area, area.y + 1 + row, first + row);
      return null;
    },
    keys: () => (all.length > 0 ? '↑↓ pick · Enter go there · Esc close' : 'Esc close'),
  };
};
