import type { Size } from '../terminal/terminal.ts';
import { chatLayout, conversationOf, overlayArea } from './chat-view.ts';
import { atTop, nearEnd, pickNext, scrollBy, scrollTo, scrollToUnread } from './conversation.ts';
import { helpOffset } from './help.ts';
import type { OnIntent } from './intents.ts';
import { EMPTY_LINE, lineOf } from './line-editor.ts';
import type { Shown } from './shown.ts';
import type { Times } from './times.ts';
import { unreadLineOf } from './unread-line.ts';

/** Where in the conversation the person is, and which message is picked. */
export interface Reading {
  /** A page up (1) or down (-1), of the help while that is shown. */
  page(direction: -1 | 1): void;
  /** Another conversation is on the screen: at what is unread, else at its end. */
  open(): void;
  /** To where the unread messages begin; false where none do. */
  toUnread(): boolean;
  /** So many rows up, or (negative) down. */
  scroll(rows: number): void;
  /** To the first message of all, or the last one. */
  end(direction: -1 | 1): void;
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
      body: overlayArea(size(), now()),
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

  const load = (kind: 'load-older' | 'load-newer' | 'load-oldest'): void => {
    const { selected: contact } = now().state;
    if (contact !== null) onIntent({ kind, contact });
  };

  const scroll = (rows: number): void => {
    // What is below has to be there before one gets to it, what is above when it is reached.
    if (rows < 0 && now().state.hasNewer && nearEnd(place().view, now().scroll, -rows)) load('load-newer');
    const { view, height } = place();
    change({ scroll: scrollBy(view, now().scroll, rows, height) });
    if (rows > 0 && now().state.hasOlder && atTop(view, now().scroll, height)) load('load-older');
  };

  const toUnread = (): boolean => {
    const unreadLine = unreadLineOf(now().state) ?? now().unreadLine;
    if (unreadLine === null) return false;
    change({ unreadLine, picked: null, composing: null });
    const { view, height } = place();
    change({ scroll: scrollToUnread(view, height) });
    return true;
  };
  const pickBeside = (step: -1 | 1): number | null => pickNext(now().state.messages, now().picked, step);

  return {
    open: () => {
      change({ unreadLine: null, scroll: null });
      toUnread();
    },
    toUnread,
    page: (direction) => {
      const { body, height } = place();
      const { help } = now();
      if (help !== null) change({ help: helpOffset(help - direction * (height - 1), body) });
      // A row of the last page stays, to read on from.
      else scroll(direction * Math.max(1, height - 1));
    },
    scroll,
    end: (direction) => {
      if (direction < 0) {
        change({ scroll: null });
        return;
      }
      if (now().state.hasOlder) load('load-oldest');
      const [oldest] = now().state.messages;
      if (!oldest) return;
      const { view, height } = place();
      change({ scroll: scrollTo(view, null, oldest.id, height) });
      scroll(height);
    },
    pick: (step) => {
      const { picked, state } = now();
      const next = pickBeside(step);
      const isLast = step < 0 ? next === picked && state.hasOlder : next === null && state.hasNewer;
      if (picked !== null && isLast) load(step < 0 ? 'load-older' : 'load-newer');
      pickAt(isLast ? pickBeside(step) : next);
    },
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
          vim: now().vim && 'insert',
          ...(kind === 'edit' && { line: lineOf(message.text) }),
        });
    },
    unpick: () => {
      if (now().composing?.kind === 'edit') change({ line: EMPTY_LINE });
      change({ picked: null, composing: null });
    },
  };
};
