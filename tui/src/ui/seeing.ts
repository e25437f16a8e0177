import type { Size } from '../terminal/terminal.ts';
import { chatLayout, conversationOf, showsConversation, unseen } from './chat-view.ts';
import { lastShown } from './conversation.ts';
import type { OnIntent } from './intents.ts';
import type { Reading } from './reading.ts';
import type { Shown } from './shown.ts';
import type { Times } from './times.ts';
import { nextToRead } from './unread-count.ts';

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

export const createSeeing = (
  { now, change, say }: Shown,
  reading: Reading,
  { onIntent, times }: { readonly onIntent: OnIntent; readonly times: Times },
): Seeing => {
  /** What was told, so that it is told once. */
  let told = { contact: '', upTo: 0 };

  const look = (size: Size): void => {
    const screen = now();
    const { contacts, selected: contact, messages, hasNewer } = screen.state;
    // Who is at the end of what is loaded means the end of the conversation.
    if (contact !== null && hasNewer && screen.scroll === null) onIntent({ kind: 'load-newest', contact });
    const unread = contacts.find(({ username }) => username === contact)?.unread ?? 0;
    if (contact === null || unread === 0 || !showsConversation(size, screen)) return;
    const { width, height } = chatLayout(size, screen).conversation;
    const upTo = lastShown(conversationOf(screen, width, times), screen.scroll, height);
    const before = told.contact === contact ? told.upTo : 0;
    // At the end all is seen, whatever place it came to.
    if (upTo === null || (upTo <= before && upTo !== messages.at(-1)?.id)) return;
    told = { contact, upTo };
    onIntent({ kind: 'seen', contact, upTo });
  };

  return {
    look,
    warn: (before) => {
      const { state, warningsSeen } = now();
      change({ warningsSeen: warningsSeen.filter((seen) => state.warnings.includes(seen)) });
      // A question that was asked before it is not answered any more.
      if (unseen(state.warnings, before).length > 0) change({ notice: null });
    },
    goToUnread: (select) => {
      const { contacts, selected, hasNewer } = now().state;
      const at = contacts.findIndex(({ username }) => username === selected);
      const unread = contacts[at]?.unread ?? 0;
      if (selected !== null && unread > 0 && hasNewer) onIntent({ kind: 'load-newest', contact: selected });
      if (unread > 0 && reading.toUnread()) return;
      const others = [...contacts.slice(at + 1), ...contacts.slice(0, Math.max(0, at))];
      const next = nextToRead(others);
      if (next) select(next.username);
      else say('info', 'Nothing is unread.');
    },
    dismissWarning: () => {
      const { state, warningsSeen } = now();
      const [seen, ...left] = unseen(state.warnings, warningsSeen);
      if (seen !== undefined) change({ warningsSeen: [...warningsSeen, seen] });
      if (left.length === 0) onIntent({ kind: 'clear-warnings' });
    },
  };
};
