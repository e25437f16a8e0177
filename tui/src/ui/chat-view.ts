import { drawText, type Grid } from '../terminal/cells.ts';
import type { Position, Size } from '../terminal/terminal.ts';
import { type Area, drawCut, drawTooSmall, drawWrapped, isTooSmall } from './area.ts';
import { drawContactList } from './contact-list.ts';
import { type ConversationView, drawConversation, type Scroll } from './conversation.ts';
import { emptyText } from './empty-state.ts';
import { drawHelp } from './help.ts';
import { cursorIn, drawInput, inputHeight } from './input-box.ts';
import type { Line } from './line-editor.ts';
import { drawNotice, type Notices, noticeHeight, warningNotice } from './notice.ts';
import type { Overlay } from './overlay.ts';
import { drawPalette, type Palette, type PaletteState, paletteOf } from './palette.ts';
import { bannerHeight, drawBanner, requestBanner } from './request-banner.ts';
import type { ChatState, Composing, Notice } from './state.ts';
import { drawStatusLine } from './status-line.ts';
import type { Times } from './times.ts';
import { drawTitleLine } from './title-line.ts';
import type { UnreadLine } from './unread-line.ts';

/** What is on the screen beside what the app says. */
export interface ChatScreen {
  readonly state: ChatState;
  readonly line: Line;
  readonly scroll: Scroll | null;
  /** Of the conversation, as it was opened; null for none, and once the person has written. */
  readonly unreadLine: UnreadLine | null;
  /** The message that the person has picked, to say something of it; null for none. */
  readonly picked: number | null;
  /** What the line will be, once it is submitted; null for a message. */
  readonly composing: Composing | null;
  /** First line of the help that is shown, null when closed. */
  readonly help: number | null;
  /** Drawn in place of the conversation, null for none. */
  readonly overlay: Overlay | null;
  /** Of the list of commands that is shown while the name of one is typed. */
  readonly palette: PaletteState;
  /** Vim's mode; null where nobody asked for vim. */
  readonly vim: 'insert' | 'normal' | null;
  readonly notice: Notice | null;
  /** Those of the state's warnings that were dismissed. */
  readonly warningsSeen: readonly string[];
}

/** Columns from which the contacts have a pane; below, the conversation takes all, and Ctrl-K goes to another one. */
const PANE_FROM = 72;
/** Cells of the pane: a quarter of the window, with room for a name and a time, and no more than a preview needs. */
const PANE_MIN = 20;
const PANE_MAX = 40;

/** The answer to what was done just now, and the next warning, which no answer hides and which hides none. */
export const shownNotices = ({ notice, state, warningsSeen }: ChatScreen): Notices => ({
  answer: notice,
  warning: warningNotice(unseen(state.warnings, warningsSeen)),
});

/** The list of commands, where it is shown. */
export const shownPalette = ({ overlay, help, vim, line, palette }: ChatScreen): Palette | null =>
  overlay || help !== null || vim === 'normal' ? null : paletteOf(line, palette);

/** They are told apart by what they say: old ones may go while new ones come. */
export const unseen = (warnings: readonly string[], seen: readonly string[]): readonly string[] =>
  warnings.filter((warning) => !seen.includes(warning));

/** Is the conversation on the screen, with nothing over it? */
export const showsConversation = (size: Size, { help, overlay }: ChatScreen): boolean =>
  help === null && overlay === null && !isTooSmall(size);

/** What stands before the line. */
const promptOf = ({ composing, picked, vim }: ChatScreen): string => {
  const doing = composing?.kind ?? (picked !== null ? 'picked' : null);
  return `${[vim === 'normal' && 'normal', doing].filter(Boolean).join(' ')}> `;
};

/** Where the line is written; where something covers the conversation, its keys stand there in one row. */
const inputArea = ({ width, height }: Size, screen: ChatScreen): Area => {
  const x = promptOf(screen).length;
  const rows = screen.overlay ? 1 : inputHeight(screen.line, width - x, height);
  return { x, y: height - rows, width: width - x, height: rows };
};

