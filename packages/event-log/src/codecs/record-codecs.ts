import {
  type Codec,
  type KeyLogRecord,
  type KeyRecord,
  type MessageRecord,
  type PresenceRecord,
  RECORDS,
  type RecordKind,
  type SessionRecord,
  type SignaturesRecord,
  type UsageRecord,
  type UserRecord,
} from '@secure-chat/wire/events';

/** How each kind of record is written to the log, and read. They throw `EventLogError`. */
export interface RecordCodecs {
  readonly user: Codec<UserRecord>;
  readonly session: Codec<SessionRecord>;
  readonly presence: Codec<PresenceRecord>;
  readonly keyLog: Codec<KeyLogRecord>;
  readonly message: Codec<MessageRecord>;
  readonly key: Codec<KeyRecord>;
  readonly signatures: Codec<SignaturesRecord>;
  readonly usage: Codec<UsageRecord>;
}

export const createRecordCodecs = (codecOf: <T>(kind: RecordKind<T>) => Codec<T>): RecordCodecs => ({
  user: codecOf(RECORDS.user),
  session: codecOf(RECORDS.session),
  presence: codecOf(RECORDS.presence),
  keyLog: codecOf(RECORDS.keyLog),
  message: codecOf(RECORDS.message),
  key: codecOf(RECORDS.key),
  signatures: codecOf(RECORDS.signatures),
  usage: codecOf(RECORDS.usage),
});
