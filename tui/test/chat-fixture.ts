import type { ChatState, SignInState } from '../src/ui/state.ts';

/** Tuesday 4 March 2025, 10:01 UTC. */
export const NOW = Date.UTC(2025, 2, 4, 10, 1);
const DAY = 86_400_000;
const MINUTE = 60_000;

export const chatState = (part: Partial<ChatState> = {}): ChatState => ({
  username: 'alice',
  server: 'http://127.0.0.1:8000',
  connection: { kind: 'online' },
  contacts: [
    { username: 'bob', online: true, unread: 0 },
    { username: 'carol', online: false, unread: 3 },
    { username: 'dave', online: true, unread: 0 },
  ],
  selected: 'bob',
  messages: [
    {
      id: 1,
      sender: 'bob',
      text: 'Shall we have lunch? The place at the corner has a new menu.',
      at: NOW - DAY,
      state: 'received',
    },
    { id: 2, sender: 'alice', text: 'Yes 👩🏽‍💻 日本!\nAt noon.', at: NOW, state: 'sent' },
    { id: 3, sender: 'bob', text: '', at: NOW + MINUTE, state: 'undecryptable' },
    { id: 4, sender: 'alice', text: 'cafe\u0301?', at: NOW + 2 * MINUTE, state: 'sending' },
    {
      id: 5,
      sender: 'alice',
      text: 'hm',
      at: NOW + 2 * MINUTE,
      state: 'failed',
      failure: 'bob is not known here.',
    },
  ],
  hasOlder: false,
  notice: null,
  ...part,
});

export const signInState = (part: Partial<SignInState> = {}): SignInState => ({
  server: 'http://127.0.0.1:8000',
  username: 'alice',
  mode: 'sign-in',
  progress: null,
  error: null,
  ...part,
});
