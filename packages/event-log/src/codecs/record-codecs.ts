import {
  type Codec,
  type KeyRecord,
  type MessageRecord,
  type PresenceRecord,
  RECORDS,
  type RecordKind,
  type SessionRecord,
  type UserRecord,
} from '@secure-chat/wire/events';

/** How each kind of record is written to the log, and read. They throw `EventLogError`. */
export interface RecordCodecs {
  readonly user: Codec<UserRecord>;
  readonly session: Codec<SessionRecord>;
  readonly presence: Codec<PresenceRecord>;
  readonly message: Codec<MessageRecord>;
  readonly key: Codec<KeyRecord>;
}

export const createRecordCodecs = (codecOf: <T>(kind: RecordKind<T>) => Codec<T>): RecordCodecs => ({
  user: codecOf(RECORDS.user),
  session: codecOf(RECORDS.session),
  presence: codecOf(RECORDS.presence),
  message: codecOf(RECORDS.message),
  key: codecOf(RECORDS.key),
});
