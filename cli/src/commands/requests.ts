import type { ChatClient } from '@secure-chat/client/chat-client';
import { type Command, ONCE } from '../command.ts';

/** What is decided about somebody who wrote first. */
const decision = (
  name: string,
  summary: string,
  details: readonly string[],
  decide: (client: ChatClient, contact: string) => void,
): Command => ({
  name,
  operands: 'NAME',
  count: [1, 1],
  summary,
  details,
  options: [],
  ...ONCE,
  online: false,
  prepare({ operands: [contact = ''] }) {
    return async ({ client }) => decide(client, contact);
  },
});

export const ACCEPT = decision(
  'accept',
  'takes somebody who wrote first as a contact, as writing to NAME does',
  ['Until then nothing tells NAME that a message came, or that it was read.'],
  (client, contact) => client.acceptRequest(contact),
);

export const DECLINE = decision(
  'decline',
  'drops what somebody wrote who is no contact of yours',
  ['NAME is told nothing of it. What NAME writes later is a request again.'],
  (client, contact) => client.declineRequest(contact),
);
