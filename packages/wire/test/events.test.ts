import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AvroRecord,
  KeyLogRecord,
  KeyRecord,
  MessageRecord,
  PresenceRecord,
  RECORDS,
  SessionRecord,
  SignaturesRecord,
  UsageRecord,
  UserRecord,
} from '../src/events.ts';

const TYPES = {
  user: UserRecord,
  session: SessionRecord,
  presence: PresenceRecord,
  keyLog: KeyLogRecord,
  message: MessageRecord,
  key: KeyRecord,
  signatures: SignaturesRecord,
  usage: UsageRecord,
};

const SOUND = {
  user: { username: 'a', publicKey: 'k', registeredAt: 1 },
  session: { sessionId: 's', username: 'a', sealedKey: 'k', openedAt: 1, signatures: 'v2' },
  presence: { username: 'a', online: true, at: 1 },
  keyLog: { index: 0, username: 'a', kind: 'k', content: 'c', at: 1, hash: 'h', bundle: '' },
  message: { id: 'i', sender: 'a', message: 'm', sentAt: 1 },
  key: { id: 'i', sender: 'a', encryptedKey: 'k', sentAt: 1 },
  signatures: { gateway: 'g', entries: 'e' },
  usage: { gateway: 'g', at: 1, uses: '[]' },
};

/** The names that Avro has for what TypeBox calls so. */
const AVRO_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'long',
  boolean: 'boolean',
};

const fieldsOf = ({ fields }: AvroRecord) => Object.fromEntries(fields.map(({ name, type }) => [name, type]));

describe.each(['user', 'session', 'presence', 'keyLog', 'message', 'key', 'signatures', 'usage'] as const)(
  'a %s record',
  (kind) => {
    it('has the same members in Avro as in the type that guards it', () => {
      const members = Object.entries(TYPES[kind].properties).map(([name, { type }]) => [
        name,
        AVRO_TYPES[type],
      ]);
      expect(fieldsOf(RECORDS[kind].schema)).toEqual(Object.fromEntries(members));
    });

    it('is told from every other value', () => {
      const { isRecord } = RECORDS[kind];
      expect(Object.entries(SOUND).filter(([, record]) => isRecord(record))).toEqual([[kind, SOUND[kind]]]);
      fc.assert(fc.property(fc.anything(), (value) => !isRecord(value)));
    });

    it('may have members that this version does not know', () => {
      expect(RECORDS[kind].isRecord({ ...SOUND[kind], later: true })).toBe(true);
    });
  },
);

it('has one subject for each kind of topic', () => {
  expect(Object.entries(RECORDS).map(([kind, { subject }]) => [kind, subject])).toEqual([
    ['user', 'chat.users-value'],
    ['session', 'chat.sessions-value'],
    ['presence', 'chat.presence-value'],
    ['keyLog', 'chat.key-log-value'],
    ['message', 'user_queue-value'],
    ['key', 'user_keys-value'],
    ['signatures', 'chat.signatures-value'],
    ['usage', 'chat.usage-value'],
  ]);
});

describe('a record with one member wrong', () => {
  it.each([
    { ...SOUND.message, sentAt: 1.5 },
    { ...SOUND.message, sentAt: '1' },
    { ...SOUND.message, message: null },
    { ...SOUND.message, sender: undefined },
  ])('is none: %j', (record) => {
    expect(RECORDS.message.isRecord(record)).toBe(false);
  });

  it('is none when it says of a session that it has signatures that nobody knows', () => {
    expect(RECORDS.session.isRecord({ ...SOUND.session, signatures: 'v3' })).toBe(false);
    expect(RECORDS.session.isRecord({ ...SOUND.session, signatures: undefined })).toBe(true);
  });
});
