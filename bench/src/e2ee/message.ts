import { makeWireId } from '@secure-chat/client/wire-id';
import { type Body, decodeBody, encodeBody } from '@secure-chat/crypto/e2ee/body';
import { fromEnvelope, toEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { pad, unpad } from '@secure-chat/crypto/e2ee/padding';
import { type Direction, decrypt, encrypt, type Ratchet } from '@secure-chat/crypto/e2ee/ratchet';

/** 200 bytes. */
export const TEXT = 'A message, as people write. '.repeat(8).slice(0, 200);

export const paddedText = (): Buffer =>
  pad(
    encodeBody({
      kind: 'text',
      id: makeWireId(),
      sentAt: Date.now(),
      earlier: [],
      text: TEXT,
      seconds: 0,
      series: 'AAAAAAAAAAA',
      number: 1,
    }),
  );

/** A text to what stands in `message`. */
export function write(ratchet: Ratchet, direction: Direction): { ratchet: Ratchet; message: string } {
  const encrypted = encrypt(ratchet, paddedText(), direction);
  return { ratchet: encrypted.ratchet, message: toEnvelope(encrypted.message) };
}

/** And back. Throws for what does not open. */
export function read(
  ratchet: Ratchet,
  message: string,
  direction: Direction,
): { ratchet: Ratchet; body: Body } {
  const bytes = fromEnvelope(message);
  const opened = bytes && decrypt(ratchet, bytes, direction, Date.now());
  const plain = opened && unpad(opened.plaintext);
  const body = plain && decodeBody(plain);
  if (!opened || !body) throw new Error('a message does not open');
  return { ratchet: opened.ratchet, body };
}
