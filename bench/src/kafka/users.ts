import type { EventLog } from '@secure-chat/event-log/event-log';
import { foldName, USERS_TOPIC } from '@secure-chat/wire/names';

/** The first `count` users: those of a smaller count are among them. */
export const usernamesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `bench-${index}`);

/** Registers users as far as a relay knows them. They never log in: a relay asks for no key. */
export async function publishUsers(
  { events, codecs }: EventLog,
  usernames: readonly string[],
): Promise<void> {
  await Promise.all(
    usernames.map(async (username) => {
      const record = { username, publicKey: 'none', registeredAt: Date.now() };
      await events.publish(USERS_TOPIC, foldName(username), await codecs.user.encode(record));
    }),
  );
}
