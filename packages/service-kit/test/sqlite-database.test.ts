import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../src/database.ts';
import type { Migration } from '../src/migrations.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FIRST: Migration = {
  name: '1',
  async up(database) {
    await database.schema.createTable('table_1', (columns) => void columns.integer('number'));
  },
};

describe('a SQLite database', () => {
  it('is made with mode 0600, its companions too, in a folder of mode 0700', async () => {
    const folder = join(temporaryFolder(), 'data');
    const database = await openDatabase({ file: join(folder, 'x.db') }, [FIRST]);
    await database('table_1').insert({ number: 1 });
    const files = readdirSync(folder);
    expect(files).toContain('x.db-wal');
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await database.destroy();
  });

  it('gets mode 0600 when it had another', async () => {
    const file = join(temporaryFolder(), 'x.db');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    await (await openDatabase({ file }, [FIRST])).destroy();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is refused, and named, when it is no database', async () => {
    const file = join(temporaryFolder(), 'x.db');
    writeFileSync(file, 'x'.repeat(8_192));
    await expect(openDatabase({ file }, [FIRST])).rejects.toMatchObject({
      message: expect.stringMatching(`^cannot open ${file}: .*file is not a database$`),
      cause: { code: 'SQLITE_NOTADB' },
    });
  });

  it('flushes to the disk at every commit', async () => {
    const database = await openDatabase({ file: join(temporaryFolder(), 'x.db') }, []);
    expect(await database.raw('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await database.raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    await database.destroy();
  });
});
