import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { Content } from './content.ts';
import { createSealedColumn, type Sealer } from './sealed.ts';

/** By what a message is found again: the id of a record. */
const Name = Type.Object({ kind: Type.Enum(['own', 'received']), id: Type.String() });
export type MessageName = Static<typeof Name>;

const Stored = Type.Object({
  sender: Type.String(),
  text: Type.String(),
  at: Type.Number(),
  state: Type.Union([
    /** `queued`, in profiles of version 1. */
    Type.Literal('sending'),
    Type.Literal('queued'),
    Type.Literal('sent'),
    Type.Literal('failed'),
    Type.Literal('received'),
    Type.Literal('undecryptable'),
    Type.Literal('refused'),
    Type.Literal('missing'),
    Type.Literal('note'),
    /** Goes out, and is no row of the conversation: an edit of another message, say. */
    Type.Literal('hidden'),
  ]),
  failure: Type.Optional(Type.String()),
  /** Sent or received under wire contract v1, as all were that do not say. */
  legacy: Type.Optional(Type.Boolean()),
  /** Seconds after which both sides delete it; for ever when absent. */
  seconds: Type.Optional(Type.Integer()),
  /** What it says to the contact when it is no plain text. */
  content: Type.Optional(Content),
  /** The message that it answers. */
  answers: Type.Optional(Name),
  /** When its text was replaced for the last time, Unix milliseconds. */
  editedAt: Type.Optional(Type.Number()),
  /** Its sender has deleted it: there is no text any more. */
  deleted: Type.Optional(Type.Boolean()),
  /** Emoji. */
  reactions: Type.Optional(
    Type.Object({ own: Type.Optional(Type.String()), theirs: Type.Optional(Type.String()) }),
  ),
  /** Its place in the sender's numbering; absent under v1. */
  numbered: Type.Optional(Type.Object({ series: Type.String(), number: Type.Integer() })),
  /** Of those that are missing: how many. */
  count: Type.Optional(Type.Integer()),
  /** Of one's own: the ids of its records. The first one is also its id inside the encryption; of others' it is that alone. */
  records: Type.Optional(Type.Array(Type.String())),
});

/** A message of the history, in the order of its ids. */
export type StoredMessage = Omit<Static<typeof Stored>, 'state'> & {
  id: number;
  contact: number;
  state: Exclude<Static<typeof Stored>['state'], 'sending'>;
};

export interface History {
  get(id: number): StoredMessage;
  /** The newest `limit` messages with an id below `before`, oldest first: what is hidden is left out. */
  page(contact: number, before: number, limit: number): StoredMessage[];
  /** The oldest `limit` messages with an id above `after`, oldest first: what is hidden is left out. */
  pageAfter(contact: number, after: number, limit: number): StoredMessage[];
  /** The next `limit` messages of all contacts from an id on, in the order of their ids: what is hidden is left out. */
  from(id: number, limit: number): StoredMessage[];
  /**
   * At the end, or at a place that was kept for it. A message with seconds is deleted after them, once its time runs
   * (`startTimer`, `startTimers`).
   */
  add(message: Omit<StoredMessage, 'id'>, place?: number): StoredMessage;
  /** The id of the next message: the end of the history and of the places kept for what is missing. */
  end(): number;
  update(message: StoredMessage): void;
  /** A message may have several; a name that is given already stays where it is. */
  name(message: StoredMessage, name: MessageName): void;
  /** Null when there is none of this name. */
  find(contact: number, name: MessageName): StoredMessage | null;
  /** Messages of a contact that wait for nothing are found by their names no more. */
  forgetNames(contact: number): void;
  /** The time of this message runs from `now` (Unix milliseconds); nothing when it has none, or runs. */
  startTimer(id: number, now: number): void;
  /** The same, of all that a contact sent. */
  startTimers(contact: number, now: number): void;
  /** Its time is to run anew. */
  resetTimer(message: StoredMessage): void;
  /** When the next message is to be deleted, Unix milliseconds; null for none. */
  nextDeletion(): number | null;
  /** Messages whose time is over. */
  due(now: number): { id: number; contact: number }[];
  /** Of a contact, with all that waits for them. */
  remove(ids: readonly number[]): void;
  removeAll(contact: number): void;
  /** Of all messages of a contact. */
  ids(contact: number): number[];
  count(contact: number): number;
}

type Row = { id: number; contact: number; value: Buffer };

