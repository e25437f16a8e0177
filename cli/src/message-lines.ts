import type { Message } from '@secure-chat/client/chat-client';
import { sanitise } from '@secure-chat/terminal-text/sanitise';

/** A message as one line: for a person, or for a program (docs/cli.md). */

/** Whether one has written it oneself. What happened to the conversation came from the contact's side. */
export const isOwn = ({ sender, contact, state }: Message): boolean => sender !== contact && state !== 'note';

/** Local time, to the second: `2026-11-25 21:48:03`. */
export function timeText(at: number): string {
  const time = new Date(at);
  const pad = (number: number): string => String(number).padStart(2, '0');
  const day = [time.getFullYear(), pad(time.getMonth() + 1), pad(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(':')}`;
}

/**
 * Nothing that others wrote can look like another line, or like what stands behind a `*`: names have none, and line breaks are
 * spaces.
 */
export function textLine(message: Message): string {
  return sanitise(`${timeText(message.at)} ${told(message)}`);
}

function told(message: Message): string {
  const { contact, sender, text, legacy, count, state, request } = message;
  switch (state) {
    case 'undecryptable':
      return `* a message from ${contact} cannot be read yet`;
    case 'refused':
      return `* a message in the name of ${contact} was refused: anybody could have written it`;
    case 'missing':
      return `* ${count === 1 ? 'a message' : `${count} messages`} from ${contact} did not come`;
    case 'note':
      return `* ${contact}: ${text}`;
    default: {
      const label = legacy ? ' (legacy, unauthenticated)' : '';
      const stranger = request ? ' (request)' : '';
      const failed = state === 'failed' ? ' (failed)' : '';
      const changed = message.deleted ? ' (deleted)' : message.edited ? ' (edited)' : '';
      const reactions = message.reactions
        .map((reaction) => ` [${reaction.emoji} ${reaction.sender}]`)
        .join('');
      const by = isOwn(message) ? `${sender} -> ${contact}` : contact;
      return `${by}${stranger}${label}${failed}${changed}: ${text}${reactions}`;
    }
  }
}

/** The text is as the sender wrote it; escaped, so that it is one line of printable characters whatever it holds. */
export function jsonLine(message: Message): string {
  const { id, contact, sender, at, state, text, legacy, count, failure, waiting } = message;
  const { answers, edited, deleted, reactions, request } = message;
  return toJsonLine({
    id,
    contact,
    sender,
    direction: isOwn(message) ? 'out' : 'in',
    at: new Date(at).toISOString(),
    state,
    text,
    legacy,
    request,
    count,
    answers: answers?.id ?? null,
    edited,
    deleted,
    reactions,
    ...(failure !== undefined && { failure }),
    ...(waiting !== undefined && { waiting }),
  });
}

/** JSON itself escapes only what is below U+0020; a terminal also obeys others, and some readers end a line at them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** One line of JSON, without a character that a terminal would obey. */
export const toJsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
