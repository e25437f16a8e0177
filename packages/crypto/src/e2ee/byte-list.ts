/**
 * The one encoding of protocol v2: a list of byte strings, each after its length (4 bytes, big-endian). Two different lists
 * never have the same bytes, so what is signed or hashed in this form means one thing.
 */

const LENGTH_BYTES = 4;

export function encodeList(parts: readonly (Uint8Array | string)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      return [u32(bytes.length), bytes];
    }),
  );
}

/** Views on the parts by their names, in order; null unless the bytes are a list of just so many, or, if `open`, of more. */
export function decodeList<const Name extends string>(
  bytes: Uint8Array,
  names: readonly Name[],
  { open = false } = {},
): Record<Name, Buffer> | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Partial<Record<Name, Buffer>> = {};
  let at = 0;
  for (const name of names) {
    if (buffer.length - at < LENGTH_BYTES) return null;
    const start = at + LENGTH_BYTES;
    at = start + buffer.readUInt32BE(at);
    if (at > buffer.length) return null;
    parts[name] = buffer.subarray(start, at);
  }
  // Each name has its part: the loop leaves none out.
  return open || at === buffer.length ? (parts as Record<Name, Buffer>) : null;
}

/** 4 bytes, big-endian. Throws for what is no such number. */
export function u32(value: number): Buffer {
  if (!Number.isInteger(value)) throw new RangeError(`${value} is no whole number`);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** 8 bytes, big-endian. Throws for what is no such number. */
export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export const readU32 = (bytes: Buffer): number | null => (bytes.length === 4 ? bytes.readUInt32BE() : null);

/** Null also for numbers that JavaScript does not hold exactly. */
export function readU64(bytes: Buffer): number | null {
  if (bytes.length !== 8) return null;
  const value = Number(bytes.readBigUInt64BE());
  return Number.isSafeInteger(value) ? value : null;
}

/** Null unless the bytes are UTF-8. */
export function readText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
