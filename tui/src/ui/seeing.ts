import type { Size } from '../terminal/terminal.ts';
import { showsNewest, unseen } from './chat-view.ts';
import type { OnIntent } from './intents.ts';
import type { Reading } from './reading.ts';
import type { Shown } from './shown.ts';

/** What the person has seen: messages and warnings. */
export interface Seeing {
  /** This has been drawn. */
  look(size: Size): void;
  /** The state's warnings have changed; `before`: what they were. One that has come is seen at once. */
  warn(before: readonly string[]): void;
  /** To the first unread message of the conversation, else to the next contact with one. */
  goToUnread(select: (contact: string | null) => void): void;
  /** The shown warning is seen: the next one, if any. */
  dismissWarning(): void;
}

export const createSeeing = ({ now, change, say }: Shown, reading: Reading, onIntent: OnIntent): Seeing => ({
  look: (size) => {
    const { contacts, selected: contact } = now().state;
    const unread = contacts.find(({ username }) => username === contact)?.unread ?? 0;
    if (contact !== null && unread > 0 && showsNewest(size, now())) onIntent({ kind: 'seen', contact });
  },
  warn: (before) => {
    const { state, warningsSeen } = now();
    change({ warningsSeen: warningsSeen.filter((seen) => state.warnings.includes(seen)) });
    // A question that was asked before it is not answered any more.
    if (unseen(state.warnings, before).length > 0) change({ notice: null });
  },
  goToUnread: (select) => {
    const { contacts, selected, messages } = now().state;
    const at = contacts.findIndex(({ username }) => username === selected);
    const unread = contacts[at]?.unread ?? 0;
    const theirs = messages.filter(({ sender }) => sender === selected);
    const first = theirs[theirs.length - unread];
    if (unread > 0 && first) {
      reading.goTo(first.id);
      return;
    }
    const others = [...contacts.slice(at + 1), ...contacts.slice(0, Math.max(0, at))];
    const next = others.find((contact) => contact.unread > 0 && !contact.blocked);
    if (next) select(next.username);
    else say('info', 'Nothing is unread.');
  },
  dismissWarning: () => {
    const { state, warningsSeen } = now();
    const [seen, ...left] = unseen(state.warnings, warningsSeen);
    if (seen !== undefined) change({ warningsSeen: [...warningsSeen, seen] });
    if (left.length === 0) onIntent({ kind: 'clear-warnings' });
  },
});
