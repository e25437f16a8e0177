import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Migration, openDatabase } from '../src/database.ts';
import { temporaryFolder } from './temporary-folder.ts';

const table = (name: string): Migration => ({
  name,
  async up(database) {
    await database.schema.createTable(`table_${name}`, (columns) => void columns.integer('number'));
  },
});
const [FIRST, SECOND] = [table('1'), table('2')];

describe('a database of a service', () => {
  it('is made with mode 0600, its companions too, in a folder of mode 0700', async () => {
    const folder = join(temporaryFolder(), 'data');
    const database = await openDatabase(join(folder, 'x.db'), [FIRST]);
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
    await (await openDatabase(file, [FIRST])).destroy();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('takes the steps that it lacks, each once, and keeps what it has', async () => {
    const file = join(temporaryFolder(), 'x.db');
    const before = await openDatabase(file, [FIRST]);
    await before('table_1').insert({ number: 7 });
    await before.destroy();
    for (const _ of [1, 2]) {
      const after = await openDatabase(file, [FIRST, SECOND]);
      expect(await after('table_1')).toEqual([{ number: 7 }]);
      expect(await after('table_2')).toEqual([]);
      await after.destroy();
    }
  });

  it('is refused, unchanged, when a newer version wrote it', async () => {
    const file = join(temporaryFolder(), 'x.db');
    await (await openDatabase(file, [FIRST, SECOND])).destroy();
    await expect(openDatabase(file, [FIRST])).rejects.toThrow();
    const newer = await openDatabase(file, [FIRST, SECOND]);
    expect(await newer('table_2')).toEqual([]);
    await newer.destroy();
  });

  it('is refused when it is no database', async () => {
    const file = join(temporaryFolder(), 'x.db');
    writeFileSync(file, 'x'.repeat(8_192));
    await expect(openDatabase(file, [FIRST])).rejects.toThrow();
  });

  it('flushes to the disk at every commit', async () => {
    const database = await openDatabase(join(temporaryFolder(), 'x.db'), []);
    expect(await database.raw('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await database.raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    await database.destroy();
  });
});
