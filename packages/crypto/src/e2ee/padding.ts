import { u32 } from './byte-list.ts';

/** A padded body has one of these sizes in bytes, or a multiple of the largest: that is all that its length tells. */
const SIZES = [256, 1_024, 4_096, 16_384] as const;
const LARGEST = 16_384;
const LENGTH_BYTES = 4;

/** The length of the body (4 bytes, big-endian), the body, zeros. */
export function pad(body: Uint8Array): Buffer {
  const needed = LENGTH_BYTES + body.length;
  const size = SIZES.find((each) => each >= needed) ?? Math.ceil(needed / LARGEST) * LARGEST;
  return Buffer.concat([u32(body.length), body], size);
}

/** The body, or null for what `pad` did not make. */
export function unpad(padded: Uint8Array): Buffer | null {
  const bytes = Buffer.from(padded.buffer, padded.byteOffset, padded.byteLength);
  if (bytes.length < LENGTH_BYTES) return null;
  const end = LENGTH_BYTES + bytes.readUInt32BE();
  if (end > bytes.length) return null;
  const body = bytes.subarray(LENGTH_BYTES, end);
  return pad(body).equals(bytes) ? body : null;
}
