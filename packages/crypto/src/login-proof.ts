import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** wire contract, "password hash": lower-case hex of SHA-256 of the UTF-8 password. */
export const passwordHash = (password: string): string =>
  createHash('sha256').update(password, 'utf8').digest('hex');

/** wire contract, login `proof`: hex HMAC-SHA256, key: ASCII of the password hash, message: the nonce. */
export const loginProof = (hash: string, nonce: string): string =>
  createHmac('sha256', hash).update(nonce).digest('hex');

export function verifyLoginProof(hash: string, nonce: string, proof: string): boolean {
  if (!/^[0-9a-fA-F]{64}$/.test(proof)) return false;
  return timingSafeEqual(createHmac('sha256', hash).update(nonce).digest(), Buffer.from(proof, 'hex'));
}
