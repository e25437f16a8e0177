import type { Role } from '../theme/roles.ts';
import type { Times } from './times.ts';
import type { UnreadLine } from './unread-line.ts';

/** One row of a conversation: pieces of text, each at a column of the conversation's area. */
export interface Row {
  readonly parts: readonly { readonly x: number; readonly text: string; readonly role: Role }[];
  /** Behind all of it, from end to end. */
  readonly ground?: Role;
}

/** What the rows of messages depend on beside the message. */
export interface RowContext {
  readonly width: number;
  readonly username: string;
  readonly contact: string;
  /** While it is not, what is to be sent waits. */
  readonly online: boolean;
  readonly times: Times;
  /** The message that the person has picked; null for none. */
  readonly picked: number | null;
  readonly unreadLine: UnreadLine | null;
}

/** Columns of `HH:MM `. */
export const TIME_CELLS = 6;

/** A line across the conversation that says something. */
export const ruleRow = (label: string, width: number, role: Role): Row => {
  const text = `── ${label} `;
  return { parts: [{ x: 0, text: text + '─'.repeat(Math.max(0, width - text.length)), role }] };
};
