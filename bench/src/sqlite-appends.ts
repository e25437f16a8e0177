import { join } from 'node:path';
import Database from 'better-sqlite3';
import { round } from './arithmetic.ts';
import { RECORD_BYTES } from './signed-request.ts';

export interface SqliteAppends {
  readonly appends: number;
  readonly batch: number;
  readonly recordBytes: number;
  readonly perSecond: number;
}

/** Records of one transaction: what as many concurrent sends can share. */
const BATCH = 32;

/** Appends records of a sent message's size to a table, each batch a durable transaction: the disk's own speed. */
export function measureSqliteAppends(dataDir: string, batches: number): SqliteAppends {
  const database = new Database(join(dataDir, 'yardstick.db'));
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE record (offset INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT');
    const insert = database.prepare('INSERT INTO record (value) VALUES (?)');
    const record = Buffer.alloc(RECORD_BYTES, 'A');
    const appendBatch = database.transaction(() => {
      for (let index = 0; index < BATCH; index++) insert.run(record);
    });
    const start = performance.now();
    for (let batch = 0; batch < batches; batch++) appendBatch();
    const seconds = (performance.now() - start) / 1000;
    const appends = batches * BATCH;
    return {
      appends,
      batch: BATCH,
      recordBytes: record.byteLength,
      perSecond: round(appends / seconds, 0),
    };
  } finally {
    database.close();
  }
}
