import type { KeyEvent } from '../terminal/key-events.ts';
import type { Size } from '../terminal/terminal.ts';
import { type ChatActions, chatKey } from './chat-keys.ts';
import {
  type ChatScreen,
  chatLayout,
  conversationOf,
  drawChat,
  overlayArea,
  showsNewest,
  unseen,
} from './chat-view.ts';
import { type Action, actionOf } from './command-actions.ts';
import { isMessage, parseLine } from './commands.ts';
import { complete as completeLine } from './completion.ts';
import { createConfirmation } from './confirmation.ts';
import { atTop, pickNext, scrollBy, scrollTo } from './conversation.ts';
import { createDrafts } from './drafts.ts';
import { editKey } from './edit-keys.ts';
import { helpOffset } from './help.ts';
import { EMPTY_HISTORY, recall, remember } from './input-history.ts';
import type { Intent, OnIntent } from './intents.ts';
import { EMPTY_LINE, LINE_MAX, type Line, lineOf } from './line-editor.ts';
import type { Overlay } from './overlay.ts';
import { createPasswordOverlay } from './password-overlay.ts';
import type { Screen } from './screen.ts';
import { createSearchOverlay } from './search-overlay.ts';
import type { ChatState, Notice, SearchState, Verification } from './state.ts';
import type { Times } from './times.ts';
import { createTypingNotice } from './typing-notice.ts';
import { createVerifyOverlay } from './verify-overlay.ts';

/** Milliseconds within which the second Ctrl-C counts. */
const QUIT_MS = 3000;

export interface ChatScreenOptions {
  readonly onIntent: OnIntent;
  /** What a new password may be: null, or a sentence that says what to choose. */
  readonly checkPassword: (password: string) => string | null;
  readonly times: Times;
  readonly now: () => number;
  readonly size: () => Size;
}

const CUT = `Cut off: a message holds at most ${LINE_MAX.toLocaleString('en')} characters.`;

const UNADDRESSED = 'Pick a contact first: Tab, or /contact NAME. What you typed waits for it.';

