import { hkdfSync } from 'node:crypto';
import { Type } from 'typebox';
import { createDecoder, parseJson } from '../decoder.ts';
import { OVERHEAD_BYTES, openAesGcm, sealAesGcm } from './aes-gcm.ts';
import { isSoundVault, openVault, type Vault } from './vault.ts';

/**
 * A whole profile in one encrypted file: MAGIC, a line of JSON with the vault, nonce(12), AES-256-GCM of the database,
 * tag(16). The lines before are bound to it. The key is derived from the data key, so it opens with the profile's
 * password, whatever that was when it was written.
 */

const MAGIC = 'secure-chat profile 1\n';
/** Bytes of an archive: a profile of some two million messages. It is held in memory as a whole. */
export const ARCHIVE_BYTES_MAX = 1024 ** 3;
/** Bytes of the line of JSON: the vault takes some 250. */
const HEADER_MAX = 1_024;

const decodeHeader = createDecoder(
  Type.Object({
    memoryKib: Type.Integer(),
    passes: Type.Integer(),
    lanes: Type.Integer(),
    salt: Type.String(),
    wrappedKey: Type.String(),
  }),
);

export function sealArchive(vault: Vault, dataKey: Buffer, database: Buffer): Buffer {
  const { salt, wrappedKey, ...cost } = vault;
  const fields = { ...cost, salt: salt.toString('base64'), wrappedKey: wrappedKey.toString('base64') };
  const header = Buffer.from(`${MAGIC}${JSON.stringify(fields)}\n`);
  return sealAesGcm(keyOf(dataKey), header, database, header);
}

export type OpenedArchive = { dataKey: Buffer; database: Buffer } | 'wrong password' | 'damaged';

export async function openArchive(archive: Buffer, password: string): Promise<OpenedArchive> {
  const end = archive.subarray(0, MAGIC.length + HEADER_MAX).indexOf('\n', MAGIC.length) + 1;
  const header = archive.subarray(0, end);
  const sealed = archive.subarray(end);
  const fields = decodeHeader(parseJson(header.subarray(MAGIC.length).toString()));
  if (header.subarray(0, MAGIC.length).toString() !== MAGIC || !fields) return 'damaged';
  const { salt, wrappedKey, ...cost } = fields;
  const vault = {
    ...cost,
    salt: Buffer.from(salt, 'base64'),
    wrappedKey: Buffer.from(wrappedKey, 'base64'),
  };
  if (!isSoundVault(vault) || sealed.length < OVERHEAD_BYTES) return 'damaged';
  const dataKey = await openVault(vault, password);
  if (!dataKey) return 'wrong password';
  const database = openAesGcm(keyOf(dataKey), header, sealed);
  return database ? { dataKey, database } : 'damaged';
}

const keyOf = (dataKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', dataKey, '', 'secure-chat profile archive', 32));
