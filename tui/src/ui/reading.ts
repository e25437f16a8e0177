import type { Size } from '../terminal/terminal.ts';
import { chatLayout, conversationOf, overlayArea } from './chat-view.ts';
import { atTop, pickNext, scrollBy, scrollTo } from './conversation.ts';
import { helpOffset } from './help.ts';
import type { OnIntent } from './intents.ts';
import { EMPTY_LINE, lineOf } from './line-editor.ts';
import type { Shown } from './shown.ts';
import type { Times } from './times.ts';

/** Where in the conversation the person is, and which message is picked. */
export interface Reading {
  /** A page up (1) or down (-1), of the help while that is shown. */
  page(direction: -1 | 1): void;
  /** Picks the message above (-1) or below (1) the picked one. */
  pick(step: -1 | 1): void;
  /** Picks this message, and scrolls to it. */
  goTo(id: number): void;
  /** Begins an answer to the picked message, or a new text for it. */
  compose(kind: 'reply' | 'edit'): void;
  /** Leaves the picked message, with the answer or the edit. */
  unpick(): void;
}

export interface ReadingOptions {
  readonly onIntent: OnIntent;
  readonly times: Times;
  readonly size: () => Size;
}

export const createReading = (
  { now, change, say }: Shown,
  { onIntent, times, size }: ReadingOptions,
): Reading => {
  const place = () => {
    const { conversation } = chatLayout(size(), now());
    return {
      body: overlayArea(size(), now()).height,
      view: conversationOf(now(), conversation.width, times),
      height: conversation.height - 1,
    };
  };

  const pickAt = (picked: number | null): void => {
    change({ picked, composing: null });
    if (picked === null) return;
    const { view, height } = place();
    change({ scroll: scrollTo(view, now().scroll, picked, height) });
  };

  return {
    page: (direction) => {
      const { body, view, height } = place();
      const { help, state } = now();
      if (help !== null) {
        change({ help: helpOffset(help - direction * (height - 1), body) });
        return;
      }
      // A row of the last page stays, to read on from.
      change({ scroll: scrollBy(view, now().scroll, direction * Math.max(1, height - 1), height) });
      const { selected, hasOlder } = state;
      if (direction > 0 && selected !== null && hasOlder && atTop(view, now().scroll, height))
        onIntent({ kind: 'load-older', contact: selected });
    },
    pick: (step) => pickAt(pickNext(now().state.messages, now().picked, step)),
    goTo: pickAt,
    compose: (kind) => {
      const { state, picked } = now();
      const message = state.messages.find(({ id }) => id === picked);
      if (!message) return;
      if (kind === 'edit' && message.sender !== state.username)
        say('error', 'Only messages of your own can be edited: r answers this one.');
      else
        change({
          composing: { kind, id: message.id },
          ...(kind === 'edit' && { line: lineOf(message.text) }),
        });
    },
    unpick: () => {
      if (now().composing?.kind === 'edit') change({ line: EMPTY_LINE });
      change({ picked: null, composing: null });
    },
  };
};
