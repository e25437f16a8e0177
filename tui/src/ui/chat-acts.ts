import type { ActionName } from '../keys/key-table.ts';
import { shownNotices, shownPalette } from './chat-view.ts';
import { neighbour, nextUnread } from './contact-list.ts';
import type { Covering } from './covering.ts';
import type { OnIntent } from './intents.ts';
import * as editor from './line-editor.ts';
import { CLOSED_PALETTE, movePalette, takePalette } from './palette.ts';
import type { Seeing } from './seeing.ts';
import type { Submitting } from './submitting.ts';
import { type VimParts, vimActs } from './vim-acts.ts';

export interface ChatParts extends VimParts {
  readonly seeing: Seeing;
  readonly covering: Covering;
  readonly submitting: Submitting;
  readonly onIntent: OnIntent;
  /** Whether it is on now. */
  readonly toggleMouse: () => boolean;
}

const MOUSE_ON = 'The mouse is on: click, turn the wheel; hold Shift to select text.';
const MOUSE_OFF = "The mouse is the terminal's: select as you like. F2 or /mouse turns it on again.";

/** What each action of the table does in the chat. Those that are the same in all views are not the chat's. */
export type ChatActs = Readonly<Record<Exclude<ActionName, 'redraw' | 'suspend'>, () => void>>;

export const createChatActs = (parts: ChatParts): ChatActs => {
  const { shown, writing, reading, seeing, covering, submitting, onIntent, toggleMouse } = parts;
  const { now, change } = shown;

  const select = (contact: string | null): void => {
    if (contact === null || contact === now().state.selected) return;
    const refusal = onIntent({ kind: 'select', contact });
    if (refusal !== null) shown.say('error', refusal);
  };
  const selectBeside = (step: -1 | 1): void => {
    const { contacts, selected } = now().state;
    select(neighbour(contacts, selected, step));
  };

  /** Completes what is typed; with nothing typed, goes to who has written. */
  const complete = (): void => {
    if (takeChosen(false) || writing.complete()) return;
    const { contacts, selected } = now().state;
    // Nobody who is in the middle of a sentence means another contact.
    if (now().line.text !== '' && selected !== null) return;
    const open = contacts.find(({ username }) => username === selected);
    if (open && open.unread > 0) seeing.goToUnread(select);
    else select(nextUnread(contacts, selected));
  };

  /** Puts the palette's row into the line, if the person went to one, and runs it where that is wanted. */
  const takeChosen = (run: boolean): boolean => {
    const palette = shownPalette(now());
    const taken = palette && takePalette(palette);
    if (!palette || !taken || !palette.sure) return false;
    // Where nobody went to a row, Tab completes what is certain.
    if (!run && now().palette.at === null) return false;
    if (!run || !taken.run) {
      writing.put(taken.text);
      // A name that stands there whole needs no list: Enter runs it.
      change({ palette: CLOSED_PALETTE });
    }
    // What lacks its argument says how it is used.
    if (run) submitting.command(taken.text);
    return true;
  };

  const goBack = (): void => {
    const screen = now();
    if (screen.help !== null) change({ help: null });
    else if (screen.picked !== null || screen.composing) {
      reading.unpick();
      writing.keep();
      // A question about the message is none any more.
      change({ notice: null });
    } else if (screen.notice) change({ notice: null });
    else if (shownNotices(screen).warning) seeing.dismissWarning();
    else change({ scroll: null });
  };

  const inPalette = (steps: number) => () => {
    const palette = shownPalette(now());
    if (palette) change({ palette: movePalette(palette, steps) });
  };

  return {
    ...vimActs(parts),
    quit: submitting.quit,
    send: submitting.submit,
    'new-line': () => writing.edit((line) => editor.insert(line, '\n')),
    complete,
    editor: () => {
      onIntent({ kind: 'write-outside', text: now().line.text });
    },
    mouse: () => shown.say('info', toggleMouse() ? MOUSE_ON : MOUSE_OFF),
    switch: () => covering.open('switch'),
    unread: () => seeing.goToUnread(select),
    'next-contact': () => selectBeside(1),
    'previous-contact': () => selectBeside(-1),
    'pick-older': () => reading.pick(-1),
    'pick-newer': () => reading.pick(1),
    'page-up': () => reading.page(1),
    'page-down': () => reading.page(-1),
    oldest: () => reading.end(1),
    newest: () => reading.end(-1),
    'line-up': () => writing.vertical(-1),
    'line-down': () => writing.vertical(1),
    back: goBack,
    help: () => change({ help: now().help === null ? 0 : null }),
    left: () => writing.edit(editor.left),
    right: () => writing.edit(editor.right),
    'word-left': () => writing.edit(editor.wordLeft),
    'word-right': () => writing.edit(editor.wordRight),
    start: () => writing.edit(editor.home),
    end: () => writing.edit(editor.end),
    'delete-left': () => writing.edit(editor.backspace),
    'delete-right': () => writing.edit(editor.deleteNext),
    'delete-word': () => writing.edit(editor.deleteWord),
    'delete-to-start': () => writing.edit(editor.deleteToStart),
    'delete-to-end': () => writing.edit(editor.deleteToEnd),
    undo: writing.undo,
    reply: () => reading.compose('reply'),
    edit: () => reading.compose('edit'),
    delete: submitting.remove,
    react: () => {
      writing.begin('/react ');
      change({ vim: now().vim && 'insert' });
    },
    'picked-older': () => reading.pick(-1),
    'picked-newer': () => reading.pick(1),
    'list-up': inPalette(-1),
    'list-down': inPalette(1),
    'list-page-up': () => reading.page(1),
    'list-page-down': () => reading.page(-1),
    'list-take': () => {
      if (!takeChosen(true)) submitting.submit();
    },
    'list-close': () => change({ palette: CLOSED_PALETTE }),
  };
};
