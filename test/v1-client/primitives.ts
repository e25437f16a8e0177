import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';

/** A user's RSA pair: the public half as the PEM that goes on the wire. */
export type V1KeyPair = { publicPem: string; privateKey: KeyObject };

/** A fresh RSA pair; v1 clients make 2048 bits. */
export function newKeyPair(modulusLength = 2048): V1KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey };
}

/** `OAEP256(key, text)`: RSA-OAEP with SHA-256 for hash and MGF1, as lower-case hex. */
export function sealOaep256(publicPem: string, text: string): string {
  const padding = { key: publicPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  return publicEncrypt(padding, Buffer.from(text, 'utf8')).toString('hex');
}

/** The text inside an `OAEP256`; throws when the key does not open it. */
export function openOaep256(privateKey: KeyObject, hex: string): string {
  const padding = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  return privateDecrypt(padding, Buffer.from(hex, 'hex')).toString('utf8');
}

/** Lower-case hex SHA-256 of the password: what the server knows a v1 user by. */
export function passwordHash(password: string): string {
  return createHash('sha256').update(password, 'utf8').digest('hex');
}

/** The login proof: HMAC-SHA256 of the nonce under the ASCII bytes of the password hash, hex. */
export function loginProof(hash: string, nonce: string): string {
  return createHmac('sha256', Buffer.from(hash, 'ascii')).update(nonce).digest('hex');
}

/** The request signature: HMAC-SHA256 of `<raw body>|<timestamp>` under the ASCII bytes of the session key, hex. */
export function requestSignature(sessionKey: string, body: string | Buffer, timestamp: string): string {
  const hmac = createHmac('sha256', Buffer.from(sessionKey, 'ascii'));
  return hmac.update(Buffer.from(body)).update(`|${timestamp}`).digest('hex');
}

/** The time as Python's `datetime.now(timezone.utc).isoformat()` has it: microseconds and `+00:00`. */
export function v1Timestamp(shiftMs = 0): string {
  const microseconds = String((process.hrtime.bigint() / 1000n) % 1000n).padStart(3, '0');
  const milliseconds = new Date(Date.now() + shiftMs).toISOString().slice(0, 23);
  return `${milliseconds}${microseconds}+00:00`;
}
