import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/**
 * Records of the event log. Nothing here is secret in the clear: what is sealed says so. Each stands here twice: as the
 * type that guards what was decoded, and as the Avro schema in which it is written. A schema changes only so that the
 * new one reads what the old one wrote (BACKWARD): a new field has a default.
 */

/** An Avro record as JSON, of the few things that our records are made of. */
export interface AvroRecord {
  type: 'record';
  namespace: string;
  name: string;
  fields: { name: string; type: 'string' | 'long' | 'boolean'; default?: string | number | boolean }[];
}

/** `chat.users`, key: the folded name. Never a tombstone of the log: of a deleted account its record stays. */
export const UserRecord = Type.Object({
  username: Type.String(),
  publicKey: Type.String(),
  registeredAt: Type.Integer(),
  /** Unix milliseconds; 0, or absent, for an account that is there. Otherwise no key is left, and the name is nobody's for ever. */
  deletedAt: Type.Optional(Type.Integer()),
});
export type UserRecord = Type.Static<typeof UserRecord>;
const USER_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'User',
  fields: [
    { name: 'username', type: 'string' },
    { name: 'publicKey', type: 'string' },
    { name: 'registeredAt', type: 'long' },
    { name: 'deletedAt', type: 'long', default: 0 },
  ],
};

/** `chat.sessions`, key: the session id; a tombstone when it is over. */
export const SessionRecord = Type.Object({
  sessionId: Type.String(),
  username: Type.String(),
  /** The session key, sealed under the service key: base64url. */
  sealedKey: Type.String(),
  openedAt: Type.Integer(),
  /** Of the two kinds of request signatures the one that the session has; v1 where absent. */
  signatures: Type.Optional(Type.String({ pattern: '^v[12]$' })),
});
export type SessionRecord = Type.Static<typeof SessionRecord>;
const SESSION_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'Session',
  fields: [
    { name: 'sessionId', type: 'string' },
    { name: 'username', type: 'string' },
    { name: 'sealedKey', type: 'string' },
    { name: 'openedAt', type: 'long' },
    { name: 'signatures', type: 'string', default: 'v1' },
  ],
};

/** `chat.presence`, key: the folded name. */
export const PresenceRecord = Type.Object({
  username: Type.String(),
  online: Type.Boolean(),
  at: Type.Integer(),
});
export type PresenceRecord = Type.Static<typeof PresenceRecord>;
const PRESENCE_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'Presence',
  fields: [
    { name: 'username', type: 'string' },
    { name: 'online', type: 'boolean' },
    { name: 'at', type: 'long' },
  ],
};

/**
 * `chat.key-log`, key: a random one for each record, so that compaction takes none. An entry of the key log, chained to the
 * one before it (`docs/e2ee.md`).
 */
export const KeyLogRecord = Type.Object({
  index: Type.Integer(),
  username: Type.String(),
  kind: Type.String(),
  /** SHA-256 of what was published: hex. */
  content: Type.String(),
  at: Type.Integer(),
  /** Of the chain, after this entry: hex. */
  hash: Type.String(),
  /** Base64; empty for a public key, which stands in `chat.users`. */
  bundle: Type.String(),
});
export type KeyLogRecord = Type.Static<typeof KeyLogRecord>;
const KEY_LOG_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'KeyLogEntry',
  fields: [
    { name: 'index', type: 'long' },
    { name: 'username', type: 'string' },
    { name: 'kind', type: 'string' },
    { name: 'content', type: 'string' },
    { name: 'at', type: 'long' },
    { name: 'hash', type: 'string' },
    { name: 'bundle', type: 'string' },
  ],
};

/** What wrote the record: a traceparent (W3C Trace Context), where requests are traced. Never sent to a client. */
const Trace = Type.Optional(Type.String());

