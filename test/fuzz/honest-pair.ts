import { newPerson, type Person } from '../contract/people.ts';
import { login } from '../v1-client/account.ts';
import { bodyOf, listOf, member, textMember } from '../v1-client/reading.ts';
import type { V1Session } from '../v1-client/session.ts';

/** Two people who write to each other while others send what is fuzzed. */
export interface HonestPair {
  readonly names: readonly string[];
  /** Each writes to the other and polls. Resolves to what was wrong. */
  round(): Promise<string[]>;
  /** Whether all is as it was: keys, passwords, nothing left or added. Resolves to what was not. */
  farewell(): Promise<string[]>;
}

export async function createHonestPair(url: string): Promise<HonestPair> {
  const pair = [await newPerson({ url }, 'honest'), await newPerson({ url }, 'honest')] as const;
  let rounds = 0;

  async function pass(from: Person, to: Person, text: string): Promise<string[]> {
    const sent = await from.session.post(`/chat/${to.name}/send`, { message: text });
    if (sent.status !== 200) return [`${from.name} could not send: ${sent.text}`];
    const came = await pending(to.session);
    return came.length === 1 && came[0] === `${from.name}: ${text}`
      ? []
      : [`${to.name} has ${JSON.stringify(came).slice(0, 200)} and not one ${text}`];
  }

  async function keptOf({ name, account, session }: Person): Promise<string[]> {
    const wrong: string[] = [];
    if ((await pending(session)).length > 0) wrong.push(`${name} has messages that nobody honest sent`);
    const again = await login(url, account);
    const key = textMember(bodyOf(await again.get(`/chat/${name}/publickey`)), 'public-key');
    if (key.trim() !== account.keys.publicPem.trim()) wrong.push(`${name} has another public key`);
    return wrong;
  }

  return {
    names: pair.map(({ name }) => name),
    async round() {
      rounds += 1;
      const [one, other] = pair;
      return [...(await pass(one, other, `${rounds}`)), ...(await pass(other, one, `back ${rounds}`))];
    },
    farewell: async () => (await Promise.all(pair.map(keptOf))).flat(),
  };
}

/** What waits, each with its sender. */
async function pending(session: V1Session): Promise<string[]> {
  const records = listOf(member(bodyOf(await session.get('/chat/messages')), 'messages'));
  return records.map((record) => `${textMember(record, 'sender')}: ${textMember(record, 'message')}`);
}
