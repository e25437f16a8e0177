import { Type } from 'typebox';
import { CursorText } from './cursor.ts';
import {
  BUNDLE_MAX,
  ENCRYPTED_KEY_MAX,
  EPHEMERAL_MAX,
  KEY_LOG_PAGE_MAX,
  MESSAGE_MAX,
  PRESENCE_NAMES_MAX,
  PUBLIC_KEY_MAX,
  SESSION_CLIENT_MAX,
  SESSIONS_MAX,
} from './limits.ts';
import { NAME_PATTERN } from './names.ts';
import { Username } from './username.ts';

/** Bodies of the public API, wire contract v1. Extra members are allowed everywhere. */

const Nonce = Type.String({ pattern: '^[0-9a-f]{32}$', description: '16 random bytes in lower-case hex.' });
/** Room for RSA-8192: 1,024 bytes are 2,048 hex digits. */
const Hex = Type.String({ pattern: '^([0-9a-fA-F]{2})+$', maxLength: 2048 });
const Pem = Type.String({
  maxLength: PUBLIC_KEY_MAX,
  description: 'PEM SubjectPublicKeyInfo, RSA, 2048 bits or more, e = 65537.',
});
/** Made by the client, the same for every retry; the receiver shows an id once. */
export const RecordId = Type.String({ pattern: '^[A-Za-z0-9_-]{16,64}$' });

export const RegisterChallenge = Type.Object({ public_key: Pem, nonce: Nonce });
export const RegisterRequest = Type.Object({
  username: Type.String({ maxLength: 1024 }),
  'public-key': Pem,
  nonce: Type.String({ maxLength: 64 }),
  payload: Type.String({
    maxLength: 2048,
    description: 'OAEP256(server, "<password hash>|<nonce>") in hex.',
  }),
  invite: Type.Optional(
    Type.String({ maxLength: 64, description: 'The code of an invitation, where the server wants one.' }),
  ),
});
export const RegisterResponse = Type.Object({ status: Type.Literal('success') });

export const LoginChallengeRequest = Type.Object({ username: Type.String({ maxLength: 1024 }) });
export const LoginChallenge = Type.Object({ challenge: Hex });
export const LoginRequest = Type.Object({
  username: Type.String({ maxLength: 1024 }),
  challenge_response: Type.String({ maxLength: 64, description: 'The nonce out of the challenge.' }),
  proof: Type.String({
    maxLength: 128,
    description: 'Hex HMAC-SHA256, key: ASCII of the password hash, message: the nonce.',
  }),
  signatures: Type.Optional(
    Type.Literal('v2', {
      description:
        'The session is to be one of request signatures v2, and to refuse v1; of v1 when it is left out.',
    }),
  ),
  client: Type.Optional(
    Type.String({
      pattern: `^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,${SESSION_CLIENT_MAX}}$`,
      description: "What signs in, in printable characters: stands in the list of the user's sessions.",
    }),
  ),
});
const SessionId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });
export const LoginResponse = Type.Object({ 'session-key': Hex, 'session-id': SessionId });

const Time = Type.String({ format: 'date-time' });
/** The one unused for longest comes last. */
export const Sessions = Type.Object({
  sessions: Type.Array(
    Type.Object({
      'session-id': SessionId,
      opened_at: Time,
      seen_at: Type.String({
        ...Time,
        description: 'Of a signed request; gateways report them once a minute.',
      }),
      current: Type.Boolean({ description: 'It signed this request.' }),
      client: Type.String({ description: 'What its login said; empty for nothing.' }),
    }),
    { maxItems: SESSIONS_MAX },
  ),
});
export const EndSessionsRequest = Type.Union([
  Type.Object({ 'session-id': Type.String({ maxLength: 64 }) }),
  Type.Object({
    others: Type.Literal(true, {
      description: 'All but the one that signs. Not together with `session-id`.',
    }),
  }),
]);
export const PasswordRequest = Type.Object({
  nonce: Type.String({ maxLength: 64, description: 'Of a register challenge.' }),
  payload: Type.String({
    maxLength: 2048,
    description: 'OAEP256(server, "<old password hash>|<new password hash>|<nonce>") in hex.',
  }),
});

export const DeleteRequest = Type.Object({
  nonce: Type.String({ maxLength: 64 }),
  payload: Type.String({
    maxLength: 2048,
    description: 'OAEP256(server, "<password hash>|<nonce>") in hex; key and nonce of `register-challenge`.',
  }),
});

export const Ok = Type.Object({ status: Type.Literal('OK') });
export const Users = Type.Array(Type.Object({ username: Username, online: Type.Boolean() }));
export const PublicKey = Type.Object({ 'public-key': Pem });

/** A signed bundle of protocol v2 in canonical base64. */
export const Bundle = Type.Object({ bundle: Type.String({ minLength: 1, maxLength: BUNDLE_MAX }) });

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
export const KeyLogQuery = Type.Object({
  from: Type.Optional(
    Type.String({ pattern: '^(0|[1-9][0-9]{0,14})$', description: 'Entry to begin with.' }),
  ),
});
export const KeyLog = Type.Object({
  from: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  size: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Entries of the whole log.',
  }),
  hash: Type.String({ ...Sha256, description: 'Of the chain, after the last entry of this page.' }),
  entries: Type.Array(
    Type.Object({
      username: Username,
      kind: Type.Enum(['public-key', 'bundle']),
      content: Type.String({ ...Sha256, description: 'SHA-256 of the SPKI DER, or of the bundle.' }),
      at: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Unix milliseconds.' }),
    }),
    { maxItems: KEY_LOG_PAGE_MAX },
  ),
});

export const KeyExchangeRequest = Type.Object({
  encrypted_key: Type.String({ minLength: 1, maxLength: ENCRYPTED_KEY_MAX }),
  id: Type.Optional(RecordId),
});
export const SendRequest = Type.Object({
  message: Type.String({ minLength: 1, maxLength: MESSAGE_MAX }),
  id: Type.Optional(RecordId),
});

/** Of every record that is handed out: `id` and `seq`, for clients that drop duplicates and look for holes. */
export const Place = {
  id: RecordId,
  seq: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  timestamp: Type.String({ format: 'date-time' }),
};
export const PendingKeys = Type.Object({
  keys: Type.Array(Type.Object({ sender: Username, encrypted_key: Type.String(), ...Place })),
});
export const PendingMessages = Type.Object({
  messages: Type.Array(
    Type.Object({ type: Type.Literal('CHAT_MESSAGE'), sender: Username, message: Type.String(), ...Place }),
  ),
});

export const StreamQuery = Type.Object({
  cursor: Type.Optional(CursorText),
  presence: Type.Optional(
    Type.String({
      pattern: `^(${NAME_PATTERN}(,${NAME_PATTERN}){0,${PRESENCE_NAMES_MAX - 1}})?$`,
      description: 'Names, with commas, whose presence is wanted: nobody when empty, everybody when absent.',
    }),
  ),
});
export const StreamHeaders = Type.Object({
  'Last-Event-ID': Type.Optional(Type.String({ description: 'As `cursor`, and before it.' })),
});
export const AckRequest = Type.Object({ cursor: CursorText });
export const EphemeralRequest = Type.Object({
  body: Type.String({ minLength: 1, maxLength: EPHEMERAL_MAX, description: 'Opaque; stored nowhere.' }),
});

export const Health = Type.Object({ status: Type.Literal('ok') });
export const Readiness = Type.Object({
  status: Type.Enum(['ready', 'not ready']),
  parts: Type.Record(Type.String(), Type.Boolean()),
});