/** `user_queue_{username}`. `message` is opaque to every server. */
export const MessageRecord = Type.Object({
  id: Type.String(),
  sender: Type.String(),
  message: Type.String(),
  sentAt: Type.Integer(),
  trace: Trace,
});
export type MessageRecord = Type.Static<typeof MessageRecord>;
const MESSAGE_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'Message',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'sender', type: 'string' },
    { name: 'message', type: 'string' },
    { name: 'sentAt', type: 'long' },
    { name: 'trace', type: 'string', default: '' },
  ],
};

/** `user_keys_{username}`. `encryptedKey` is opaque to every server. */
export const KeyRecord = Type.Object({
  id: Type.String(),
  sender: Type.String(),
  encryptedKey: Type.String(),
  sentAt: Type.Integer(),
  trace: Trace,
});
export type KeyRecord = Type.Static<typeof KeyRecord>;
const KEY_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'Key',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'sender', type: 'string' },
    { name: 'encryptedKey', type: 'string' },
    { name: 'sentAt', type: 'long' },
    { name: 'trace', type: 'string', default: '' },
  ],
};

/** `chat.signatures`: which signatures a gateway has accepted. */
export const SignaturesRecord = Type.Object({
  /** The id of the gateway's process. */
  gateway: Type.String(),
  /** Base64url: of each signature 16 bytes of it, and 4 of the second in which it ends to count. */
  entries: Type.String(),
});
export type SignaturesRecord = Type.Static<typeof SignaturesRecord>;
const SIGNATURES_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'Signatures',
  fields: [
    { name: 'gateway', type: 'string' },
    { name: 'entries', type: 'string' },
  ],
};

/** `chat.usage`: what a gateway has let users and addresses do, of which other gateways should know. */
export const UsageRecord = Type.Object({
  /** The id of the gateway's process. */
  gateway: Type.String(),
  at: Type.Integer(),
  /** JSON: `[rule, whose bucket, how many]`, any number of them. */
  uses: Type.String(),
});
export type UsageRecord = Type.Static<typeof UsageRecord>;
const USAGE_SCHEMA: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'Usage',
  fields: [
    { name: 'gateway', type: 'string' },
    { name: 'at', type: 'long' },
    { name: 'uses', type: 'string' },
  ],
};

/** What is written to one kind of topic. */
export interface RecordKind<T> {
  /** Its name in a schema registry: one for all topics of the kind. */
  readonly subject: string;
  readonly schema: AvroRecord;
  /** Members that this version does not know are allowed. */
  isRecord(value: unknown): value is T;
}

function recordKind<S extends TSchema>(
  subject: string,
  schema: AvroRecord,
  type: S,
): RecordKind<Type.Static<S>> {
  let compiled: Validator | undefined;
  return {
    subject,
    schema,
    isRecord(value): value is Type.Static<S> {
      compiled ??= Compile(type);
      return compiled.Check(value);
    },
  };
}

export const RECORDS = {
  user: recordKind('chat.users-value', USER_SCHEMA, UserRecord),
  session: recordKind('chat.sessions-value', SESSION_SCHEMA, SessionRecord),
  presence: recordKind('chat.presence-value', PRESENCE_SCHEMA, PresenceRecord),
  keyLog: recordKind('chat.key-log-value', KEY_LOG_SCHEMA, KeyLogRecord),
  message: recordKind('user_queue-value', MESSAGE_SCHEMA, MessageRecord),
  key: recordKind('user_keys-value', KEY_SCHEMA, KeyRecord),
  signatures: recordKind('chat.signatures-value', SIGNATURES_SCHEMA, SignaturesRecord),
  usage: recordKind('chat.usage-value', USAGE_SCHEMA, UsageRecord),
};

/** Records to bytes and back. Both throw a retryable error where a schema is needed that cannot be had now. */
export interface Codec<T> {
  encode(record: T): Promise<Uint8Array>;
  /** Null for bytes that are not such a record. */
  decode(bytes: Uint8Array): Promise<T | null>;
}
