import type { Size } from '../terminal/terminal.ts';
import { type ChatActions, chatKey } from './chat-keys.ts';
import { drawChat, overlayArea } from './chat-view.ts';
import { createCovering } from './covering.ts';
import type { OnIntent } from './intents.ts';
import { lineOf } from './line-editor.ts';
import { createReading } from './reading.ts';
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
  readonly size: () => Size;
}

/** The chat: what is shown, the keys that change it, and what the app has to say. */
export const createChatScreen = (
  initial: ChatState,
  { onIntent, checkPassword, times, now, size }: ChatScreenOptions,
): Screen & { update(partial: Partial<ChatState>): void } => {
  const shown = createShown({
    state: initial,
    line: lineOf(initial.draft),
    scroll: null,
    picked: null,
    composing: null,
    help: null,
    overlay: null,
    notice: initial.notice,
    warningsSeen: [],
  });
  const writing = createWriting(shown, onIntent);
  const reading = createReading(shown, { onIntent, times, size });
  const seeing = createSeeing(shown, onIntent);
  const covering = createCovering(shown, { onIntent, times, checkPassword });
  const submitting = createSubmitting(shown, writing, { onIntent, clock: now, open: covering.open });

  const actions: ChatActions = {
    ...writing,
    ...reading,
    ...submitting,
    dismissWarning: seeing.dismissWarning,
    change: shown.change,
    select: (contact) => {
      if (contact === null || contact === shown.now().state.selected) return;
      const refusal = onIntent({ kind: 'select', contact });
      if (refusal !== null) shown.say('error', refusal);
    },
    inOverlay: (overlay, event) => overlay.key(event, overlayArea(size(), shown.now())),
  };

  return {
    key: (event) => chatKey(event, shown.now(), actions, onIntent),
    draw: (grid) => {
      const cursor = drawChat(grid, shown.now(), times, now());
      seeing.look(grid);
      return cursor;
    },
    update: (partial) => {
      const before = shown.now().state;
      const state = { ...before, ...partial };
      shown.change({ state });
      if (partial.notice !== undefined) shown.change({ notice: partial.notice });
      if (partial.warnings) seeing.warn(before.warnings);
      if (state.verification !== before.verification) covering.verification();
      if (state.search !== before.search) covering.search();
      if (state.selected !== before.selected) {
        writing.switchFrom(before.selected);
        shown.change({ scroll: null, picked: null, composing: null });
      }
      if (partial.focus) reading.goTo(partial.focus);
    },
  };
};
