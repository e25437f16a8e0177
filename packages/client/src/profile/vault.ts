import { randomBytes } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { OVERHEAD_BYTES, openAesGcm, sealAesGcm } from './aes-gcm.ts';

/** e2ee design, "At rest": password -> argon2id -> key-encryption key -> random data key. */

export interface KdfCost {
  memoryKib: number;
  passes: number;
  lanes: number;
}

/** 64 MiB and three passes: 150 ms here, and costly to try many passwords on graphics cards. */
export const KDF_COST: KdfCost = { memoryKib: 64 * 1024, passes: 3, lanes: 1 };

/** The most that a profile may ask for, so that a planted file cannot take all memory: 1 GiB, 16 passes. */
const KDF_COST_MAX: KdfCost = { memoryKib: 1024 * 1024, passes: 16, lanes: 16 };

/** What a profile holds to unlock it: nothing in it is secret without the password. */
export interface Vault extends KdfCost {
  salt: Buffer;
  /** nonce(12) || data key sealed by AES-256-GCM || tag(16). */
  wrappedKey: Buffer;
}

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const ARGON2ID = 2;

/** Whether the parameters are ones that this client may follow. */
export const isSoundVault = (vault: Vault): boolean =>
  vault.memoryKib >= 8 * vault.lanes &&
  vault.memoryKib <= KDF_COST_MAX.memoryKib &&
  vault.passes >= 1 &&
  vault.passes <= KDF_COST_MAX.passes &&
  vault.lanes >= 1 &&
  vault.lanes <= KDF_COST_MAX.lanes &&
  vault.salt.length === SALT_BYTES &&
  vault.wrappedKey.length === KEY_BYTES + OVERHEAD_BYTES;

/** A fresh random data key of 32 bytes, wrapped under the password. */
export async function createVault(
  password: string,
  cost: KdfCost = KDF_COST,
): Promise<{ vault: Vault; dataKey: Buffer }> {
  const dataKey = randomBytes(KEY_BYTES);
  return { vault: await wrapDataKey(dataKey, password, cost), dataKey };
}

/** The same data key under a password, with a fresh salt. */
export async function wrapDataKey(dataKey: Buffer, password: string, cost: KdfCost): Promise<Vault> {
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveKey(password, salt, cost);
  const wrappedKey = sealAesGcm(key, associatedData(cost, salt), dataKey);
  return { memoryKib: cost.memoryKib, passes: cost.passes, lanes: cost.lanes, salt, wrappedKey };
}

/** The data key, or null when the password is another. The vault must be sound. */
export async function openVault(vault: Vault, password: string): Promise<Buffer | null> {
  const key = await deriveKey(password, vault.salt, vault);
  return openAesGcm(key, associatedData(vault, vault.salt), vault.wrappedKey);
}

/** NFC: the same password typed on another system is the same bytes. */
const deriveKey = (password: string, salt: Buffer, cost: KdfCost): Promise<Buffer> =>
  hashRaw(password.normalize('NFC'), {
    algorithm: ARGON2ID,
    memoryCost: cost.memoryKib,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    outputLen: KEY_BYTES,
    salt,
  });

const associatedData = (cost: KdfCost, salt: Buffer): Buffer =>
  Buffer.from(
    JSON.stringify(['vault', 'argon2id', cost.memoryKib, cost.passes, cost.lanes, salt.toString('hex')]),
  );
