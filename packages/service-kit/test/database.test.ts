import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Migration, openDatabase } from '../src/database.ts';
import { createLogger } from '../src/logger.ts';
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
    await expect(openDatabase(file, [FIRST])).rejects.toThrow(`cannot open ${file}: `);
    const newer = await openDatabase(file, [FIRST, SECOND]);
    expect(await newer('table_2')).toEqual([]);
    await newer.destroy();
  });

  it('is refused, and named, when it is no database', async () => {
    const file = join(temporaryFolder(), 'x.db');
    writeFileSync(file, 'x'.repeat(8_192));
    await expect(openDatabase(file, [FIRST])).rejects.toMatchObject({
      message: expect.stringMatching(`^cannot open ${file}: .*file is not a database$`),
      cause: { code: 'SQLITE_NOTADB' },
    });
  });

  it('is refused, and named, when it is of another program', async () => {
    const file = join(temporaryFolder(), 'x.db');
    const foreign = await openDatabase(file, []);
    await foreign.schema.createTable('table_1', (columns) => void columns.text('subject'));
    await foreign.destroy();
    await expect(openDatabase(file, [FIRST])).rejects.toThrow(`cannot open ${file}: `);
  });

  it('says nothing of what was bound in an error or its log line', async () => {
    const database = await openDatabase(join(temporaryFolder(), 'x.db'), [FIRST]);
    onTestFinished(() => database.destroy());
    await database.schema.dropTable('table_1');
    const error: unknown = await database('table_1')
      .insert({ number: 'canary' })
      .catch((problem: unknown) => problem);
    const lines: string[] = [];
    createLogger('test', 'trace', { write: (line) => void lines.push(line) }).error({ err: error });
    expect(lines.join()).toContain('no such table: table_1');
    expect(lines.join() + inspect(error)).not.toContain('canary');
  });

  it('flushes to the disk at every commit', async () => {
    const database = await openDatabase(join(temporaryFolder(), 'x.db'), []);
    expect(await database.raw('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await database.raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    await database.destroy();
  });
});
