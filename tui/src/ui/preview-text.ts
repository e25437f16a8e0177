import { sanitise } from '@secure-chat/terminal-text/sanitise';
import type { Role } from '../theme/roles.ts';
import { emoteOf } from './emote.ts';
import { labelOf } from './message-state.ts';
import type { Contact, MessageState, Preview } from './state.ts';

const INSTEAD: Partial<Record<MessageState, string>> = {
  undecryptable: 'cannot be decrypted yet',
  refused: 'not authentic: not shown',
  missing: 'did not come yet',
};

const textOf = ({ sender, text, state, deleted }: Preview): string => {
  const instead = deleted ? 'deleted' : INSTEAD[state];
  if (instead !== undefined) return instead;
  const does = emoteOf(text);
  return does === null ? text : `* ${sender} ${does}`;
};

/** What a contact is doing, or said last, or was told last: then the mark of its state is before it. One line. */
export const previewOf = (
  { typing, last, unread, request }: Contact,
  online: boolean,
): { text: string; role: Role } => {
  // What a stranger writes is shown to who opens it.
  if (request) return { text: 'request', role: 'notice' };
  if (typing) return { text: 'typing…', role: 'typing' };
  if (!last) return { text: '', role: 'preview' };
  const mark = labelOf(last.state, online)?.mark;
  const said = sanitise(textOf(last));
  return { text: mark === undefined ? said : `${mark} ${said}`, role: unread > 0 ? 'text' : 'preview' };
};
