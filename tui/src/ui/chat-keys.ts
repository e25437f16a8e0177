import type { KeyEvent } from '../terminal/key-events.ts';
import { type ChatScreen, shownNotice } from './chat-view.ts';
import { neighbour, nextUnread } from './contact-list.ts';
import type { OnIntent } from './intents.ts';
import type { Overlay } from './overlay.ts';

/** What keys of the chat can do. */
export interface ChatActions {
  /** 1: up, -1: down. */
  page(direction: -1 | 1): void;
  recall(step: -1 | 1): void;
  select(contact: string | null): void;
  submit(): void;
  /** Quits when asked twice. */
  quit(): void;
  edit(event: KeyEvent): void;
  inOverlay(overlay: Overlay, event: KeyEvent): void;
  change(part: Partial<ChatScreen>): void;
  /** Completes what is being typed. False when there is nothing to complete. */
  complete(): boolean;
  /** Picks the message above (-1) or below (1) the picked one. */
  pick(step: -1 | 1): void;
  /** Begins an answer to the picked message, or a new text for it. */
  compose(kind: 'reply' | 'edit'): void;
  /** Types this into the input. */
  put(text: string): void;
  /** Deletes the picked message, when asked twice. */
  remove(): void;
  /** Leaves the picked message, with the answer or the edit. */
  unpick(): void;
  /** The shown warning is seen: the next one, if any. */
  dismissWarning(): void;
}

const goBack = (screen: ChatScreen, { change, dismissWarning, unpick }: ChatActions): void => {
  if (screen.help !== null) change({ help: null });
  else if (screen.picked !== null || screen.composing) unpick();
  else if (screen.notice) change({ notice: null });
  else if (shownNotice(screen)) dismissWarning();
  else change({ scroll: null });
};

/** Does what a key of the chat means, or hands it to what is drawn over it, but for quitting and suspending. */
export const chatKey = (
  event: KeyEvent,
  screen: ChatScreen,
  actions: ChatActions,
  onIntent: OnIntent,
): void => {
  if (event.kind === 'key' && event.ctrl && event.name === 'c') actions.quit();
  else if (event.kind === 'key' && event.ctrl && event.name === 'z') onIntent({ kind: 'suspend' });
  else if (screen.overlay) actions.inOverlay(screen.overlay, event);
  else conversationKey(event, screen, actions);
};

/** Keys of a message that is picked, while nothing is written. True when it was one. */
const pickedKey = (event: KeyEvent, screen: ChatScreen, actions: ChatActions): boolean => {
  if (screen.picked === null || screen.composing || screen.help !== null || screen.line.text !== '')
    return false;
  if (event.kind === 'text') {
    if (event.text === 'r') actions.compose('reply');
    else if (event.text === 'e') actions.compose('edit');
    else if (event.text === 'd') actions.remove();
    else if (event.text === '+') actions.put('/react ');
    else return false;
    return true;
  }
  if (event.kind !== 'key' || event.ctrl || event.alt) return false;
  if (event.name === 'up' || event.name === 'down') actions.pick(event.name === 'up' ? -1 : 1);
  else if (event.name === 'enter') actions.compose('reply');
  else return false;
  return true;
};

/** What means nothing here is the line editor's. */
const conversationKey = (event: KeyEvent, screen: ChatScreen, actions: ChatActions): void => {
  if (pickedKey(event, screen, actions)) return;
  if (event.kind !== 'key') {
    if (screen.help !== null) actions.change({ help: null });
    actions.edit(event);
    return;
  }
  const { name, ctrl, alt, shift } = event;
  const { contacts, selected } = screen.state;
  const held = ctrl || alt;
  if ((held && name === 'up') || (ctrl && name === 'p')) actions.select(neighbour(contacts, selected, -1));
  else if ((held && name === 'down') || (ctrl && name === 'n'))
    actions.select(neighbour(contacts, selected, 1));
  else if ((ctrl && name === 'j') || (alt && name === 'enter')) actions.edit({ kind: 'text', text: '\n' });
  else if (held) actions.edit(event);
  else if (name === 'tab' && !shift && actions.complete()) return;
  // Nobody who is in the middle of a sentence means another contact.
  else if (name === 'tab' && screen.line.text !== '' && selected !== null) return;
  else if (name === 'tab')
    actions.select(shift ? neighbour(contacts, selected, -1) : nextUnread(contacts, selected));
  else if (shift && (name === 'up' || name === 'down')) actions.pick(name === 'up' ? -1 : 1);
  else if (name === 'page-up') actions.page(1);
  else if (name === 'page-down') actions.page(-1);
  else if (name === 'escape') goBack(screen, actions);
  else if (name === 'f1') actions.change({ help: screen.help === null ? 0 : null });
  else if (name === 'enter') actions.submit();
  else if (name === 'up') actions.recall(-1);
  else if (name === 'down') actions.recall(1);
  else actions.edit(event);
};
