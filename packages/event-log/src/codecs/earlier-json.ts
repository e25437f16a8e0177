import type { Codec, RecordKind } from '@secure-chat/wire/events';

/** `{`: an Avro record begins with a zero, so the first byte tells which it is. */
const JSON_START = 0x7b;

/**
 * Before Avro records were JSON. Those stay readable for as long as there is an embedded log: a user's record
 * is written once and followed for ever, and a message waits until its reader comes, so no moment comes at which none
 * is left. Nothing is written that way any more, and nothing has to be converted when a data folder is upgraded.
 */
export const alsoReadsJson = <T>(kind: RecordKind<T>, codec: Codec<T>): Codec<T> => ({
  encode: codec.encode,
  decode: async (bytes) => (bytes[0] === JSON_START ? fromJson(kind, bytes) : codec.decode(bytes)),
});

function fromJson<T>({ isRecord }: RecordKind<T>, bytes: Uint8Array): T | null {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
