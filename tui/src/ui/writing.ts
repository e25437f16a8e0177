import type { KeyEvent } from '../terminal/key-events.ts';
import { isMessage } from './commands.ts';
import { complete as completeLine } from './completion.ts';
import { createDrafts, writtenOf } from './drafts.ts';
import { EMPTY_HISTORY, recall as recallFrom, remember } from './input-history.ts';
import type { OnIntent } from './intents.ts';
import { bytesOf, EMPTY_LINE, insert, LINE_MAX, type Line, lineOf, vertical } from './line-editor.ts';
import { CLOSED_PALETTE, OPEN_PALETTE } from './palette.ts';
import type { Shown } from './shown.ts';
import { createTypingNotice } from './typing-notice.ts';
import { createUndo } from './undo.ts';

const CUT = `Cut off: a message holds at most ${LINE_MAX.toLocaleString('en')} bytes. Send the rest after it.`;

/** Bytes of the longest cluster that is no trick, a family of emoji with colours: less room is none. */
const CLUSTER_BYTES = 64;

const UNADDRESSED = 'Pick a contact first: Tab, or /contact NAME. What you typed waits for it.';

/** What stands in the input: how it is written, kept for each contact, and handed over. */
export interface Writing {
  /** What was typed or pasted; other events are none of the input's. */
  type(event: KeyEvent): void;
  edit(change: (line: Line) => Line): void;
  /** Puts this in place of what is written. */
  put(text: string): void;
  /** The same, of a text that may be too long. */
  replace(text: string): void;
  /** Puts the beginning of a command there; what is written waits for its end, and comes back in the mode it was left in. */
  begin(command: string): void;
  /** The command that was begun is not wanted: what waits comes back. */
  leave(): void;
  undo(): void;
  /** To the line of the text above (-1) or below (1); beyond it, to what was submitted before or after. */
  vertical(step: -1 | 1): void;
  /** Completes what is being typed. False when there is nothing to complete. */
  complete(): boolean;
  /** What the line will be has changed. */
  keep(): void;
  /** Hands the line over; only what was accepted leaves the input. */
  accept(act: () => string | null): void;
  /** Submits the line as a message, or as what is being composed. */
  send(text: string): void;
  /** Another conversation is on the screen. */
  switchFrom(contact: string | null): void;
}

export const createWriting = (shown: Shown, onIntent: OnIntent): Writing => {
  const { now, change, say } = shown;
  const drafts = createDrafts();
  const undo = createUndo();
  let history = EMPTY_HISTORY;
  const typing = createTypingNotice(
    (contact, isTyping) => void onIntent({ kind: 'typing', contact, typing: isTyping }),
  );

  /** What waits for the end of a command; null where none was begun. */
  let waiting: { readonly line: Line; readonly vim: 'insert' | 'normal' | null } | null = null;

  /** What a person would find again: not a command. */
  const written = (): Line => {
    const { line } = now();
    return waiting && !isMessage(line.text) ? waiting.line : line;
  };

  /** What is not sent is not lost, whatever ends the program. A command is no draft. */
  const keepDraft = (): void => {
    const { state, composing } = now();
    if (state.selected === null) return;
    const line = written();
    const draft = isMessage(line.text) ? { text: line.text, of: composing } : { text: '', of: null };
    onIntent({ kind: 'draft', contact: state.selected, draft });
  };

  /** The person has changed what is in the input. */
  const write = (line: Line, typed = false): void => {
    const before = now().line;
    change({ line });
    if (line.text === before.text) return;
    undo.changed(before, typed);
    change({ palette: OPEN_PALETTE });
    typing.wrote(now().state.selected, line.text);
    keepDraft();
  };

  const accept = (act: () => string | null): void => {
    const { line } = now();
    typing.stopped();
    undo.forget();
    const { vim } = now();
    change({ line: waiting?.line ?? EMPTY_LINE, notice: null, palette: OPEN_PALETTE });
    if (waiting) change({ vim: waiting.vim });
    const before = waiting;
    waiting = null;
    const refusal = act();
    if (refusal === null) {
      history = remember(history, line.text);
      keepDraft();
    } else {
      waiting = before;
      change({ line, vim });
      say('error', refusal);
    }
  };

  const recall = (step: -1 | 1): void => {
    const found = recallFrom(history, step, now().line.text);
    if (!found) return;
    history = found.history;
    write(lineOf(found.text));
    // The arrows go on from here.
    change({ palette: CLOSED_PALETTE });
  };

  return {
    type: (event) => {
      if (event.kind === 'key') return;
      // Copied lines end with a line break that nobody means to send.
      const typed = event.kind === 'paste' ? { ...event, text: event.text.replace(/\n$/, '') } : event;
      const room = LINE_MAX - bytesOf(now().line.text);
      const line = insert(now().line, typed.text);
      write(line, typed.kind === 'text');
      const cut = bytesOf(typed.text) > room;
      if (
        (typed.kind === 'paste' && typed.dropped > 0) ||
        (cut && bytesOf(line.text) >= LINE_MAX - CLUSTER_BYTES)
      )
        say('error', CUT);
    },
    edit: (changed) => write(changed(now().line)),
    put: (text) => write(lineOf(text)),
    replace: (text) => {
      write(lineOf(text));
      if (bytesOf(text) > LINE_MAX) say('error', CUT);
    },
    begin: (command) => {
      // An edit is of another message: nothing of it may stay as one of its own.
      const line = now().composing?.kind === 'edit' ? EMPTY_LINE : written();
      waiting = { line, vim: now().vim };
      write(lineOf(command));
    },
    leave: () => {
      if (!waiting || isMessage(now().line.text)) return;
      change({ line: waiting.line });
      waiting = null;
    },
    undo: () => {
      const line = undo.back();
      if (!line) return;
      write(line);
      // What was taken back is no change of its own.
      undo.back();
    },
    vertical: (step) => {
      const line = vertical(now().line, step);
      if (line) change({ line });
      else recall(step);
    },
    complete: () => {
      const completion = completeLine(now().line, now().state.contacts);
      if (!completion) return false;
      const { line, choices } = completion;
      write(line);
      change({ notice: choices.length === 0 ? null : { kind: 'info', text: choices.join('  ') } });
      return true;
    },
    keep: keepDraft,
    accept,
    send: (text) => {
      const { state, composing, line } = now();
      const contact = state.selected;
      if (contact === null) {
        drafts.keepForFirst(line);
        change({ line: EMPTY_LINE });
        say('error', UNADDRESSED);
        return;
      }
      if (!composing) change({ scroll: null, unreadLine: null });
      accept(() => {
        const refusal = onIntent(
          composing ? { ...composing, contact, text } : { kind: 'send', contact, text },
        );
        if (refusal === null) change({ picked: null, composing: null });
        return refusal;
      });
    },
    switchFrom: (contact) => {
      const { state, composing } = now();
      typing.stopped();
      undo.forget();
      const left = { line: written(), of: composing };
      waiting = null;
      const found = drafts.switchTo(state.selected, contact, left, writtenOf(state.draft));
      change({ line: found.line, composing: found.of, picked: found.of?.id ?? null });
    },
  };
};
