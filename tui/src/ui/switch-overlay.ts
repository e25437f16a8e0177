import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import { type Area, drawCut, drawWrapped } from './area.ts';
import { listMarks } from './contact-row.ts';
import { editKey } from './edit-keys.ts';
import { fitting } from './fuzzy.ts';
import { drawField } from './input-line.ts';
import { EMPTY_LINE } from './line-editor.ts';
import { firstShown, moveInList, rowOfList } from './list.ts';
import type { Overlay } from './overlay.ts';
import { presenceMark } from './presence.ts';
import type { Contact } from './state.ts';
import { countText } from './unread-count.ts';

const PROMPT = 'Go to: ';

export interface SwitchOptions {
  /** As they are when it is asked, the most recent first. */
  readonly contacts: () => readonly Contact[];
  readonly onTake: (contact: string) => void;
  readonly onClose: () => void;
}

/** Those whose name fits, the better the fit the sooner; among equals those with unread messages, then the most recent. */
export const ranked = (contacts: readonly Contact[], typed: string): readonly Contact[] => {
  const loud = contacts.filter(({ unread, blocked, request }) => unread > 0 && !blocked && !request);
  const rest = contacts.filter((contact) => !loud.includes(contact));
  return fitting([...loud, ...rest], ({ username }) => username, typed);
};

/** Part of a name, and the contacts that it fits: Enter goes to the picked one. */
export const createSwitchOverlay = ({ contacts, onTake, onClose }: SwitchOptions): Overlay => {
  let line = EMPTY_LINE;
  let picked = 0;

  const rows = (): readonly Contact[] => ranked(contacts(), line.text.trim());

  const drawRow = (
    grid: Grid,
    area: Area,
    y: number,
    contact: Contact | undefined,
    isPicked: boolean,
  ): void => {
    if (!contact) return;
    const look = isPicked ? 'selection' : 'text';
    fillRow(grid, area.x, y, area.width, look);
    drawText(grid, area.x, y, isPicked ? '▸' : ' ', look);
    drawText(grid, area.x + 1, y, presenceMark(contact), look);
    const unread = contact.unread > 0 ? `${countText(contact.unread)} unread` : '';
    const tags = [...listMarks(contact), contact.request ? 'request' : unread];
    let at = area.x + 3 + drawCut(grid, area.x + 3, y, contact.username, area.width - 16, look);
    for (const tag of tags)
      if (tag !== '') at += 1 + drawCut(grid, at + 1, y, tag, area.x + area.width - at - 1, look);
  };

  return {
    act: (action, area) => {
      const chosen = rows()[picked];
      if (action === 'list-close') onClose();
      else if (action === 'list-take') {
        if (chosen) onTake(chosen.username);
      } else
        picked = moveInList(action, picked, { length: rows().length, height: area.height - 1 }) ?? picked;
    },
    press: (y, area) => {
      const found = rows();
      const contact = found[rowOfList(picked, y, area, found.length) ?? -1];
      if (contact) onTake(contact.username);
    },
    key: (event) => {
      const next = editKey(line, event);
      if (next && next.text !== line.text) picked = 0;
      line = next ?? line;
    },
    draw: (grid, area) => {
      const found = rows();
      drawText(grid, area.x + 1, area.y, PROMPT, 'strong');
      const x = area.x + 1 + PROMPT.length;
      const cursor = drawField(grid, x, area.y, area.width - PROMPT.length - 1, line);
      const below = { ...area, y: area.y + 1, height: area.height - 1 };
      if (found.length === 0)
        drawWrapped(
          grid,
          { ...below, x: area.x + 1, width: area.width - 2 },
          'No contact has that in the name. /contact NAME finds others.',
          'faint',
        );
      const first = firstShown(picked, { length: found.length, height: below.height });
      for (let row = 0; row < below.height; row += 1)
        drawRow(grid, area, below.y + row, found[first + row], first + row === picked);
      return { x: cursor, y: area.y };
    },
    keys: () => 'part of a name · ↑↓ pick · Enter go · Esc close',
  };
};
