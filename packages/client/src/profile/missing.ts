import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';

const Stored = Type.Object({
  series: Type.String(),
  /** The first and the last that share the place, and how many of them have not come. */
  number: Type.Integer(),
  last: Type.Integer(),
  count: Type.Integer(),
  /** Whether the contact was asked for them. */
  asked: Type.Boolean(),
});
/** A place in the history that is kept for messages that did not come. */
export type MissingEntry = Static<typeof Stored> & {
  /** The id that the message has when it comes. */
  place: number;
  contact: number;
  /** Whether the history shows it. */
  shown: boolean;
};

export interface RevealDelays {
  readonly usual: number;
  readonly unread: number;
}

export interface MissingTable {
  /** Of a contact, in the order of their places. */
  of(contact: number): MissingEntry[];
  /** The place kept for this message alone; null for none. */
  find(contact: number, series: string, number: number): MissingEntry | null;
  count(contact: number): number;
  /** `since`: when it was noticed, Unix milliseconds. */
  add(entry: MissingEntry, since: number): void;
  update(entry: MissingEntry): void;
  remove(place: number): void;
  /**
   * Those that are not shown and are due: noticed `delays.usual` milliseconds ago, or `delays.unread` where messages of the contact
   * cannot be read yet, of which it may be one.
   */
  due(now: number, delays: RevealDelays): MissingEntry[];
  /** When the next one is due, Unix milliseconds; null for never. */
  nextDue(delays: RevealDelays): number | null;
}

type Row = { message: number; contact: number; shown: number; value: Buffer };

export function createMissingTable(db: Database, sealer: Sealer): MissingTable {
  const column = createSealedColumn(sealer, 'missing', 'value', Stored);
  const select = 'SELECT message, contact, shown, value FROM missing WHERE';
  const selectContact = db.prepare<[number], Row>(`${select} contact = ? ORDER BY message`);
  const selectName = db.prepare<[Buffer], Row>(`${select} name = ?`);
  const selectCount = db.prepare<[number], { count: number }>(
    'SELECT count(*) AS count FROM missing WHERE contact = ?',
  );
  const insert = db.prepare<[number, number, Buffer, number, number, Buffer]>(
    'INSERT INTO missing (message, contact, name, since, shown, value) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare<[number, Buffer, number]>(
    'UPDATE missing SET shown = ?, value = ? WHERE message = ?',
  );
  const remove = db.prepare<[number]>('DELETE FROM missing WHERE message = ?');
  const dueAt = 'since + CASE WHEN contact IN (SELECT contact FROM undecryptable) THEN ? ELSE ? END';
  const selectDue = db.prepare<[number, number, number], Row>(
    `${select} shown = 0 AND ${dueAt} <= ? ORDER BY message`,
  );
  const selectNext = db.prepare<[number, number], { at: number | null }>(
    `SELECT min(${dueAt}) AS at FROM missing WHERE shown = 0`,
  );
  const open = ({ message, contact, shown, value }: Row): MissingEntry => ({
    ...column.open(message, value),
    place: message,
    contact,
    shown: shown === 1,
  });
  const nameOf = (contact: number, series: string, number: number): Buffer =>
    sealer.index('missing', JSON.stringify([contact, series, number]));
  const seal = ({ place, series, number, last, count, asked }: MissingEntry): Buffer =>
    column.seal(place, { series, number, last, count, asked });

  return {
    of: (contact) => selectContact.all(contact).map(open),
    find(contact, series, number) {
      const row = selectName.get(nameOf(contact, series, number));
      const entry = row ? open(row) : null;
      return entry?.last === number ? entry : null;
    },
    count: (contact) => selectCount.get(contact)?.count ?? 0,
    add(entry, since) {
      const name = nameOf(entry.contact, entry.series, entry.number);
      insert.run(entry.place, entry.contact, name, since, entry.shown ? 1 : 0, seal(entry));
    },
    update: (entry) => void update.run(entry.shown ? 1 : 0, seal(entry), entry.place),
    remove: (place) => void remove.run(place),
    due: (now, { usual, unread }) => selectDue.all(unread, usual, now).map(open),
    nextDue: ({ usual, unread }) => selectNext.get(unread, usual)?.at ?? null,
  };
}
