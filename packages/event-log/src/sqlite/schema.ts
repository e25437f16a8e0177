import type { Database } from 'better-sqlite3';

/** Each step is run once, in order, and is never changed after it has shipped; see `migrate`. */
export const STEPS: readonly string[] = [
  `
  -- Ids are never used again (AUTOINCREMENT): a topic that was deleted and made again is another topic.
  -- The head counts events only: their offsets outlive what compaction forgets. That of a mailbox is derived, see topic_state.
  CREATE TABLE topic (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('events', 'mailbox')),
    name TEXT NOT NULL,
    start INTEGER NOT NULL DEFAULT 0,
    head INTEGER NOT NULL DEFAULT 0,
    cursor INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, name)
  ) STRICT;

  -- In the order of arrival: appends to many topics share the last pages; only their small index entries are scattered.
  CREATE TABLE mailbox_record (
    id INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (topic, offset)
  ) STRICT;

  -- Topics with their true head: the offset that the next record gets. For a mailbox that is one look into the index, where a
  -- counter would dirty a page per append; with all its records swept, it is where they were trimmed.
  CREATE VIEW topic_state AS
    SELECT id, kind, name, start, cursor,
      max(start, head, coalesce((SELECT max(r.offset) + 1 FROM mailbox_record r WHERE r.topic = t.id), 0)) AS head
    FROM topic t;

  -- Records of a topic below an offset are of no use any more: the sweeper removes them, then this row.
  CREATE TABLE discarded (
    topic INTEGER PRIMARY KEY,
    before INTEGER NOT NULL
  ) STRICT;

  -- One row per key. A null value is a tombstone, published at this time (Unix milliseconds).
  CREATE TABLE event (
    topic INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    key TEXT NOT NULL,
    value BLOB,
    at INTEGER NOT NULL,
    PRIMARY KEY (topic, offset),
    UNIQUE (topic, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tombstone ON event (at) WHERE value IS NULL;
  `,
  `
  -- Ids of records are never used again either: who has seen one finds all that are newer behind it, though the newest were swept.
  DROP VIEW topic_state;
  ALTER TABLE mailbox_record RENAME TO mailbox_record_1;
  CREATE TABLE mailbox_record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (topic, offset)
  ) STRICT;
  INSERT INTO mailbox_record SELECT id, topic, offset, value FROM mailbox_record_1 ORDER BY id;
  DROP TABLE mailbox_record_1;

  -- As before: a view goes with the table that it names.
  CREATE VIEW topic_state AS
    SELECT id, kind, name, start, cursor,
      max(start, head, coalesce((SELECT max(r.offset) + 1 FROM mailbox_record r WHERE r.topic = t.id), 0)) AS head
    FROM topic t;
  `,
];

/** Brings a file to this version's schema. Throws, and changes nothing, when a newer version wrote it. */
export function migrate(database: Database): void {
  const versionOf = (): number => Number(database.pragma('user_version', { simple: true }));
  // Who writes may have been stopped, and need not be waited for.
  if (versionOf() === STEPS.length) return;
  const upgrade = database.transaction(() => {
    const version = versionOf();
    if (version > STEPS.length) {
      throw new Error(
        `${database.name} was written by a newer version (schema ${version}; this one knows up to ${STEPS.length})`,
      );
    }
    for (const step of STEPS.slice(version)) database.exec(step);
    if (version < STEPS.length) database.pragma(`user_version = ${STEPS.length}`);
  });
  upgrade.immediate();
}
