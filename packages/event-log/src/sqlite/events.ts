import { EventLogError, logClosed } from '../errors.ts';
import type { Event, Events } from '../events.ts';
import { VALUE_MAX } from '../limits.ts';
import type { SqliteFile } from './file.ts';
import type { Follower } from './follower.ts';
import { FOLLOW_PAGE, takePage } from './page.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** `Events` in one file. A topic comes to be when it is first published to or subscribed. */
export function createSqliteEvents(file: SqliteFile): Events {
  const { database, commits, followers, now } = file;
  const makeTopic = database.prepare<[string]>("INSERT INTO topic (kind, name) VALUES ('events', ?)");
  const topicId = database
    .prepare<[string], number>("SELECT id FROM topic WHERE kind = 'events' AND name = ?")
    .pluck();
  const headOf = database.prepare<[number], number>('SELECT head FROM topic WHERE id = ?').pluck();
  const advance = database.prepare<[string], { id: number; offset: number }>(
    `INSERT INTO topic (kind, name, head) VALUES ('events', ?, 1)
     ON CONFLICT (kind, name) DO UPDATE SET head = head + 1 RETURNING id, head - 1 AS offset`,
  );
  const forget = database.prepare<[number, string]>('DELETE FROM event WHERE topic = ? AND key = ?');
  const insert = database.prepare<[number, number, string, Uint8Array | null, number]>(
    'INSERT INTO event (topic, offset, key, value, at) VALUES (?, ?, ?, ?, ?)',
  );
  const select = database.prepare<[number, number, number], Event>(
    'SELECT offset, key, value FROM event WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?',
  );
  const subscriptions = new Set<Follower>();
  let closed = false;

  function write(topic: string, key: string, value: Uint8Array | null): { id: number; offset: number } {
    const place = advance.get(topic);
    if (place === undefined) throw new Error('RETURNING gave no row');
    forget.run(place.id, key);
    insert.run(place.id, place.offset, key, value, now());
    return place;
  }

  function follow(id: number, handler: (event: Event) => void | Promise<void>) {
    let waiting: Waiting[] = [];
    let endedBy: unknown;

    async function page(): Promise<boolean> {
      const asked = waiting.length;
      const head = headOf.get(id) ?? 0;
      const rows = select.iterate(id, reading.position, FOLLOW_PAGE.limit + 1);
      const { records, cut } = takePage(rows, FOLLOW_PAGE);
      for (const event of records) {
        const handled = handler(event);
        if (handled) await handled;
        if (follower.ended) return false;
        reading.position = event.offset + 1;
      }
      if (cut) return true;
      // Only the end of what was read after the question answers it: comparing offsets with the head would miss a
      // key that was published again, beyond that head, before this follower came to its older record.
      reading.position = Math.max(reading.position, head);
      for (const { resolve } of waiting.splice(0, asked)) resolve();
      return false;
    }

    const reading = {
      topicId: id,
      position: 0,
      page,
      onEnd(reason: unknown = logClosed()) {
        endedBy = reason;
        subscriptions.delete(follower);
        for (const { reject } of waiting) reject(reason);
        waiting = [];
      },
    };
    const follower = followers.add(reading);
    subscriptions.add(follower);

    return {
      failed: follower.failed,
      caughtUp: () =>
        new Promise<void>((resolve, reject) => {
          if (follower.ended) throw endedBy;
          waiting.push({ resolve, reject });
          follower.wake();
        }),
      close: async () => follower.end(),
    };
  }

  return {
    async publish(topic, key, value) {
      if (closed) throw logClosed();
      const bytes = value?.byteLength ?? 0;
      if (bytes > VALUE_MAX) throw new EventLogError('too_large', `A value has at most ${VALUE_MAX} bytes`);
      const { id, offset } = await commits.run(() => write(topic, key, value), bytes);
      followers.wake(id);
      return offset;
    },
    async subscribe(topic, handler) {
      if (closed) throw logClosed();
      const id = await commits.run(() => topicId.get(topic) ?? Number(makeTopic.run(topic).lastInsertRowid));
      if (closed) throw logClosed();
      return follow(id, handler);
    },
    async reachable() {
      if (closed) throw logClosed();
      // An empty transaction: nothing of it reaches the disk, and who holds the file holds it up.
      await commits.run(() => undefined);
    },
    async close() {
      closed = true;
      for (const subscription of [...subscriptions]) subscription.end();
      await commits.drained();
    },
  };
}
