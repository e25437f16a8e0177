import type { Settings } from '../config/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { ChatState, Contact } from '../ui/state.ts';

/** Milliseconds in which one contact is told of once: who writes ten lines is one piece of news. */
export const NEWS_MS = 10_000;

/** Tells outside of the screen what is unread. Who has written is said, what they wrote never is: notices are kept, and shown on locked screens. */
export interface Attention {
  /** What the chat shows has changed. */
  update(part: Partial<ChatState>): void;
  /** The chat is closed: nothing of it is told any more. */
  forget(): void;
  close(): void;
}

export interface AttentionOptions {
  readonly terminal: Pick<Terminal, 'signal' | 'setTitle' | 'onFocus'>;
  readonly settings: Pick<Settings, 'notify' | 'title'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const NAME = 'secure-chat';

/** Neither blocked nor muted, nor somebody who is no contact. */
const isLoud = ({ blocked, muted, request }: Contact): boolean => !blocked && !muted && !request;

export const createAttention = ({ terminal, settings, now }: AttentionOptions): Attention => {
  const { notify } = settings;
  let state: Partial<ChatState> = {};
  /** A terminal that says nothing of it counts as looked at. */
  let focused = true;
  const toldAt = new Map<string, number>();
  const forgetFocus = terminal.onFocus((isFocused) => {
    focused = isFocused;
  });

  const showTitle = (): void => {
    if (!settings.title) return;
    const { username, contacts = [] } = state;
    const unread = contacts.filter(isLoud).reduce((sum, each) => sum + each.unread, 0);
    terminal.setTitle(
      username === undefined ? NAME : `${unread > 0 ? `(${unread}) ` : ''}${NAME} — ${username}`,
    );
  };

  const tell = ({ username }: Contact): void => {
    if (notify === 'none') return;
    const last = toldAt.get(username);
    if (last !== undefined && now() - last < NEWS_MS) return;
    toldAt.set(username, now());
    terminal.signal(notify, NAME, `${username} has written to you.`);
  };

  const isLookedAt = (contact: Contact): boolean => focused && contact.username === state.selected;

  showTitle();
  return {
    update: (part) => {
      const before = new Map(state.contacts?.map(({ username, unread }) => [username, unread]));
      const isFirst = state.contacts === undefined;
      state = { ...state, ...part };
      for (const contact of part.contacts ?? [])
        if (
          !isFirst &&
          isLoud(contact) &&
          contact.unread > (before.get(contact.username) ?? 0) &&
          !isLookedAt(contact)
        )
          tell(contact);
      showTitle();
    },
    forget: () => {
      state = {};
      toldAt.clear();
      showTitle();
    },
    close: forgetFocus,
  };
};