/** The chat's keys and what they change: line, drafts per contact, history, scroll, and what is drawn over it. */
export const createChatScreen = (
  initial: ChatState,
  { onIntent, checkPassword, times, now, size }: ChatScreenOptions,
): Screen & { update(partial: Partial<ChatState>): void } => {
  let screen: ChatScreen = {
    state: initial,
    line: lineOf(initial.draft),
    scroll: null,
    picked: null,
    composing: null,
    help: null,
    overlay: null,
    notice: initial.notice,
    warningsSeen: [],
  };
  let history = EMPTY_HISTORY;
  const drafts = createDrafts();
  const confirmation = createConfirmation();
  const typing = createTypingNotice(
    (contact, isTyping) => void onIntent({ kind: 'typing', contact, typing: isTyping }),
  );
  let quitBefore = 0;

  const change = (part: Partial<ChatScreen>): void => {
    screen = { ...screen, ...part };
  };
  const say = (kind: Notice['kind'], text: string): void => change({ notice: { kind, text } });

  /** The person has changed what is in the input. */
  const write = (line: Line): void => {
    const written = line.text !== screen.line.text;
    change({ line });
    if (!written) return;
    typing.wrote(screen.state.selected, line.text);
    keepDraft();
  };

  /** What is not sent is not lost, whatever ends the program. An edit is no draft, nor is a command. */
  const keepDraft = (): void => {
    const { selected: contact } = screen.state;
    if (contact === null || screen.composing?.kind === 'edit') return;
    const { text } = screen.line;
    onIntent({ kind: 'draft', contact, text: isMessage(text) ? text : '' });
  };

  const place = () => {
    const { conversation } = chatLayout(size(), screen);
    return {
      body: overlayArea(size(), screen).height,
      view: conversationOf(screen, conversation.width, times),
      height: conversation.height - 1,
    };
  };

  const page = (direction: -1 | 1): void => {
    const { body, view, height } = place();
    if (screen.help !== null) {
      change({ help: helpOffset(screen.help - direction * (height - 1), body) });
      return;
    }
    // A row of the last page stays, to read on from.
    change({ scroll: scrollBy(view, screen.scroll, direction * Math.max(1, height - 1), height) });
    const { selected, hasOlder } = screen.state;
    if (direction > 0 && selected !== null && hasOlder && atTop(view, screen.scroll, height))
      onIntent({ kind: 'load-older', contact: selected });
  };

  const recallLine = (step: -1 | 1): void => {
    const found = recall(history, step, screen.line.text);
    if (!found) return;
    history = found.history;
    write(lineOf(found.text));
  };

  const select = (contact: string | null): void => {
    if (contact === null || contact === screen.state.selected) return;
    const refusal = onIntent({ kind: 'select', contact });
    if (refusal !== null) say('error', refusal);
  };

  /** Hands the line over; only what was accepted leaves the input. */
  const accept = (act: () => string | null): void => {
    const line = screen.line;
    typing.stopped();
    change({ line: EMPTY_LINE, notice: null });
    const refusal = act();
    if (refusal === null) {
      history = remember(history, line.text);
      keepDraft();
    } else {
      change({ line });
      say('error', refusal);
    }
  };

  const send = (contact: string | null, text: string): void => {
    if (contact === null) {
      drafts.keepForFirst(screen.line);
      change({ line: EMPTY_LINE });
      say('error', UNADDRESSED);
    } else {
      const { composing } = screen;
      if (!composing) change({ scroll: null });
      accept(() => {
        const refusal = onIntent(
          composing ? { ...composing, contact, text } : { kind: 'send', contact, text },
        );
        if (refusal === null) change({ picked: null, composing: null });
        return refusal;
      });
    }
  };

  const complete = (): boolean => {
    const completion = completeLine(screen.line, screen.state.contacts);
    if (!completion) return false;
    const { line, choices } = completion;
    write(line);
    change({ notice: choices.length === 0 ? null : { kind: 'info', text: choices.join('  ') } });
    return true;
  };

  const pick = (step: -1 | 1): void => {
    const picked = pickNext(screen.state.messages, screen.picked, step);
    change({ picked, composing: null });
    if (picked === null) return;
    const { view, height } = place();
    change({ scroll: scrollTo(view, screen.scroll, picked, height) });
  };

  const compose = (kind: 'reply' | 'edit'): void => {
    const message = screen.state.messages.find(({ id }) => id === screen.picked);
    if (!message) return;
    if (kind === 'edit' && message.sender !== screen.state.username)
      say('error', 'Only messages of your own can be edited: r answers this one.');
    else
      change({ composing: { kind, id: message.id }, ...(kind === 'edit' && { line: lineOf(message.text) }) });
  };

  const unpick = (): void => {
    if (screen.composing?.kind === 'edit') change({ line: EMPTY_LINE });
    change({ picked: null, composing: null });
  };

  const openPasswordForm = (): void => {
    const onClose = (): void => change({ overlay: null });
    const tell = (problem: string | null): void => {
      if (problem === null) change({ notice: null });
      else say('error', problem);
    };
    const onSubmit = (current: string, next: string) => onIntent({ kind: 'change-password', current, next });
    change({ overlay: createPasswordOverlay({ check: checkPassword, onSubmit, onClose, tell }) });
  };

  /** Does it, or says first what it means. */
  const confirmed = (intent: Intent, confirm: string | null): void => {
    if (confirmation.isGiven(intent, screen.notice) || confirm === null) {
      accept(() => {
        const refusal = onIntent(intent);
        // What is picked was picked for this.
        if (refusal === null) change({ picked: null, composing: null });
        return refusal;
      });
      return;
    }
    accept(() => null);
    say('error', confirm);
    confirmation.ask(intent, screen.notice);
  };

  const run = (action: Action): void => {
    if (action.kind === 'mistake') say('error', action.sentence);
    else if (action.kind === 'do') confirmed(action.intent, action.confirm);
    else {
      accept(() => null);
      if (action.view === 'help') change({ help: 0 });
      else openPasswordForm();
    }
  };

  const submit = (): void => {
    const { text } = screen.line;
    if (text.trim() === '') return;
    const parsed = parseLine(text);
    if (parsed.kind === 'text') send(screen.state.selected, parsed.text);
    else if (parsed.kind === 'command')
      run(actionOf(parsed.name, parsed.argument, { ...screen.state, picked: screen.picked }));
    else {
      if (parsed.secret) change({ line: EMPTY_LINE });
      say('error', parsed.sentence);
    }
  };

  const dismissWarning = (): void => {
    const { state, warningsSeen } = screen;
    const [seen, ...left] = unseen(state.warnings, warningsSeen);
    if (seen !== undefined) change({ warningsSeen: [...warningsSeen, seen] });
    if (left.length === 0) onIntent({ kind: 'clear-warnings' });
  };

  const quit = (): void => {
    if (now() < quitBefore) onIntent({ kind: 'quit' });
    else {
      quitBefore = now() + QUIT_MS;
      say('info', 'Press Ctrl-C again to quit.');
    }
  };

  const edit = (event: KeyEvent): void => {
    // Copied lines end with a line break that nobody means to send.
    const typed = event.kind === 'paste' ? { ...event, text: event.text.replace(/\n$/, '') } : event;
    const room = LINE_MAX - screen.line.text.length;
    const line = editKey(screen.line, typed);
    if (!line) return;
    write(line);
    const cut = typed.kind !== 'key' && typed.text.length > room;
    if ((typed.kind === 'paste' && typed.dropped > 0) || (cut && line.text.length >= LINE_MAX - 32))
      say('error', CUT);
  };

  const inOverlay = (overlay: Overlay, event: KeyEvent): void =>
    overlay.key(event, overlayArea(size(), screen));

  const put = (text: string): void => write(lineOf(text));

  const remove = (): void => run(actionOf('delete', '', { ...screen.state, picked: screen.picked }));

  const actions: ChatActions = {
    page,
    recall: recallLine,
    select,
    submit,
    quit,
    edit,
    inOverlay,
    complete,
    pick,
    compose,
    put,
    remove,
    unpick,
    change,
    dismissWarning,
  };

  /** One that has come is seen at once, and a question that was asked before it is not answered any more. */
  const showWarnings = (warnings: readonly string[], before: readonly string[]): void => {
    change({ warningsSeen: screen.warningsSeen.filter((seen) => warnings.includes(seen)) });
    if (unseen(warnings, before).length > 0) change({ notice: null });
  };

  const showVerification = (verification: Verification | null): void => {
    const protection = () =>
      screen.state.contacts.find(({ username }) => username === verification?.contact)?.protection ??
      'unknown';
    change({
      help: null,
      overlay: verification && createVerifyOverlay(verification, { protection, onIntent, say }),
    });
  };

  const showSearch = (search: SearchState | null): void =>
    change({ help: null, overlay: search && createSearchOverlay(search, { onIntent, times }) });

  const goTo = (id: number): void => {
    change({ picked: id, composing: null });
    const { view, height } = place();
    change({ scroll: scrollTo(view, screen.scroll, id, height) });
  };

  /** Another conversation is on the screen. */
  const switchFrom = (selected: string | null): void => {
    typing.stopped();
    // What was begun of a message of the one before is left.
    const left = screen.composing?.kind === 'edit' ? EMPTY_LINE : screen.line;
    const line = drafts.switchTo(screen.state.selected, selected, left, lineOf(screen.state.draft));
    change({ line, scroll: null, picked: null, composing: null });
  };

  /** What was drawn has been seen. */
  const look = (size: Size): void => {
    const { contacts, selected: contact } = screen.state;
    const unread = contacts.find(({ username }) => username === contact)?.unread ?? 0;
    if (contact !== null && unread > 0 && showsNewest(size, screen)) onIntent({ kind: 'seen', contact });
  };

  return {
    key: (event) => chatKey(event, screen, actions, onIntent),
    draw: (grid) => {
      const cursor = drawChat(grid, screen, times, now());
      look(grid);
      return cursor;
    },
    update: (partial) => {
      const { selected, warnings, verification, search } = screen.state;
      change({ state: { ...screen.state, ...partial } });
      if (partial.notice !== undefined) change({ notice: partial.notice });
      if (partial.warnings) showWarnings(partial.warnings, warnings);
      if (screen.state.verification !== verification) showVerification(screen.state.verification);
      if (screen.state.search !== search) showSearch(screen.state.search);
      if (screen.state.selected !== selected) switchFrom(selected);
      if (partial.focus) goTo(partial.focus);
    },
  };
};
