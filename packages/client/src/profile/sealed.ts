import { createHmac, hkdfSync } from 'node:crypto';
import type { Static, TSchema } from 'typebox';
import { profileDamaged } from '../client-error.ts';
import { createDecoder, parseJson } from '../decoder.ts';
import { openAesGcm, sealAesGcm } from './aes-gcm.ts';

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
const INDEX_BYTES = 16;

export function createSealer(dataKey: Buffer): Sealer {
  const indexKey = Buffer.from(hkdfSync('sha256', dataKey, '', 'secure-chat profile index', 32));
  return {
    seal: (place, plain) => sealAesGcm(dataKey, associatedData(place), plain, Buffer.of(VERSION)),
    open(place, sealed) {
      const plain =
        sealed[0] === VERSION ? openAesGcm(dataKey, associatedData(place), sealed.subarray(1)) : null;
      if (!plain) throw profileDamaged();
      return plain;
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

/**
 * The same column for rows that are read far more often than written: what was opened is kept, and opened again when the sealed value
 * is another. Nobody may change what it gives.
 */
export function rememberOpened<T>(column: SealedColumn<T>): SealedColumn<Readonly<T>> {
  const opened = new Map<number, { sealed: Buffer; value: T }>();
  return {
    seal: column.seal,
    open(row, sealed) {
      const known = opened.get(row);
      if (known?.sealed.equals(sealed)) return known.value;
      const value = column.open(row, sealed);
      opened.set(row, { sealed, value });
      return value;
    },
  };
}
