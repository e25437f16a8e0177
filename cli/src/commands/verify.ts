import type { ChatClient, Protection, SafetyNumber } from '@secure-chat/client/chat-client';
import { type Command, ONCE, type Session } from '../command.ts';
import { CliError, EXIT, usageError } from '../exit-codes.ts';
import { toJsonLine } from '../message-lines.ts';

const DIGITS = 60;

export const VERIFY: Command = {
  name: 'verify',
  operands: 'NAME',
  count: [1, 1],
  summary: 'shows the safety number with a contact, as digits and as words',
  details: [
    'Compare it with what the contact sees, over another channel. With --confirm it is compared here: the number that the',
    'contact has told you marks the contact as verified, and accepts an identity that has changed, if it is the right one.',
  ],
  options: [
    { name: 'json', help: 'one JSON line: contact, digits, words, before, protection' },
    { name: 'confirm', value: 'NUMBER', help: 'the 60 digits as the contact sees them, spaces or not' },
  ],
  ...ONCE,
  online: true,
  prepare(input) {
    const name = input.operands[0] ?? '';
    const json = input.flag('json');
    const confirmed = digitsOf(input.text('confirm'));
    return async (session) => {
      const { client } = session;
      const number = await client.safetyNumber(name);
      if (confirmed !== null) confirm(client, name, number, confirmed);
      await show(session, name, number, json);
    };
  },
};

function digitsOf(text: string | null): string | null {
  const digits = text?.replaceAll(/\s/g, '') ?? null;
  if (digits !== null && !new RegExp(`^\\d{${DIGITS}}$`).test(digits))
    throw usageError(`--confirm must be the ${DIGITS} digits of a safety number.`);
  return digits;
}

function confirm(client: ChatClient, name: string, number: SafetyNumber, confirmed: string): void {
  if (confirmed !== number.digits)
    throw new CliError(
      EXIT.identity,
      `That is not the number with ${name}: one of you has a typing error, or somebody is in between. Do not trust this contact before the numbers are the same.`,
    );
  // The person holds the new number in hands: that is more than accepting it.
  if (number.before !== null) client.acceptIdentity(name);
  client.setVerified(name, true);
}

async function show(
  { client, out, say }: Session,
  name: string,
  number: SafetyNumber,
  json: boolean,
): Promise<void> {
  const found = client.contacts().find(({ username }) => username.toLowerCase() === name.toLowerCase());
  const protection: Protection = found?.protection ?? 'unknown';
  const { digits, words, before } = number;
  if (json)
    await out.line(toJsonLine({ contact: found?.username ?? name, digits, words, before, protection }));
  else {
    await out.line(digits.replaceAll(/(.{5})(?!$)/g, '$1 '));
    await out.line(words.join(' '));
  }
  if (protection === 'changed')
    throw new CliError(
      EXIT.identity,
      `The identity of ${name} has changed, and nothing is sent: this is the number of the new one. Compare it with ${name}, then chat verify ${name} --confirm NUMBER.`,
    );
  if (!json) say(protection === 'verified' ? `${name} is verified.` : `${name} is not verified yet.`);
}
