import { Type } from 'typebox';

/** A place in a user's two mailboxes: the first offset of each that has not come yet. */
export interface Cursor {
  readonly keys: number;
  readonly messages: number;
}

/** Safe integers in base 36 have 11 digits; written in one way only. */
const PATTERN = /^(0|[1-9a-z][0-9a-z]{0,10})\.(0|[1-9a-z][0-9a-z]{0,10})$/;

export const CursorText = Type.String({
  pattern: PATTERN.source,
  description: 'Opaque: what stood in the `id` of an event of the stream.',
});

/** Opaque to clients. */
export const encodeCursor = ({ keys, messages }: Cursor): string =>
  `${keys.toString(36)}.${messages.toString(36)}`;

/** Null for what no server wrote. */
export function decodeCursor(text: string): Cursor | null {
  const [, keys = '', messages = ''] = PATTERN.exec(text) ?? [];
  const cursor = { keys: Number.parseInt(keys, 36), messages: Number.parseInt(messages, 36) };
  return Number.isSafeInteger(cursor.keys) && Number.isSafeInteger(cursor.messages) ? cursor : null;
}
