import { keyNameOf } from '../keys/key-names.ts';
import type { StartTimer } from '../terminal/keys.ts';
import type { Size } from '../terminal/terminal.ts';
import { createChatActs } from './chat-acts.ts';
import { chatModes } from './chat-modes.ts';
import { drawChat, overlayArea } from './chat-view.ts';
import { createCovering } from './covering.ts';
import { createFading } from './fading.ts';
import { createFoundMessages } from './found-messages.ts';
import type { OnIntent } from './intents.ts';
import { lineOf } from './line-editor.ts';
import { OPEN_PALETTE } from './palette.ts';
import { createPointing } from './pointing.ts';
import { createReading } from './reading.ts';
import type { Rows } from './rows-overlay.ts';
import type { Screen } from './screen.ts';
import { createSeeing } from './seeing.ts';
import { createShown } from './shown.ts';
import type { ChatState } from './state.ts';
import { createSubmitting } from './submitting.ts';
import type { Times } from './times.ts';
import { createWriting } from './writing.ts';

export interface ChatScreenOptions {
  readonly onIntent: OnIntent;
  /** What a new password may be: null, or a sentence that says what to choose. */
  readonly checkPassword: (password: string) => string | null;
  readonly times: Times;
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Has the screen drawn again, for what no key and no event has changed. */
  readonly redraw: () => void;
  readonly size: () => Size;
  readonly toggleMouse: () => boolean;
  readonly vim: boolean;
  readonly keyRows: Rows;
  readonly configRows: Rows;
}

/** The chat: what is shown, the keys that change it, and what the app has to say. */
export const createChatScreen = (
  initial: ChatState,
  options: ChatScreenOptions,
): Screen & { update(partial: Partial<ChatState>): void; write(text: string): void; close(): void } => {
  const { onIntent, checkPassword, times, now, size, vim, keyRows, configRows } = options;
  const shown = createShown({
    state: initial,
    line: lineOf(initial.draft.text),
    scroll: null,
    unreadLine: null,
    picked: initial.draft.of?.id ?? null,
    composing: initial.draft.of,
    help: null,
    overlay: null,
    palette: OPEN_PALETTE,
    vim: vim ? 'insert' : null,
    notice: initial.notice,
    warningsSeen: [],
  });
  const writing = createWriting(shown, onIntent);
  const reading = createReading(shown, { onIntent, times, size });
  const seeing = createSeeing(shown, reading, { onIntent, times });
  reading.open();
  const covering = createCovering(shown, { onIntent, times, checkPassword, keyRows, configRows });
  const found = createFoundMessages(onIntent);
  const submitting = createSubmitting(shown, writing, {
    onIntent,
    clock: now,
    open: covering.open,
    press: (action) => acts[action](),
  });
  const acts = createChatActs({
    shown,
    writing,
    reading,
    seeing,
    covering,
    found,
    submitting,
    onIntent,
    toggleMouse: options.toggleMouse,
  });
  const pointing = createPointing(shown, { reading, acts, onIntent, times, size });
  const fading = createFading(shown, options);
  const over = () => overlayArea(size(), shown.now());

  return {
    modes: () => chatModes(shown.now()),
    act: (action) => {
      const { overlay, notice } = shown.now();
      if (action === 'redraw' || action === 'suspend') return;
      if (overlay?.act && action !== 'quit') overlay.act(action, over());
      else acts[action]();
      fading.pressed(notice);
    },
    key: (event) => {
      const { overlay, help, vim: mode, notice } = shown.now();
      // Whoever took the key away from quitting may not remember it.
      if (keyNameOf(event) === 'ctrl-c') shown.say('info', '/quit leaves.');
      if (overlay) overlay.key(event, over());
      else if (event.kind !== 'key') {
        if (help !== null) shown.change({ help: null });
        if (mode !== 'normal' || event.kind === 'paste') writing.type(event);
      }
      fading.pressed(notice);
    },
    mouse: pointing,
    draw: (grid) => {
      const cursor = drawChat(grid, shown.now(), times, now());
      seeing.look(grid);
      fading.look();
      return cursor;
    },
    update: (partial) => {
      const before = shown.now().state;
      const state = { ...before, ...partial };
      shown.change({ state });
      if (partial.notice !== undefined) shown.change({ notice: partial.notice });
      if (partial.warnings) seeing.warn(before.warnings);
      if (state.verification !== before.verification) covering.verification();
      if (state.sessions !== before.sessions) covering.sessions();
      if (state.search !== before.search) {
        found.found(state.search);
        covering.search();
      }
      if (state.selected !== before.selected) {
        writing.switchFrom(before.selected);
        reading.open();
      }
      if (partial.answer) shown.now().overlay?.answered?.(partial.answer.isDone);
      if (partial.focus) reading.goTo(partial.focus);
    },
    write: writing.replace,
    close: fading.stop,
  };
};
