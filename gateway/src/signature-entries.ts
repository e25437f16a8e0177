import type { UsedSignature } from './used-signatures.ts';

/** 16 bytes of signature, and the second in which it ends to count: four bytes last until 2106. */
const ENTRY_BYTES = 20;
const SIGNATURE_BYTES = 16;

/** Signatures as a record of `chat.signatures` holds them: base64url of an entry each. */
export function encodeEntries(used: readonly UsedSignature[]): string {
  const bytes = Buffer.alloc(used.length * ENTRY_BYTES);
  used.forEach(({ signature, until }, index) => {
    bytes.write(signature, index * ENTRY_BYTES, 'latin1');
    bytes.writeUInt32BE(Math.floor(until / 1000), index * ENTRY_BYTES + SIGNATURE_BYTES);
  });
  return bytes.toString('base64url');
}

/** `until` to the second: the last millisecond of it. Null for what is not made of entries. */
export function decodeEntries(text: string): UsedSignature[] | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length % ENTRY_BYTES !== 0) return null;
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, index) => {
    const place = index * ENTRY_BYTES;
    return {
      signature: bytes.toString('latin1', place, place + SIGNATURE_BYTES),
      until: bytes.readUInt32BE(place + SIGNATURE_BYTES) * 1000 + 999,
    };
  });
}
