import { hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder } from './data-folder.ts';

const KEY_BYTES = 32;

/**
 * The key that all services of an installation share: the configured one, or that of `service.key` in the data
 * folder (64 hex digits), which is made once and kept at mode 0600. The folder is
 * made where there is none. Throws when it cannot be used, or when the file holds anything else.
 */
export function loadServiceKey(configured: Buffer | null, dataDir: string): Buffer {
  makeDataFolder(dataDir);
  if (configured) return configured;
  const file = join(dataDir, 'service.key');
  // A complete file appears at once under its name, and the first of several services to start wins.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  if (statSync(file).mode & 0o077) chmodSync(file, 0o600);
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${file} does not hold a service key (64 hex digits)`);
  return Buffer.from(text, 'hex');
}

/** A 32-byte key for one purpose: HKDF-SHA256 (RFC 5869) of the service key. */
export const deriveKey = (serviceKey: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', serviceKey, new Uint8Array(), `secure-chat/${purpose}/v1`, KEY_BYTES));
