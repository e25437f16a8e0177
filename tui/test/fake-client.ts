import type { MessageRange } from '@secure-chat/client/chat';
import {
  type ChatClient,
  ClientError,
  type ClientEvent,
  type ConnectionState,
  type Contact,
  type ConversationStatus,
  type Draft,
  type OwnSession,
  type Settings,
} from '@secure-chat/client/chat-client';

type Messages = ReturnType<ChatClient['messages']>;

export const clientContact = (username: string, part: Partial<Contact> = {}): Contact => ({
  username,
  online: false,
  unread: 0,
  lastMessageAt: null,
  protection: 'unknown',
  timer: 0,
  typing: false,
  request: false,
  notKept: 0,
  blocked: false,
  muted: false,
  pinned: false,
  note: '',
  ...part,
});

export const clientMessage = (part: Partial<Messages[number]> = {}): Messages[number] => ({
  id: 1,
  contact: 'bob',
  sender: 'bob',
  text: 'hi',
  at: 1,
  state: 'received',
  legacy: false,
  request: false,
  count: 1,
  answers: null,
  edited: false,
  deleted: false,
  reactions: [],
  ...part,
});

/** 60 digits of one kind. */
export const digitsOf = (digit: string): string => digit.repeat(60);

export interface FakeClient {
  readonly client: ChatClient;
  /** What was asked of it that changes something, in order: name and arguments. */
  readonly calls: (readonly unknown[])[];
  /** Which parts of conversations were asked for, in order. */
  readonly reads: MessageRange[];
  /** What it answers from now on. */
  readonly world: {
    contacts: Contact[];
    messages: Messages;
    warnings: string[];
    digits: string;
    before: string | null;
    connection: ConnectionState;
    status: ConversationStatus;
    settings: Settings;
    drafts: Map<string, Draft>;
    sessions: OwnSession[];
    /** Whether the server can replace a secret. */
    replaces: boolean;
  };
  emit(event: ClientEvent): void;
  /** The next calls that change something are refused, until null. */
  refuse(error: ClientError | null): void;
}

/** A client without a profile or a server: it answers what the test says, at once. */
export const createFakeClient = (part: Partial<FakeClient['world']> = {}): FakeClient => {
  const calls: (readonly unknown[])[] = [];
  const reads: MessageRange[] = [];
  const listeners = new Set<(event: ClientEvent) => void>();
  const world: FakeClient['world'] = {
    contacts: [],
    messages: [],
    warnings: [],
    digits: digitsOf('1'),
    before: null,
    connection: { kind: 'online' },
    status: { queued: 0, completeAt: null, complete: false, unconfirmed: 0, missing: 0 },
    settings: { receipts: true, typing: true },
    drafts: new Map(),
    sessions: [],
    replaces: true,
    ...part,
  };
  let refusal: ClientError | null = null;
  const called = (...call: readonly unknown[]): void => {
    calls.push(call);
    if (refusal) throw refusal;
  };
  const client: ChatClient = {
    username: 'alice',
    server: 'http://127.0.0.1:8000',
    serverKey: null,
    state: () => world.connection,
    contacts: () => world.contacts,
    addContact: async (name) => {
      called('addContact', name);
      return clientContact(name);
    },
    acceptRequest: (contact) => called('acceptRequest', contact),
    declineRequest: (contact) => called('declineRequest', contact),
    messages: (name, range) => {
      reads.push(range);
      const of = world.messages.filter(({ contact }) => contact === name);
      if ('after' in range) return of.filter(({ id }) => id > range.after).slice(0, range.limit);
      const { before = Number.POSITIVE_INFINITY, limit } = range;
      return of.filter(({ id }) => id < before).slice(-limit);
    },
    search: async (words, of) =>
      world.messages
        .filter(({ contact, text }) => text.includes(words) && (of === undefined || contact === of))
        .reverse(),
    send: (contact, text) => {
      called('send', contact, text);
      return clientMessage({ contact, text, sender: 'alice', state: 'queued' });
    },
    reply: (contact, id, text) => {
      called('reply', contact, id, text);
      return clientMessage({ contact, text, sender: 'alice', state: 'queued' });
    },
    edit: (contact, id, text) => {
      called('edit', contact, id, text);
      return clientMessage({ contact, id, text, sender: 'alice', state: 'sent', edited: true });
    },
    retract: (contact, id) => called('retract', contact, id),
    react: (contact, id, emoji) => {
      called('react', contact, id, emoji);
      return clientMessage({ contact, id });
    },
    setMarks: (contact, marks) => called('setMarks', contact, marks),
    draft: (contact) => world.drafts.get(contact) ?? { text: '', of: null },
    setDraft: (contact, draft) => {
      world.drafts.set(contact, draft);
    },
    markRead: (name, upTo) => {
      calls.push(['markRead', name, upTo]);
    },
    setTyping: (contact, typing) => called('setTyping', contact, typing),
    status: () => world.status,
    settings: () => world.settings,
    setSettings: (settings) => {
      called('setSettings', settings);
      world.settings = settings;
    },
    safetyNumber: async () => {
      if (refusal) throw refusal;
      return { digits: world.digits, words: ['one', 'two'], before: world.before };
    },
    setVerified: (contact, verified) => called('setVerified', contact, verified),
    acceptIdentity: (contact) => called('acceptIdentity', contact),
    renewKeys: (contact) => called('renewKeys', contact),
    renewIdentity: async () => called('renewIdentity'),
    setTimer: (contact, seconds) => called('setTimer', contact, seconds),
    deleteHistory: (contact) => called('deleteHistory', contact),
    exportProfile: async (file) => called('exportProfile', file),
    changePassword: async (current, next) => {
      called('changePassword', current, next);
      return world.replaces;
    },
    sessions: async () => {
      called('sessions');
      return world.sessions;
    },
    endSession: async (id) => called('endSession', id),
    endOtherSessions: async () => called('endOtherSessions'),
    deleteAccount: async (password) => called('deleteAccount', password),
    warnings: () => world.warnings,
    clearWarnings: () => {
      called('clearWarnings');
      world.warnings = [];
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    logout: async () => called('logout'),
    close: async () => called('close'),
  };
  return {
    client,
    calls,
    reads,
    world,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    refuse: (error) => {
      refusal = error;
    },
  };
};

/** What a client says where there is nothing to compare. */
export const LEGACY_REFUSAL = new ClientError('refused', 'bob has no key that could be verified.');
