import type { Codec, RecordKind } from '@secure-chat/wire/events';
import avsc from 'avsc';
import { VALUE_MAX } from '../limits.ts';
import type { SchemaIds } from './schema-ids.ts';

/** Confluent's wire format: a zero, the schema's number in four bytes (big-endian), the Avro body. */
const HEADER_BYTES = 5;

/** An Avro body to a value of our schema, whatever schema it was written with. Throws for anything else. */
type Reader = (body: Buffer) => unknown;

/**
 * Records in Confluent's wire format. What an older or a newer version wrote is read by Avro's rules: fields that we do
 * not know are left out, those that we miss get our defaults. Readers are kept: there are as many as the subject has
 * schemas.
 */
export function createAvroCodec<T>(kind: RecordKind<T>, schemas: SchemaIds): Codec<T> {
  const ours = avsc.Type.forSchema(kind.schema);
  const readers = new Map<number, Reader>();
  let header: Buffer | undefined;

  const learn = async (id: number): Promise<Reader | null> => {
    const theirs = await schemas.schemaOf(kind, id);
    const reader = theirs && readerOf(ours, theirs);
    if (reader) readers.set(id, reader);
    return reader;
  };

  return {
    async encode(record) {
      header ??= headerOf(await schemas.idOf(kind));
      return Buffer.concat([header, ours.toBuffer(record)]);
    },
    async decode(bytes) {
      const { byteLength } = bytes;
      if (bytes[0] !== 0 || byteLength < HEADER_BYTES || byteLength > VALUE_MAX) return null;
      const framed = Buffer.from(bytes.buffer, bytes.byteOffset, byteLength);
      const id = framed.readUInt32BE(1);
      const read = readers.get(id) ?? (await learn(id));
      if (!read) return null;
      try {
        const value = read(framed.subarray(HEADER_BYTES));
        return kind.isRecord(value) ? value : null;
      } catch {
        return null;
      }
    },
  };
}

function headerOf(id: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(id, 1);
  return header;
}

/** For a schema that ours cannot be read from: the record is refused, and so is the next one. */
const refuse: Reader = () => {
  throw new TypeError('written with a schema that ours does not follow from');
};

function readerOf(ours: avsc.Type, theirs: avsc.Type): Reader {
  try {
    const resolver = ours.createResolver(theirs);
    return (body) => ours.fromBuffer(body, resolver);
  } catch {
    return refuse;
  }
}
