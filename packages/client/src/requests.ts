import {
  Bundle,
  KeyLog,
  LoginChallenge,
  LoginResponse,
  Ok,
  PendingKeys,
  PendingMessages,
  PublicKey,
  RegisterChallenge,
  RegisterResponse,
  Sessions,
  Users,
} from '@secure-chat/wire/api';
import { ENCRYPTED_KEY_MAX, MESSAGE_MAX } from '@secure-chat/wire/limits';
import { isUsername } from '@secure-chat/wire/names';
import { type Static, Type } from 'typebox';
import type { OwnSession } from './chat.ts';
import { createDecoder } from './decoder.ts';
import type { WireRequest } from './transport.ts';

/** The requests of the wire contract, each with the decoder of its answer. */

/** A list out of an answer: what is sound, and how many records were not. */
export interface Page<T> {
  records: T[];
  refused: number;
}

function page<T>(values: unknown[], decode: (value: unknown) => T | null): Page<T> {
  const records = values.map(decode).filter((record) => record !== null);
  return { records, refused: values.length - records.length };
}

const User = Users.items;
const PendingKey = PendingKeys.properties.keys.items;
const PendingMessage = PendingMessages.properties.messages.items;
export type User = Static<typeof User>;
export type PendingKey = Static<typeof PendingKey>;
export type PendingMessage = Static<typeof PendingMessage>;
/** As a poll and the stream both give it. */
export type MessageRecord = Omit<PendingMessage, 'type'>;

const decodeUser = createDecoder(User);
const decodeKey = createDecoder(PendingKey);
const decodeMessage = createDecoder(PendingMessage);
const decodeUsers = createDecoder(Type.Array(Type.Unknown()));
const decodeKeys = createDecoder(Type.Object({ keys: Type.Array(Type.Unknown()) }));
const decodeMessages = createDecoder(Type.Object({ messages: Type.Array(Type.Unknown()) }));
const ok = createDecoder(Ok);

/** Records are judged one by one: a bad one among good ones costs only itself. */
export const getUsers: WireRequest<Page<User>> = {
  method: 'GET',
  path: '/chat/users',
  response: (value) => {
    const users = decodeUsers(value);
    return users && page(users, (item) => accept(decodeUser(item), (user) => isUsername(user.username)));
  },
};

export const soundKey = (key: PendingKey): boolean =>
  isUsername(key.sender) && key.encrypted_key.length <= ENCRYPTED_KEY_MAX;
export const soundMessage = (item: MessageRecord): boolean =>
  isUsername(item.sender) && item.message.length <= MESSAGE_MAX;

export const getKeys: WireRequest<Page<PendingKey>> = {
  method: 'GET',
  path: '/chat/keyexchange',
  response: (value) => {
    const keys = decodeKeys(value)?.keys;
    return keys ? page(keys, (item) => accept(decodeKey(item), soundKey)) : null;
  },
};

export const getMessages: WireRequest<Page<PendingMessage>> = {
  method: 'GET',
  path: '/chat/messages',
  response: (value) => {
    const messages = decodeMessages(value)?.messages;
    return messages ? page(messages, (item) => accept(decodeMessage(item), soundMessage)) : null;
  },
};

const accept = <T>(record: T | null, sound: (record: T) => boolean): T | null =>
  record !== null && sound(record) ? record : null;

export const getPublicKey = (username: string) => ({
  method: 'GET' as const,
  path: `/chat/${encodeURIComponent(username)}/publickey`,
  response: createDecoder(PublicKey),
});

/** `bundle`: in base64. */
export const putBundle = (bundle: string) => ({
  method: 'PUT' as const,
  path: '/chat/keys/bundle',
  body: { bundle },
  response: ok,
});

export const getBundle = (username: string) => ({
  method: 'GET' as const,
  path: `/chat/${encodeURIComponent(username)}/bundle`,
  response: createDecoder(Bundle),
});

export type KeyLogPage = Static<typeof KeyLog>;
export const getKeyLog = (from: number) => ({
  method: 'GET' as const,
  path: `/key-log?from=${from}`,
  response: createDecoder(KeyLog),
});

export const postKeyExchange = (username: string, body: { id: string; encrypted_key: string }) => ({
  method: 'POST' as const,
  path: `/chat/${encodeURIComponent(username)}/keyexchange`,
  body,
  response: ok,
});

export const postMessage = (username: string, body: { id: string; message: string }) => ({
  method: 'POST' as const,
  path: `/chat/${encodeURIComponent(username)}/send`,
  body,
  response: ok,
});

export const postAck = (cursor: string) => ({
  method: 'POST' as const,
  path: '/chat/ack',
  body: { cursor },
  response: ok,
});

export const postEphemeral = (username: string, body: string) => ({
  method: 'POST' as const,
  path: `/chat/${encodeURIComponent(username)}/ephemeral`,
  body: { body },
  response: ok,
});

export const postPresence = { method: 'POST', path: '/presence', response: ok } as const;
export const postLogout = { method: 'POST', path: '/chat/auth/logout', response: ok } as const;

export const getRegisterChallenge = {
  method: 'GET',
  path: '/chat/auth/register-challenge',
  response: createDecoder(RegisterChallenge),
} as const;

export const postRegister = (body: {
  username: string;
  'public-key': string;
  nonce: string;
  payload: string;
  invite?: string;
}) => ({
  method: 'POST' as const,
  path: '/chat/auth/register',
  body,
  response: createDecoder(RegisterResponse),
});

export const postLoginChallenge = (username: string) => ({
  method: 'POST' as const,
  path: '/chat/auth/login-challenge',
  body: { username },
  response: createDecoder(LoginChallenge),
});

export const postLogin = (body: {
  username: string;
  challenge_response: string;
  proof: string;
  signatures: 'v2';
  client: string;
}) => ({
  method: 'POST' as const,
  path: '/chat/auth/login',
  body,
  response: createDecoder(LoginResponse),
});

const decodeSessions = createDecoder(Type.Object({ sessions: Type.Array(Type.Unknown()) }));
const decodeSession = createDecoder(Sessions.properties.sessions.items);

export const getSessions: WireRequest<OwnSession[]> = {
  method: 'GET',
  path: '/chat/auth/sessions',
  response: (value) => decodeSessions(value)?.sessions.flatMap(ownSession) ?? null,
};

/** None where it is malformed: that costs only itself. */
function ownSession(value: unknown): OwnSession[] {
  const session = decodeSession(value);
  if (!session) return [];
  const { 'session-id': id, opened_at, seen_at, current: isCurrent, client } = session;
  const [openedAt, seenAt] = [Date.parse(opened_at), Date.parse(seen_at)];
  return Number.isNaN(openedAt + seenAt) ? [] : [{ id, client, openedAt, seenAt, isCurrent }];
}

export const postEndSessions = (body: { 'session-id': string } | { others: true }) => ({
  method: 'POST' as const,
  path: '/chat/auth/sessions/end',
  body,
  response: ok,
});

export const postPassword = (body: { nonce: string; payload: string }) => ({
  method: 'POST' as const,
  path: '/chat/auth/password',
  body,
  response: ok,
});

export const postDelete = (body: { nonce: string; payload: string }) => ({
  method: 'POST' as const,
  path: '/chat/auth/delete',
  body,
  response: ok,
});