/** Where things are: a title row, the body (over a request's messages what it is), then the notice (a row or more), a row for the status, and the input. */
export const chatLayout = (
  size: Size,
  screen: ChatScreen,
): { pane: Area; banner: Area; conversation: Area } => {
  const { width } = size;
  const pane = width < PANE_FROM ? 0 : Math.max(PANE_MIN, Math.min(PANE_MAX, Math.floor(width / 4)));
  const x = pane === 0 ? 0 : pane + 2;
  const rows = {
    y: 1,
    height: inputArea(size, screen).y - 2 - noticeHeight(shownNotices(screen), screen.state.connection, size),
  };
  const body = { x, width: width - x, ...rows };
  const height = bannerHeight(requestBanner(screen.state), body);
  return {
    pane: { x: 0, width: pane, ...rows },
    banner: { ...body, height },
    conversation: { ...body, y: body.y + height, height: body.height - height },
  };
};

/** All of the window down to the notice: of what is drawn over the conversation. */
export const overlayArea = (size: Size, screen: ChatScreen): Area => {
  const { conversation } = chatLayout(size, screen);
  return { x: 0, y: 0, width: size.width, height: conversation.y + conversation.height };
};

/** Cells of a conversation's rows at most: beyond a hundred of a text the eye does not find the next line. */
const MEASURE = 128;

/** What the conversation's rows depend on. */
export const conversationOf = (
  { state, picked, unreadLine }: Pick<ChatScreen, 'state' | 'picked' | 'unreadLine'>,
  width: number,
  times: Times,
): ConversationView => ({
  picked,
  unreadLine,
  width: Math.min(width, MEASURE),
  username: state.username,
  contact: state.selected ?? '',
  online: state.connection.kind === 'online',
  times,
  messages: state.messages,
  hasNewer: state.hasNewer,
});

const drawPane = (grid: Grid, pane: Area, state: ChatState, times: Times, now: number): void => {
  if (pane.width === 0) return;
  drawCut(grid, 1, 0, 'Contacts', pane.width - 1, 'strong');
  for (let y = 0; y < pane.height + 1; y += 1) drawText(grid, pane.width, y, '│', 'frame');
  drawContactList(grid, pane, state, { times, now, online: state.connection.kind === 'online' });
};

/** The conversation, with the contacts beside it. */
const drawBody = (grid: Grid, screen: ChatScreen, times: Times, now: number): void => {
  const { state } = screen;
  const { pane, banner, conversation } = chatLayout(grid, screen);
  drawTitleLine(grid, conversation, state, pane.width > 0);
  drawPane(grid, pane, state, times, now);
  drawBanner(grid, banner, requestBanner(state) ?? '');
  const sentence = emptyText(state);
  const belowTitle = { ...conversation, y: conversation.y + 1, height: conversation.height - 1 };
  if (sentence !== null) drawWrapped(grid, belowTitle, sentence, 'faint');
  else drawConversation(grid, conversation, conversationOf(screen, conversation.width, times), screen.scroll);
};

/** Where in the line the cursor would stand at a place of the screen; null outside of the input. */
export const inputCursorAt = (size: Size, screen: ChatScreen, place: Position): number | null => {
  const input = inputArea(size, screen);
  return place.y < input.y ? null : cursorIn(input, screen.line, place);
};

/** Draws the chat; returns where the cursor stands, null for none. `now`: milliseconds since 1970. */
export const drawChat = (grid: Grid, screen: ChatScreen, times: Times, now: number): Position | null => {
  if (drawTooSmall(grid)) return null;
  const { state, overlay } = screen;
  const over = overlayArea(grid, screen);
  if (!overlay) drawBody(grid, screen, times, now);
  if (screen.help !== null) drawHelp(grid, over, screen.help, screen.vim !== null);
  const palette = shownPalette(screen);
  if (palette) drawPalette(grid, over, palette);
  const inOverlay = overlay?.draw(grid, over) ?? null;
  drawNotice(grid, over.height, shownNotices(screen), state.connection);
  const input = inputArea(grid, screen);
  drawStatusLine(grid, input.y - 1, state, now);
  if (overlay) {
    drawCut(grid, 1, input.y, overlay.keys(), grid.width - 1, 'faint');
    return inOverlay;
  }
  drawText(grid, 0, input.y, promptOf(screen), 'strong');
  return drawInput(grid, input, screen.line);
};
