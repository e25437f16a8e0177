import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** Records of the event log. Nothing here is secret in the clear: what is sealed says so. */

/** `chat.users`, key: the folded name. */
export const UserRecord = Type.Object({
  username: Type.String(),
  publicKey: Type.String(),
  registeredAt: Type.Integer(),
});
export type UserRecord = Type.Static<typeof UserRecord>;

/** `chat.sessions`, key: the session id; a tombstone when it is over. */
export const SessionRecord = Type.Object({
  sessionId: Type.String(),
  username: Type.String(),
  /** The session key, sealed under the service key: base64url. */
  sealedKey: Type.String(),
  openedAt: Type.Integer(),
});
export type SessionRecord = Type.Static<typeof SessionRecord>;

/** `chat.presence`, key: the folded name. */
export const PresenceRecord = Type.Object({
  username: Type.String(),
  online: Type.Boolean(),
  at: Type.Integer(),
});
export type PresenceRecord = Type.Static<typeof PresenceRecord>;

/** `user_queue_{username}`. `message` is opaque to every server. */
export const MessageRecord = Type.Object({
  id: Type.String(),
  sender: Type.String(),
  message: Type.String(),
  sentAt: Type.Integer(),
});
export type MessageRecord = Type.Static<typeof MessageRecord>;

/** `user_keys_{username}`. `encryptedKey` is opaque to every server. */
export const KeyRecord = Type.Object({
  id: Type.String(),
  sender: Type.String(),
  encryptedKey: Type.String(),
  sentAt: Type.Integer(),
});
export type KeyRecord = Type.Static<typeof KeyRecord>;

export interface Codec<T> {
  encode(record: T): Uint8Array;
  /** Null for bytes that are not such a record. */
  decode(bytes: Uint8Array): T | null;
}

function jsonCodec<S extends TSchema>(schema: S): Codec<Type.Static<S>> {
  let compiled: Validator | undefined;
  const check = (value: unknown): value is Type.Static<S> => {
    compiled ??= Compile(schema);
    return compiled.Check(value);
  };
  return {
    encode: (record) => Buffer.from(JSON.stringify(record)),
    decode(bytes) {
      try {
        const value: unknown = JSON.parse(
          Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
        );
        return check(value) ? value : null;
      } catch {
        return null;
      }
    },
  };
}

export const userCodec = jsonCodec(UserRecord);
export const sessionCodec = jsonCodec(SessionRecord);
export const presenceCodec = jsonCodec(PresenceRecord);
export const messageCodec = jsonCodec(MessageRecord);
export const keyCodec = jsonCodec(KeyRecord);
