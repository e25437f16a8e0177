import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Static, TSchema } from 'typebox';
import { profileDamaged } from '../client-error.ts';
import { createDecoder, parseJson } from '../decoder.ts';

/** Where a sealed value stands: moved to another place, it does not open. */
export interface Place {
  table: string;
  column: string;
  row: number;
}

export interface Sealer {
  /** version(1) || nonce(12) || AES-256-GCM ciphertext || tag(16). */
  seal(place: Place, plain: Uint8Array): Buffer;
  /** Throws ClientError profile_damaged when the value was changed or moved. */
  open(place: Place, sealed: Buffer): Buffer;
  /** 16 bytes that find a text again without showing it. */
  index(kind: string, text: string): Buffer;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES;
const INDEX_BYTES = 16;

export function createSealer(dataKey: Buffer): Sealer {
  const indexKey = Buffer.from(hkdfSync('sha256', dataKey, '', 'secure-chat profile index', 32));
  return {
    seal(place, plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
      cipher.setAAD(associatedData(place));
      return Buffer.concat([
        Buffer.of(VERSION),
        nonce,
        cipher.update(plain),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
    },
    open(place, sealed) {
      if (sealed[0] !== VERSION || sealed.length < HEADER_BYTES + TAG_BYTES) throw profileDamaged();
      const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(1, HEADER_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(associatedData(place));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw profileDamaged(cause);
      }
    },
    index: (kind, text) =>
      createHmac('sha256', indexKey).update(`${kind}\0${text}`).digest().subarray(0, INDEX_BYTES),
  };
}

const associatedData = ({ table, column, row }: Place): Buffer =>
  Buffer.from(JSON.stringify([table, column, row]));

/** A column whose values are sealed JSON of one shape. */
export interface SealedColumn<T> {
  seal(row: number, value: T): Buffer;
  open(row: number, sealed: Buffer): T;
}

export function createSealedColumn<S extends TSchema>(
  sealer: Sealer,
  table: string,
  column: string,
  schema: S,
): SealedColumn<Static<S>> {
  const decode = createDecoder(schema);
  return {
    seal: (row, value) => sealer.seal({ table, column, row }, Buffer.from(JSON.stringify(value))),
    open(row, sealed) {
      const value = decode(parseJson(sealer.open({ table, column, row }, sealed).toString()));
      if (value === null) throw profileDamaged();
      return value;
    },
  };
}
