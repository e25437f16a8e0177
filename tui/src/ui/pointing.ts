import type { MouseEvent } from '../terminal/mouse.ts';
import type { Size } from '../terminal/terminal.ts';
import type { ChatActs } from './chat-acts.ts';
import { chatLayout, conversationOf, inputCursorAt, overlayArea, shownPalette } from './chat-view.ts';
import { contactAt } from './contact-list.ts';
import { canBePicked, messageAt } from './conversation.ts';
import type { OnIntent } from './intents.ts';
import { paletteRowAt } from './palette.ts';
import type { Reading } from './reading.ts';
import type { Shown } from './shown.ts';
import type { Times } from './times.ts';

/** Rows that one notch of the wheel scrolls: as terminals do it. */
const WHEEL_ROWS = 3;

const DRAGGED = 'Hold Shift to select text, or give the mouse to the terminal: F2 or /mouse.';

export interface PointingOptions {
  readonly reading: Reading;
  readonly acts: ChatActs;
  readonly onIntent: OnIntent;
  readonly times: Times;
  readonly size: () => Size;
}

/** What the mouse does: the wheel scrolls what is under it, a click picks it. */
export const createPointing = (
  { now, change, say }: Shown,
  { reading, acts, onIntent, times, size }: PointingOptions,
): ((event: MouseEvent) => void) => {
  /** Nobody has to be told twice how text is selected. */
  let told = false;

  const wheel = (direction: -1 | 1, x: number): void => {
    const { overlay, help } = now();
    if (overlay) overlay.act?.(direction > 0 ? 'list-up' : 'list-down', overlayArea(size(), now()));
    else if (shownPalette(now())) acts[direction > 0 ? 'list-up' : 'list-down']();
    else if (help !== null) reading.page(direction);
    else if (x >= chatLayout(size(), now()).conversation.x) reading.scroll(direction * WHEEL_ROWS);
  };

  const pressInPalette = (y: number): boolean => {
    const palette = shownPalette(now());
    if (!palette) return false;
    const row = paletteRowAt(overlayArea(size(), now()), palette, y);
    if (row === null) return false;
    change({ palette: { at: row, closed: false } });
    acts['list-take']();
    return true;
  };

  const pressOnContact = (y: number): void => {
    const contact = contactAt(chatLayout(size(), now()).pane, now().state, y);
    if (contact === null || contact === now().state.selected) return;
    const refusal = onIntent({ kind: 'select', contact });
    if (refusal !== null) say('error', refusal);
  };

  const pressOnMessage = (y: number): void => {
    const { conversation } = chatLayout(size(), now());
    const view = conversationOf(now(), conversation.width, times);
    const id = messageAt(view, now().scroll, conversation.height, y - conversation.y);
    const message = now().state.messages.find((each) => each.id === id);
    if (message && canBePicked(message)) reading.goTo(message.id);
    else reading.unpick();
  };

  const press = (x: number, y: number): void => {
    const { overlay, help } = now();
    if (overlay) {
      overlay.press?.(y, overlayArea(size(), now()));
      return;
    }
    if (pressInPalette(y) || help !== null) return;
    const cursor = inputCursorAt(size(), now(), { x, y });
    const { pane, conversation } = chatLayout(size(), now());
    if (cursor !== null) change({ line: { ...now().line, cursor } });
    else if (y < conversation.y || y >= conversation.y + conversation.height) return;
    else if (x < pane.width) pressOnContact(y);
    else if (x >= conversation.x) pressOnMessage(y);
  };

  return ({ action, button, x, y }) => {
    if (action === 'wheel-up' || action === 'wheel-down') wheel(action === 'wheel-up' ? 1 : -1, x);
    else if (button !== 'left') return;
    else if (action === 'press') press(x, y);
    else if (action === 'drag' && !told) {
      told = true;
      say('info', DRAGGED);
    }
  };
};
