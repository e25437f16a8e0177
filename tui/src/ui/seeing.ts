import type { Size } from '../terminal/terminal.ts';
import { showsNewest, unseen } from './chat-view.ts';
import type { OnIntent } from './intents.ts';
import type { Shown } from './shown.ts';

/** What the person has seen: messages and warnings. */
export interface Seeing {
  /** This has been drawn. */
  look(size: Size): void;
  /** The state's warnings have changed; `before`: what they were. One that has come is seen at once. */
  warn(before: readonly string[]): void;
  /** The shown warning is seen: the next one, if any. */
  dismissWarning(): void;
}

export const createSeeing = ({ now, change }: Shown, onIntent: OnIntent): Seeing => ({
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
  dismissWarning: () => {
    const { state, warningsSeen } = now();
    const [seen, ...left] = unseen(state.warnings, warningsSeen);
    if (seen !== undefined) change({ warningsSeen: [...warningsSeen, seen] });
    if (left.length === 0) onIntent({ kind: 'clear-warnings' });
  },
});
