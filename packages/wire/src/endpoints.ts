import type { TObject, TSchema } from 'typebox';
import * as api from './api.ts';
import type { ErrorCode } from './errors.ts';
import { STREAM_EVENTS } from './stream-events.ts';

/** Which service answers an endpoint. */
export type ServiceName = 'auth' | 'directory' | 'relay';

export type Method = 'GET' | 'POST' | 'PUT';

export interface Endpoint {
  readonly method: Method;
  /** Path with `:username` for a user name. The same inside as outside. */
  readonly path: string;
  readonly service: ServiceName;
  /** Signed by a session's key, or open to anyone. */
  readonly signed: boolean;
  readonly summary: string;
  /** Parameters behind the `?`: each a string, at most once. */
  readonly query?: TObject;
  /** Headers that mean something here, beside those of every request. */
  readonly headers?: TObject;
  readonly request?: TSchema;
  /** Of the body; absent where the answer is a stream. */
  readonly response?: TSchema;
  /** The answer is `text/event-stream`: the data of each event, by its name. */
  readonly events?: Readonly<Record<string, TSchema>>;
  /** Codes beside those that any endpoint can give. */
  readonly errors: readonly ErrorCode[];
}

/** The public API, wire contract v1 and what protocol v2 adds: what the gateway routes and what `/openapi.json` says. */
export const ENDPOINTS = [
  {
    method: 'GET',
    path: '/chat/auth/register-challenge',
    service: 'auth',
    signed: false,
    summary: 'The key and the nonce to register with.',
    response: api.RegisterChallenge,
    errors: [],
  },
  {
    method: 'POST',
    path: '/chat/auth/register',
    service: 'auth',
    signed: false,
    summary: 'Register a user.',
    request: api.RegisterRequest,
    response: api.RegisterResponse,
    errors: [
      'bad_name',
      'name_taken',
      'bad_nonce',
      'bad_key',
      'bad_payload',
      'bad_invite',
      'registration_closed',
    ],
  },
  {
    method: 'POST',
    path: '/chat/auth/login-challenge',
    service: 'auth',
    signed: false,
    summary: 'A nonce encrypted to the user; a decoy for a name that is not registered.',
    request: api.LoginChallengeRequest,
    response: api.LoginChallenge,
    errors: ['bad_name'],
  },
  {
    method: 'POST',
    path: '/chat/auth/login',
    service: 'auth',
    signed: false,
    summary: 'Open a session.',
    request: api.LoginRequest,
    response: api.LoginResponse,
    errors: ['unauthorized', 'suspended', 'too_many'],
  },
  {
    method: 'POST',
    path: '/chat/auth/logout',
    service: 'auth',
    signed: true,
    summary: 'End the session that signed the request.',
    response: api.Ok,
    errors: [],
  },
  {
    method: 'POST',
    path: '/chat/auth/delete',
    service: 'auth',
    signed: true,
    summary: 'Delete the account: its sessions, keys, mailboxes. The name is never given out again.',
    request: api.DeleteRequest,
    response: api.Ok,
    errors: ['bad_nonce', 'bad_payload', 'wrong_password'],
  },
  {
    method: 'GET',
    path: '/chat/auth/sessions',
    service: 'auth',
    signed: true,
    summary: "The user's sessions.",
    response: api.Sessions,
    errors: [],
  },
  {
    method: 'POST',
    path: '/chat/auth/sessions/end',
    service: 'auth',
    signed: true,
    summary: "End one of the user's sessions, or all others.",
    request: api.EndSessionsRequest,
    response: api.Ok,
    errors: ['not_found'],
  },
  {
    method: 'POST',
    path: '/chat/auth/password',
    service: 'auth',
    signed: true,
    summary: 'Change the password hash, and end all other sessions.',
    request: api.PasswordRequest,
    response: api.Ok,
    errors: ['bad_nonce', 'bad_payload', 'wrong_password'],
  },
  {
    method: 'GET',
    path: '/chat/users',
    service: 'directory',
    signed: true,
    summary: 'All users and whether they are online.',
    response: api.Users,
    errors: [],
  },
  {
    method: 'POST',
    path: '/presence',
    service: 'directory',
    signed: true,
    summary: 'Count as online for the next 6 s.',
    response: api.Ok,
    errors: [],
  },
  {
    method: 'GET',
    path: '/chat/:username/publickey',
    service: 'directory',
    signed: true,
    summary: "A user's public key.",
    response: api.PublicKey,
    errors: ['bad_name', 'unknown_user'],
  },
  {
    method: 'PUT',
    path: '/chat/keys/bundle',
    service: 'directory',
    signed: true,
    summary: 'Publish a bundle of protocol v2, in the place of the last one.',
    request: api.Bundle,
    response: api.Ok,
    errors: ['bad_bundle', 'old_bundle', 'too_many'],
  },
  {
    method: 'GET',
    path: '/chat/:username/bundle',
    service: 'directory',
    signed: true,
    summary: "A user's bundle of protocol v2.",
    response: api.Bundle,
    errors: ['bad_name', 'unknown_user', 'no_bundle'],
  },
  {
    method: 'GET',
    path: '/key-log',
    service: 'directory',
    signed: true,
    summary: 'A page of the log of all public keys and bundles.',
    query: api.KeyLogQuery,
    response: api.KeyLog,
    errors: [],
  },
  {
    method: 'POST',
    path: '/chat/:username/keyexchange',
    service: 'relay',
    signed: true,
    summary: "Append a key exchange to the recipient's key topic.",
    request: api.KeyExchangeRequest,
    response: api.Ok,
    errors: ['bad_name', 'unknown_user', 'mailbox_full'],
  },
  {
    method: 'GET',
    path: '/chat/keyexchange',
    service: 'relay',
    signed: true,
    summary: 'The key exchanges that wait, oldest first.',
    response: api.PendingKeys,
    errors: [],
  },
  {
    method: 'POST',
    path: '/chat/:username/send',
    service: 'relay',
    signed: true,
    summary: "Append a message to the recipient's topic.",
    request: api.SendRequest,
    response: api.Ok,
    errors: ['bad_name', 'unknown_user', 'mailbox_full'],
  },
  {
    method: 'GET',
    path: '/chat/messages',
    service: 'relay',
    signed: true,
    summary: 'The messages that wait, oldest first.',
    response: api.PendingMessages,
    errors: [],
  },
  {
    method: 'GET',
    path: '/chat/stream',
    service: 'relay',
    signed: true,
    summary: 'What waits, then what arrives, as server-sent events.',
    query: api.StreamQuery,
    headers: api.StreamHeaders,
    events: STREAM_EVENTS,
    errors: [],
  },
  {
    method: 'POST',
    path: '/chat/ack',
    service: 'relay',
    signed: true,
    summary: 'Everything up to this cursor is stored: it need not come again.',
    request: api.AckRequest,
    response: api.Ok,
    errors: [],
  },
  {
    method: 'POST',
    path: '/chat/:username/ephemeral',
    service: 'relay',
    signed: true,
    summary: "Pass something on to the user's open streams, and forget it.",
    request: api.EphemeralRequest,
    response: api.Ok,
    errors: ['bad_name', 'unknown_user', 'too_many'],
  },
] as const satisfies readonly Endpoint[];
