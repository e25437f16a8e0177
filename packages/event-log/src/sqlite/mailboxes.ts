import { EventLogError, logClosed, topicMissing } from '../errors.ts';
import type { Offset } from '../events.ts';
import { VALUE_MAX } from '../limits.ts';
import type { Following, Mailboxes, MailboxRecord } from '../mailboxes.ts';
import { asEventLogError } from './errors.ts';
import type { SqliteFile } from './file.ts';
import type { Follower } from './follower.ts';
import { createMailboxTable } from './mailbox-table.ts';
import { FOLLOW_PAGE } from './page.ts';

/** Topics made or removed by one operation of a transaction: about 2 ms. */
const TOPICS_SLICE = 256;

/** `Mailboxes` in one file. */
export function createSqliteMailboxes(file: SqliteFile): Mailboxes {
  const { commits, followers, sweeper } = file;
  const table = createMailboxTable(file.database);
  const followings = new Set<Follower>();
  let closed = false;

  function find(topic: string) {
    if (closed) throw logClosed();
    const found = table.find(topic);
    if (found === undefined) throw topicMissing(topic);
    return found;
  }

  async function write<T>(operation: () => T, bytes?: number): Promise<T> {
    if (closed) throw logClosed();
    return commits.run(operation, bytes);
  }

  /** Reads need no transaction, but refuse in the same words. */
  async function look<T>(question: () => T): Promise<T> {
    try {
      return question();
    } catch (error) {
      throw asEventLogError(error);
    }
  }

  async function inSlices(topics: readonly string[], operation: (topic: string) => void): Promise<void> {
    const slices: Promise<void>[] = [];
    for (let first = 0; first < topics.length; first += TOPICS_SLICE) {
      const slice = topics.slice(first, first + TOPICS_SLICE);
      slices.push(write(() => slice.forEach(operation)));
    }
    await Promise.all(slices);
  }

  function follow(
    topic: string,
    from: Offset,
    listener: (batch: MailboxRecord[]) => void | Promise<void>,
  ): Following {
    const { id } = find(topic);
    const reading = {
      topicId: id,
      position: from,
      async page() {
        // By id: a topic that was deleted and made again is not the one that is followed.
        const start = table.startOf(id);
        if (start === undefined) throw topicMissing(topic);
        const { records, cut } = table.page(id, Math.max(reading.position, start), FOLLOW_PAGE);
        const last = records.at(-1);
        if (last === undefined) return false;
        reading.position = last.offset + 1;
        await listener(records);
        return cut;
      },
      onEnd() {
        followings.delete(follower);
      },
    };
    const follower = followers.add(reading);
    followings.add(follower);
    return {
      failed: follower.failed,
      async close() {
        follower.end();
      },
    };
  }

  return {
    create: (topics) => inSlices(topics, table.create),
    async delete(topics) {
      const deleted: number[] = [];
      await inSlices(topics, (topic) => {
        const id = table.delete(topic);
        if (id === undefined) return;
        sweeper.discard(id, Number.MAX_SAFE_INTEGER);
        deleted.push(id);
      });
      for (const id of deleted) followers.wake(id);
    },
    async append(topic, value) {
      if (value.byteLength > VALUE_MAX) {
        throw new EventLogError('too_large', `A value has at most ${VALUE_MAX} bytes`);
      }
      const { id, offset } = await write(() => {
        const place = table.append(topic, value);
        if (place === undefined) throw topicMissing(topic);
        return place;
      }, value.byteLength);
      followers.wake(id);
      return offset;
    },
    read: (topic, { from, limit, maxBytes }) =>
      look(() => {
        const { id, start } = find(topic);
        return table.page(id, Math.max(from, start), { limit, maxBytes }).records;
      }),
    follow: (topic, from, listener) => look(() => follow(topic, from, listener)),
    head: (topic) => look(() => find(topic).head),
    cursor: (topic) => look(() => find(topic).cursor),
    commit: (topic, cursor) =>
      write(() => {
        if (!table.commit(topic, cursor)) throw topicMissing(topic);
      }),
    trim: (topic, before) =>
      write(() => {
        const place = table.trim(topic, before);
        if (place === undefined) throw topicMissing(topic);
        if (place) sweeper.discard(place.id, place.start);
      }),
    async close() {
      closed = true;
      for (const following of [...followings]) following.end();
      await commits.drained();
    },
  };
}