export function createHistory(db: Database, sealer: Sealer): History {
  const column = createSealedColumn(sealer, 'messages', 'value', Stored);
  const select = 'SELECT id, contact, value FROM messages WHERE';
  const selectId = db.prepare<[number], Row>(`${select} id = ?`);
  const selectPage = db.prepare<[number, number, number], Row>(
    `${select} contact = ? AND id < ? AND hidden = 0 ORDER BY id DESC LIMIT ?`,
  );
  const selectPageAfter = db.prepare<[number, number, number], Row>(
    `${select} contact = ? AND id > ? AND hidden = 0 ORDER BY id LIMIT ?`,
  );
  const selectFrom = db.prepare<[number, number], Row>(
    `${select} id >= ? AND hidden = 0 ORDER BY id LIMIT ?`,
  );
  const selectName = db.prepare<[Buffer], Row>(
    `${select} id = (SELECT message FROM message_names WHERE name = ?)`,
  );
  const insertName = db.prepare<[Buffer, number]>(
    'INSERT OR IGNORE INTO message_names (name, message) VALUES (?, ?)',
  );
  const next = db.prepare<[], { id: number }>(
    'SELECT max(coalesce((SELECT max(id) FROM messages), 0), coalesce((SELECT max(message) FROM missing), 0)) + 1 AS id',
  );
  const forgetNames = db.prepare<[number]>(
    `DELETE FROM message_names WHERE message IN (SELECT id FROM messages WHERE contact = ?)
      AND message NOT IN (SELECT message FROM outbox) AND message NOT IN (SELECT message FROM undecryptable)`,
  );
  const insert = db.prepare<[number, number, Buffer, number | null, number]>(
    'INSERT INTO messages (id, contact, value, delete_at, hidden) VALUES (?, ?, ?, ?, ?)',
  );
  const update = db.prepare<[Buffer, number]>('UPDATE messages SET value = ? WHERE id = ?');
  const setTime = db.prepare<[number | null, number]>('UPDATE messages SET delete_at = ? WHERE id = ?');
  // What does not run yet stands as its seconds, negative.
  const startOne = db.prepare<[number, number]>(
    'UPDATE messages SET delete_at = ? - 1000 * delete_at WHERE id = ? AND delete_at < 0',
  );
  // By the index of the timers: that of the contact would look at all of the conversation, whenever something of it is read.
  const selectStill = db.prepare<[number], Row>(`${select} +contact = ? AND delete_at < 0`);
  const selectNext = db.prepare<[], { at: number | null }>(
    'SELECT min(delete_at) AS at FROM messages WHERE delete_at > 0',
  );
  const selectDue = db.prepare<[number], { id: number; contact: number }>(
    'SELECT id, contact FROM messages WHERE delete_at BETWEEN 1 AND ?',
  );
  const selectIds = db.prepare<[number], { id: number }>('SELECT id FROM messages WHERE contact = ?');
  const countAll = db.prepare<[number], { count: number }>(
    'SELECT count(*) AS count FROM messages WHERE contact = ?',
  );
  const removals = [
    'outbox WHERE message',
    'undecryptable WHERE message',
    'message_names WHERE message',
    'missing WHERE message',
    'messages WHERE id',
  ].map((place) => db.prepare<[number]>(`DELETE FROM ${place} = ?`));
  const removePlaces = db.prepare<[number]>('DELETE FROM missing WHERE contact = ?');
  const open = ({ id, contact, value }: Row): StoredMessage => {
    const { state, ...stored } = column.open(id, value);
    return { ...stored, state: state === 'sending' ? 'queued' : state, id, contact };
  };
  const indexOf = (contact: number, { kind, id }: MessageName): Buffer =>
    sealer.index('message', JSON.stringify([contact, kind, id]));
  const waiting = ({ seconds = 0 }: { seconds?: number | undefined }): number | null =>
    seconds > 0 ? -seconds : null;

  const history: History = {
    get(id) {
      const row = selectId.get(id);
      if (!row) throw new Error(`no message ${id}`);
      return open(row);
    },
    page: (contact, before, limit) => selectPage.all(contact, before, limit).map(open).reverse(),
    pageAfter: (contact, after, limit) => selectPageAfter.all(contact, after, limit).map(open),
    from: (id, limit) => selectFrom.all(id, limit).map(open),
    add({ contact, ...value }, place) {
      const id = place ?? history.end();
      insert.run(id, contact, column.seal(id, value), waiting(value), value.state === 'hidden' ? 1 : 0);
      return { id, contact, ...value };
    },
    end: () => next.get()?.id ?? 1,
    update: ({ id, contact: _, ...value }) => void update.run(column.seal(id, value), id),
    name: ({ id, contact }, name) => void insertName.run(indexOf(contact, name), id),
    find(contact, name) {
      const row = selectName.get(indexOf(contact, name));
      return row ? open(row) : null;
    },
    forgetNames: (contact) => void forgetNames.run(contact),
    startTimer: (id, now) => void startOne.run(now, id),
    startTimers(contact, now) {
      for (const row of selectStill.all(contact))
        if (open(row).state === 'received') startOne.run(now, row.id);
    },
    resetTimer: (message) => void setTime.run(waiting(message), message.id),
    nextDeletion: () => selectNext.get()?.at ?? null,
    due: (now) => selectDue.all(now),
    remove(ids) {
      for (const id of ids) for (const removal of removals) removal.run(id);
    },
    ids: (contact) => selectIds.all(contact).map(({ id }) => id),
    count: (contact) => countAll.get(contact)?.count ?? 0,
    removeAll(contact) {
      history.remove(history.ids(contact));
      removePlaces.run(contact);
    },
  };
  return history;
}
