import type { Events } from '@secure-chat/event-log/events';
import type { Codec, UserRecord } from '@secure-chat/wire/events';
import { foldName, USERS_TOPIC } from '@secure-chat/wire/names';
import type { Account, Accounts } from './accounts.ts';

/** Resolves when the account stands in `chat.users`. Repeating it is harmless: the topic is compacted by name. */
export type PublishUser = (account: Account) => Promise<void>;

export const createPublishUser =
  (accounts: Accounts, events: Events, codec: Codec<UserRecord>): PublishUser =>
  async ({ username, publicKey, registeredAt }) => {
    const record = await codec.encode({ username, publicKey, registeredAt });
    await events.publish(USERS_TOPIC, foldName(username), record);
    await accounts.markPublished(username);
  };
