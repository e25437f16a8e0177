import { MESSAGE_MAX } from '@secure-chat/wire/limits';
import { ClientError } from './client-error.ts';

/** v1 ciphertext around the text: IV(16), HMAC(32), and AES-CBC padding of 1 to 16 bytes. */
const IV_AND_MAC = 48;
const BLOCK = 16;

/** UTF-8 bytes of a message: what its ciphertext in base64 leaves of MESSAGE_MAX. 46,031: any 11,500 characters. */
export const TEXT_MAX_BYTES = Math.floor((Math.floor(MESSAGE_MAX / 4) * 3 - IV_AND_MAC) / BLOCK) * BLOCK - 1;

/** The text as it will arrive. Throws ClientError: empty, too_long. */
export function soundText(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (text.trim() === '') throw new ClientError('empty', 'There is nothing to send. Write a message first.');
  if (bytes.length > TEXT_MAX_BYTES)
    throw new ClientError(
      'too_long',
      `The message is too long: ${bytes.length} of at most ${TEXT_MAX_BYTES} bytes. Send it in parts.`,
    );
  return bytes.toString('utf8');
}
