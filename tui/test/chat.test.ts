import type { ChatClient, Contact } from '@secure-chat/client/chat-client';
import { describe, expect, it } from 'vitest';
import { newAccount, openChat, WELCOME } from '../src/app/chat.ts';

const contact = (username: string, lastMessageAt: number | null): Contact => ({
  username,
  online: false,
  unread: 1,
  lastMessageAt,
});

/** A client that has these contacts; `read` are those that were marked. */
const createClient = (contacts: Contact[]): { client: ChatClient; read: string[] } => {
  const read: string[] = [];
  const client: ChatClient = {
    username: 'alice',
    server: 'http://127.0.0.1:8000',
    state: () => ({ kind: 'online' }),
    contacts: () => contacts,
    addContact: () => Promise.reject(new Error('not asked')),
    messages: (name) => [{ id: 1, contact: name, sender: name, text: 'hi', at: 1, state: 'received' }],
    send: () => {
      throw new Error('not asked');
    },
    markRead: (name) => read.push(name),
    on: () => () => {},
    logout: async () => {},
    close: async () => {},
  };
  return { client, read };
};

describe('chat after signing in', () => {
  it('opens the conversation with the newest message, and marks no other as read', () => {
    const { client, read } = createClient([
      contact('bob', 10),
      contact('carol', 30),
      contact('dave', 20),
      contact('erin', null),
    ]);
    const state = openChat(client, WELCOME, () => {}).state();
    expect(state.selected).toBe('carol');
    expect(state.messages).toMatchObject([{ sender: 'carol' }]);
    expect(read).toEqual(['carol']);
  });

  it('opens none where nobody has written', () => {
    const { client, read } = createClient([contact('bob', null)]);
    expect(openChat(client, WELCOME, () => {}).state()).toMatchObject({ selected: null, messages: [] });
    expect(read).toEqual([]);
  });

  it('says of a new account where it lives', () => {
    const { client } = createClient([]);
    expect(openChat(client, newAccount('/data/alice'), () => {}).state().notice?.text).toBe(
      'Your account lives in /data/alice: keep a copy, no password alone brings it back.',
    );
  });
});
