import { type AvroRecord, RECORDS } from '@secure-chat/wire/events';
import avsc from 'avsc';
import { createAvroCodec } from './avro-codec.ts';
import { alsoReadsJson } from './earlier-json.ts';
import { createRecordCodecs, type RecordCodecs } from './record-codecs.ts';
import type { SchemaIds } from './schema-ids.ts';

/** One schema of the embedded log. */
interface BuiltIn {
  readonly id: number;
  readonly subject: string;
  readonly schema: AvroRecord;
}

/** Before accounts could be deleted. */
const USER_BEFORE_DELETION: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'User',
  fields: [
    { name: 'username', type: 'string' },
    { name: 'publicKey', type: 'string' },
    { name: 'registeredAt', type: 'long' },
  ],
};

/** Before sessions had one kind of request signatures or the other. */
const SESSION_BEFORE_SIGNATURES: AvroRecord = {
  type: 'record',
  namespace: 'securechat',
  name: 'Session',
  fields: [
    { name: 'sessionId', type: 'string' },
    { name: 'username', type: 'string' },
    { name: 'sealedKey', type: 'string' },
    { name: 'openedAt', type: 'long' },
  ],
};

/** Before messages and keys said what wrote them. */
const beforeTraces = (name: string, content: string): AvroRecord => ({
  type: 'record',
  namespace: 'securechat',
  name,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'sender', type: 'string' },
    { name: content, type: 'string' },
    { name: 'sentAt', type: 'long' },
  ],
});

/**
 * Every schema that the embedded log was ever written with. Data folders live for years: append, never change. Who
 * changes a schema of `wire` writes the old one down here in full, and adds the new one with the next number.
 */
export const BUILT_IN_SCHEMAS: readonly BuiltIn[] = [
  { id: 1, subject: RECORDS.user.subject, schema: USER_BEFORE_DELETION },
  { id: 2, subject: RECORDS.session.subject, schema: SESSION_BEFORE_SIGNATURES },
  { id: 3, ...RECORDS.presence },
  { id: 4, subject: RECORDS.message.subject, schema: beforeTraces('Message', 'message') },
  { id: 5, subject: RECORDS.key.subject, schema: beforeTraces('Key', 'encryptedKey') },
  { id: 6, ...RECORDS.keyLog },
  { id: 7, ...RECORDS.session },
  { id: 8, ...RECORDS.signatures },
  { id: 9, ...RECORDS.message },
  { id: 10, ...RECORDS.key },
  { id: 11, ...RECORDS.user },
  { id: 12, ...RECORDS.usage },
];

const builtInIds: SchemaIds = {
  async idOf({ subject }) {
    const newest = BUILT_IN_SCHEMAS.findLast((entry) => entry.subject === subject);
    if (!newest) throw new Error(`no built-in schema of ${subject}`);
    return newest.id;
  },
  async schemaOf({ subject }, id) {
    const found = BUILT_IN_SCHEMAS.find((entry) => entry.id === id && entry.subject === subject);
    return found ? avsc.Type.forSchema(found.schema) : null;
  },
};

/** For the embedded log: no registry, no network. They also read what an earlier version wrote as JSON. */
export const createBuiltInCodecs = (): RecordCodecs =>
  createRecordCodecs((kind) => alsoReadsJson(kind, createAvroCodec(kind, builtInIds)));
