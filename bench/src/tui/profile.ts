import { createAccount } from '@secure-chat/client/chat-client';
import { openProfile } from '@secure-chat/client/profile/profile';
import { createHttpClient } from '../http-client.ts';
import { makeAlikeUsers, register } from '../people.ts';
import type { TuiScale } from './scale.ts';

/** An account whose profile has a long history. */
export interface LongProfile {
  readonly server: string;
  readonly folder: string;
  readonly username: string;
  readonly password: string;
  /** Who has nearly all of the messages, and whose conversation opens. */
  readonly contact: string;
  readonly others: readonly string[];
  /** What was written to and by the contact, the oldest first. */
  readonly texts: readonly string[];
}

/** In every hundredth message: what a search looks for. */
export const NEEDLE = 'needle';
const NEEDLE_EVERY = 100;
/** In those, and nowhere else on the screen: a picture that has it shows what was found. */
export const FOUND_MARK = '❖';
/** In the newest message alone. */
export const NEWEST_MARK = '◆';

/** Messages of one transaction while the profile is made. */
const BATCH = 1_000;
const CONNECTIONS = 16;
const WORDS =
  'the build is green since ten minutes so we can talk about what is missing before lunch and after it too'.split(
    ' ',
  );

/** Through the client's own tables; the server knows the account and all contacts but `contact`, who registers by itself. */
export async function makeLongProfile(
  { server, folder, contact }: { readonly server: string; readonly folder: string; readonly contact: string },
  { history: messages, contacts: count }: TuiScale,
): Promise<LongProfile> {
  const account = { server, profile: folder, username: 'alice', password: 'a password of the bench' };
  await (await createAccount(account)).close();
  const users = await makeAlikeUsers(count - 1);
  const http = createHttpClient(server, CONNECTIONS);
  await register(http, users);
  await http.close();
  const others = users.map(({ username }) => username);
  const texts = Array.from({ length: messages - others.length }, (_, index) =>
    textOf(index, messages - others.length),
  );
  const profile = await openProfile(folder, account.password);
  const { contacts, history } = profile;
  const begun = Date.now() - messages * 60_000;
  const add = (id: number, sender: string, text: string, turn: number): void => {
    const at = begun + turn * 60_000;
    const state = sender === account.username ? 'sent' : 'received';
    history.add({ contact: id, sender, text, at, state, legacy: false });
  };
  profile.transaction(() => {
    for (const [turn, username] of others.entries()) {
      const stored = contacts.ensure(username);
      add(stored.id, username, textOf(turn, messages), turn);
      contacts.update({ ...stored, accepted: true, lastMessageAt: begun + turn * 60_000 });
    }
  });
  const stored = contacts.ensure(contact);
  for (let from = 0; from < texts.length; from += BATCH)
    profile.transaction(() => {
      for (const [index, text] of texts.slice(from, from + BATCH).entries())
        add(stored.id, index % 3 === 0 ? account.username : contact, text, others.length + from + index);
    });
  contacts.update({ ...stored, accepted: true, lastMessageAt: Date.now() });
  profile.close();
  return { ...account, folder, contact, others, texts };
}

/** From one word to some twenty, as people write. */
function textOf(turn: number, count: number): string {
  const length = 1 + ((turn * 7) % 20);
  const words = Array.from({ length }, (_, index) => WORDS[(turn + index) % WORDS.length]);
  const found = turn % NEEDLE_EVERY === 0 ? [NEEDLE, FOUND_MARK] : [];
  return [...found, ...words, `#${turn}`, ...(turn === count - 1 ? [NEWEST_MARK] : [])].join(' ');
}
