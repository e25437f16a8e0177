import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { fillRow, type Grid } from '../terminal/cells.ts';
import { cellsOf } from '../terminal/width.ts';
import { drawCut } from './area.ts';
import type { ChatState, Connection } from './state.ts';
import { countText, requestsOf, requestsText, unreadOf } from './unread-count.ts';

const HELP = 'F1 help ';

const connectionText = (connection: Connection, now: number): string => {
  if (connection.kind === 'online') return '● online';
  if (connection.kind === 'connecting') return '◌ connecting…';
  if (connection.retryAt === Number.POSITIVE_INFINITY) return '○ offline';
  const seconds = Math.ceil((connection.retryAt - now) / 1000);
  return seconds > 0 ? `○ offline, retrying in ${seconds} s` : '○ offline, retrying now';
};

const GAP = ' │ ';

/** As many parts as fit, whole: the first always. */
const fitting = ([first = '', ...rest]: readonly string[], cells: number): string => {
  let text = first;
  for (const part of rest) {
    const longer = text + GAP + sanitise(part);
    if (cellsOf(longer) > cells) return text;
    text = longer;
  }
  return text;
};

/** Draws the row that always says how the connection is, then unread, requests, user and server as far as there is room. */
export const drawStatusLine = (grid: Grid, y: number, state: ChatState, now: number): void => {
  const role = state.connection.kind === 'offline' ? 'bar-offline' : 'bar';
  const unread = unreadOf(state.contacts);
  const requests = requestsOf(state.contacts);
  const parts = [
    connectionText(state.connection, now),
    ...(unread > 0 ? [`${countText(unread)} unread`] : []),
    ...(requests > 0 ? [requestsText(requests)] : []),
    state.username,
    state.server,
  ];
  fillRow(grid, 0, y, grid.width, role);
  const room = grid.width - HELP.length - 2;
  drawCut(grid, 1, y, fitting(parts, room), room, role);
  drawCut(grid, grid.width - HELP.length, y, HELP, HELP.length, role);
};
