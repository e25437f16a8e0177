import { ClientError } from './client-error.ts';

/**
 * UTF-8 bytes of a message: under protocol v2 it is padded to 32,768 bytes at most, since the next size, in base64, is more
 * than MESSAGE_MAX. Under v1 it would fit as well, in any case.
 */
export const TEXT_MAX_BYTES = 32_000;

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

/** The beginning of the text that a message has room for, in whole characters. */
export function cut(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= TEXT_MAX_BYTES) return text;
  let end = TEXT_MAX_BYTES;
  // The bytes of one character but the first are 10xxxxxx.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
