import { drawText, type Grid } from '../terminal/cells.ts';
import type { Position, Size } from '../terminal/terminal.ts';
import { cellsOf } from '../terminal/width.ts';
import { type Area, drawCut, drawTooSmall, drawWrapped } from './area.ts';
import { countText, drawContactList, presenceMark, unreadOf } from './contact-list.ts';
import { type ConversationView, drawConversation, type Scroll } from './conversation.ts';
import { drawHelp } from './help.ts';
import { drawField } from './input-line.ts';
import type { Line } from './line-editor.ts';
import { drawNotice, noticeHeight } from './notice.ts';
import type { ChatState, Notice } from './state.ts';
import { drawStatusLine } from './status-line.ts';
import type { Times } from './times.ts';

/** What is on the screen beside what the app says. */
export interface ChatScreen {
  readonly state: ChatState;
  readonly line: Line;
  readonly scroll: Scroll | null;
  /** First line of the help that is shown, null when closed. */
  readonly help: number | null;
  readonly notice: Notice | null;
}

/** Columns from which the contacts have a pane; below, the conversation takes all. */
const PANE_FROM = 60;
const PROMPT = '> ';

/** Where things are: a title row, the body, then the notice (a row or more), and a row each for status and input. */
export const chatLayout = (
  { width, height }: Size,
  { notice, state }: ChatScreen,
): { pane: Area; conversation: Area } => {
  const pane = width < PANE_FROM ? 0 : Math.max(18, Math.min(32, Math.floor(width / 4)));
  const x = pane === 0 ? 0 : pane + 2;
  const rows = { y: 1, height: height - 3 - noticeHeight(notice, state.connection, width) };
  return { pane: { x: 0, width: pane, ...rows }, conversation: { x, width: width - x, ...rows } };
};

/** What the conversation's rows depend on. */
export const conversationOf = (state: ChatState, width: number, times: Times): ConversationView => ({
  width,
  username: state.username,
  contact: state.selected ?? '',
  online: state.connection.kind === 'online',
  times,
  messages: state.messages,
});

const advice = ({ contacts, selected, messages }: ChatState): string | null => {
  if (contacts.length === 0 && selected === null)
    return 'No one here yet.\n\nWhoever registers on this server appears here by itself. You can also type /contact NAME.';
  if (selected === null) return 'Pick a contact: Tab, or type /contact NAME.';
  if (messages.length === 0) return `No messages with ${selected} yet.\n\nType one below and press Enter.`;
  return null;
};

const drawTitles = (
  grid: Grid,
  state: ChatState,
  { pane, conversation }: ReturnType<typeof chatLayout>,
): void => {
  const bold = { bold: true };
  const unread = unreadOf(state.contacts);
  if (pane.width > 0) {
    drawCut(grid, 1, 0, 'Contacts', pane.width - 1, bold);
    for (let y = 0; y < pane.height + 1; y += 1) drawText(grid, pane.width, y, '│', { dim: true });
  }
  const hidden = pane.width === 0 && unread > 0 ? `${countText(unread)} unread (Tab)` : '';
  const room = conversation.width - cellsOf(hidden) - 1;
  const contact = state.contacts.find(({ username }) => username === state.selected);
  if (state.selected !== null) {
    const presence = contact
      ? `  ${presenceMark(contact.online)} ${contact.online ? 'online' : 'offline'}`
      : '';
    const used = drawCut(grid, conversation.x, 0, state.selected, room - cellsOf(presence), bold);
    drawText(grid, conversation.x + used, 0, presence);
  }
  drawText(grid, grid.width - cellsOf(hidden), 0, hidden, bold);
};

/** Draws the chat; returns where the cursor stands, null for none. `now`: milliseconds since 1970. */
export const drawChat = (grid: Grid, screen: ChatScreen, times: Times, now: number): Position | null => {
  if (drawTooSmall(grid)) return null;
  const { state } = screen;
  const layout = chatLayout(grid, screen);
  const { pane, conversation } = layout;
  const bottom = conversation.y + conversation.height;
  drawTitles(grid, state, layout);
  if (pane.width > 0) drawContactList(grid, pane, state.contacts, state.selected);
  const sentence = advice(state);
  const belowTitle = { ...conversation, y: conversation.y + 1, height: conversation.height - 1 };
  if (sentence !== null) drawWrapped(grid, belowTitle, sentence, { dim: true });
  else drawConversation(grid, conversation, conversationOf(state, conversation.width, times), screen.scroll);
  if (screen.help !== null) drawHelp(grid, { x: 0, y: 0, width: grid.width, height: bottom }, screen.help);
  drawNotice(grid, bottom, screen.notice, state.connection);
  drawStatusLine(grid, grid.height - 2, state, now);
  const y = grid.height - 1;
  drawText(grid, 0, y, PROMPT, { bold: true });
  return { x: drawField(grid, PROMPT.length, y, grid.width - PROMPT.length, screen.line), y };
};
