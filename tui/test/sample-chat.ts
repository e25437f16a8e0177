import type { ChatState, Contact, Message, Preview } from '../src/ui/state.ts';
import { chatState, contact, message, NOW } from './chat-fixture.ts';

/** A chat with one of each thing that a screen can show. */

const MINUTE = 60_000;
const DAY = 86_400_000;

const preview = (text: string, part: Partial<Preview> = {}): Preview => ({
  sender: 'bob',
  text,
  at: NOW,
  state: 'received',
  deleted: false,
  ...part,
});

export const SAMPLE_CONTACTS: readonly Contact[] = [
  contact('bob', { protection: 'verified', pinned: true, timer: 3600, last: preview('/me is on the train') }),
  contact('carol', {
    online: false,
    unread: 3,
    protection: 'unverified',
    last: preview('Could you look at the second patch, too?', { at: NOW - 40 * MINUTE }),
  }),
  contact('dave', {
    protection: 'legacy',
    muted: true,
    unread: 12,
    last: preview('ok', { at: NOW - DAY }),
  }),
  contact('erin', {
    protection: 'changed',
    last: preview('See you there 🎉', { sender: 'alice', state: 'delivered', at: NOW - 3 * DAY }),
  }),
  contact('frank-with-a-long-name', { typing: true, last: preview('…', { at: NOW - 30 * DAY }) }),
  contact('grace', {
    online: false,
    last: preview('', { deleted: true, at: NOW - 500 * DAY }),
  }),
  contact('mallory', { online: false, blocked: true }),
];

const own = (id: number, text: string, state: Message['state'], part: Partial<Message> = {}): Message =>
  message({ id, sender: 'alice', text, state, at: NOW - 20 * MINUTE, ...part });

export const SAMPLE_MESSAGES: readonly Message[] = [
  message({ id: 1, text: 'Is the new build up?', at: NOW - DAY, legacy: true }),
  own(2, 'Since ten minutes. Tests are green 🎉', 'read', { at: NOW - DAY + MINUTE }),
  message({
    id: 3,
    text: 'bob set messages to be deleted after 1 h.',
    state: 'note',
    at: NOW - DAY + MINUTE,
  }),
  message({
    id: 4,
    at: NOW - 32 * MINUTE,
    text: '好! I will pull it tonight, then we can talk about what is missing, and about what the people who tried it said.',
    reactions: [{ sender: 'alice', emoji: '👍' }],
  }),
  message({ id: 5, at: NOW - 31 * MINUTE, text: 'Notes: https://notes.example/build-7?tab=open.' }),
  message({
    id: 6,
    at: NOW - 31 * MINUTE,
    text: 'Then run `npm run verify`:\n```\nfor (const part of parts)\n  part.verify();\n```',
  }),
  own(7, 'Yes, at noon.', 'read', {
    answers: {
      id: 4,
      sender: 'bob',
      text: '好! I will pull it tonight, then we can talk about what is missing',
    },
    edited: true,
  }),
  own(8, 'Bring the long cable, please.', 'read'),
  own(9, 'And the key of the small room, unless Carol has it.', 'delivered'),
  message({ id: 10, state: 'missing', text: '', count: 1 }),
  message({ id: 11, text: '', deleted: true, at: NOW - 9 * MINUTE }),
  message({ id: 12, text: '', state: 'undecryptable', at: NOW - 9 * MINUTE }),
  message({ id: 13, text: '/me is on the train', at: NOW - 2 * MINUTE }),
  own(14, 'I am there.', 'sent', { at: NOW - MINUTE }),
  own(15, 'Room 12.', 'queued', { at: NOW - MINUTE }),
  own(16, 'x', 'failed', { at: NOW - MINUTE, failure: 'bob is not known here.' }),
];

export const sampleChat = (part: Partial<ChatState> = {}): ChatState =>
  chatState({ contacts: SAMPLE_CONTACTS, messages: SAMPLE_MESSAGES, ...part });
