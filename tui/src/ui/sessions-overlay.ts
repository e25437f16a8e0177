import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import type { Role } from '../theme/roles.ts';
import { type Area, drawCut } from './area.ts';
import type { Intent, OnIntent } from './intents.ts';
import { firstShown, moveInList, rowOfList } from './list.ts';
import type { Overlay } from './overlay.ts';
import type { Notice, OwnSession, SessionsState } from './state.ts';
import type { Times } from './times.ts';

/** Columns of `2025-03-04 10:01  `. */
const TIME_CELLS = 18;
/** Below so many columns it is not said when a session was opened. */
const OPENED_FROM = 72;

export interface SessionsOptions {
  readonly onIntent: OnIntent;
  readonly times: Times;
  readonly say: (kind: Notice['kind'], text: string) => void;
}

const THIS_ONE = 'This is the session that you are in: /logout ends it.';
const ASK = 'End this session? What runs there has to sign in again. Press it again to do it.';
const ASK_OTHERS =
  'End all sessions but this one? What runs there has to sign in again. Press o again to do it.';

const nameOf = ({ client, isCurrent }: OwnSession): string => {
  const name = sanitise(client).trim() || 'does not say what it is';
  return isCurrent ? `this one: ${name}` : name;
};

/** The sessions of the account: arrows pick, `d` or Enter twice ends the picked one, `o` twice all others, Esc closes. */
export const createSessionsOverlay = (
  { sessions }: SessionsState,
  { onIntent, times, say }: SessionsOptions,
): Overlay => {
  const all = sessions ?? [];
  let picked = 0;
  /** What the second press is asked for: nothing else was pressed since. */
  let asked: string | null = null;

  const tell = (intent: Intent): void => {
    const refusal = onIntent(intent);
    if (refusal !== null) say('error', refusal);
  };

  const confirmed = (what: string, before: string | null, question: string): boolean => {
    if (before === what) return true;
    asked = what;
    say('error', question);
    return false;
  };

  const endPicked = (before: string | null): void => {
    const session = all[picked];
    if (session?.isCurrent) say('error', THIS_ONE);
    else if (session && confirmed(session.id, before, ASK)) tell({ kind: 'end-session', id: session.id });
  };

  const drawRow = (grid: Grid, area: Area, y: number, index: number): void => {
    const session = all[index];
    if (!session) return;
    const base: Role = index === picked ? 'selection' : 'text';
    const wide = area.width >= OPENED_FROM;
    const seen = area.x + area.width - TIME_CELLS;
    const opened = wide ? seen - TIME_CELLS : seen;
    fillRow(grid, area.x, y, area.width, base);
    drawText(grid, area.x, y, index === picked ? '▸' : ' ', base);
    drawCut(grid, area.x + 2, y, nameOf(session), opened - area.x - 3, base);
    if (wide) drawText(grid, opened, y, times.stamp(session.openedAt), `${base} time`);
    drawText(grid, seen, y, times.stamp(session.seenAt), `${base} time`);
  };

  return {
    press: (y, area) => {
      picked = rowOfList(picked, y, area, all.length) ?? picked;
    },
    key: (event) => {
      const before = asked;
      asked = null;
      const letter = event.kind === 'text' ? event.text.toLowerCase() : '';
      if (letter === 'd') endPicked(before);
      else if (letter === 'o' && all.length > 1 && confirmed('others', before, ASK_OTHERS))
        tell({ kind: 'end-other-sessions' });
    },
    act: (action, area) => {
      const before = asked;
      asked = null;
      if (action === 'list-close') tell({ kind: 'close-sessions' });
      else if (action === 'list-take') endPicked(before);
      else picked = moveInList(action, picked, { length: all.length, height: area.height - 1 }) ?? picked;
    },
    draw: (grid, area) => {
      const wide = area.width >= OPENED_FROM;
      const title = sessions === null ? 'Asking for your sessions …' : 'Your sessions';
      fillRow(grid, area.x, area.y, area.width, 'bar');
      drawCut(grid, area.x + 1, area.y, title, area.width - 1, 'bar');
      if (wide) drawText(grid, area.x + area.width - 2 * TIME_CELLS, area.y, 'opened', 'bar');
      if (all.length > 0) drawText(grid, area.x + area.width - TIME_CELLS, area.y, 'last used', 'bar');
      const height = area.height - 1;
      const first = firstShown(picked, { length: all.length, height });
      for (let row = 0; row < height; row += 1) drawRow(grid, area, area.y + 1 + row, first + row);
      return null;
    },
    keys: () => (all.length > 1 ? '↑↓ pick · d end it · o end all others · Esc close' : 'Esc close'),
  };
};
