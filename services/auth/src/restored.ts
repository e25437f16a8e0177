import type { Events } from '@secure-chat/event-log/events';
import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { migrations } from './migrations/index.ts';

/**
 * Makes what was copied from a running system one again: the log first, the database after it. Who registered or was deleted in between
 * is published at the next start. All sessions end: one that had ended since would live again. Throws when the database is of a newer
 * version.
 */
export async function reconcileRestored(place: DatabasePlace, events: Events): Promise<void> {
  const database = await openDatabase(place, migrations);
  try {
    await database('sessions').delete();
    await database('accounts').update({ published: false });
  } finally {
    await database.destroy();
  }
  const open = new Set<string>();
  const subscription = await events.subscribe(SESSIONS_TOPIC, ({ key, value }) => {
    if (value) open.add(key);
    else open.delete(key);
  });
  await subscription.caughtUp();
  await subscription.close();
  await Promise.all([...open].map((key) => events.publish(SESSIONS_TOPIC, key, null)));
}
