import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { type DatabasePlace, type Migration, openDatabase } from '../src/database.ts';
import { createLogger } from '../src/logger.ts';

const table = (name: string): Migration => ({
  name,
  async up(database) {
    await database.schema.createTable(`table_${name}`, (columns) => {
      columns.integer('number');
      columns.bigInteger('time');
      columns.string('text').unique();
    });
  },
});
const [FIRST, SECOND] = [table('1'), table('2')];

async function open(place: DatabasePlace, migrations: readonly Migration[]) {
  const database = await openDatabase(place, migrations);
  onTestFinished(() => database.destroy());
  return database;
}

describe.each(DATABASES)('a database of a service in $kind', ({ fresh }) => {
  it('takes the steps that it lacks, each once, and keeps what it has', async () => {
    const place = await fresh();
    const before = await openDatabase(place, [FIRST]);
    await before('table_1').insert({ number: 7 });
    await before.destroy();
    for (const _ of [1, 2]) {
      const after = await openDatabase(place, [FIRST, SECOND]);
      expect(await after('table_1').pluck('number')).toEqual([7]);
      expect(await after('table_2')).toEqual([]);
      await after.destroy();
    }
  });

  it('takes all of the steps that it lacks, or none', async () => {
    const place = await fresh();
    const broken: Migration = { name: '2', up: async (database) => void (await database('nothing')) };
    await expect(openDatabase(place, [FIRST, broken])).rejects.toThrow(/nothing/);
    const database = await open(place, [FIRST, SECOND]);
    expect(await database('table_2')).toEqual([]);
  });

  it('is refused, unchanged and named, when a newer version wrote it', async () => {
    const place = await fresh();
    await (await openDatabase(place, [FIRST, SECOND])).destroy();
    const named = 'file' in place ? place.file : place.server.database;
    await expect(openDatabase(place, [FIRST])).rejects.toThrow(new RegExp(`^cannot open .*${named}.*: `));
    const newer = await open(place, [FIRST, SECOND]);
    expect(await newer('table_2')).toEqual([]);
  });

  it('is refused when it is of another program', async () => {
    const place = await fresh();
    const foreign = await openDatabase(place, []);
    await foreign.schema.createTable('table_1', (columns) => void columns.text('subject'));
    await foreign.destroy();
    await expect(openDatabase(place, [FIRST])).rejects.toThrow('cannot open ');
  });

  it('gives integers of 53 bits as numbers', async () => {
    const database = await open(await fresh(), [FIRST]);
    for (const time of [0, -1, 1_767_522_600_000, Number.MAX_SAFE_INTEGER]) {
      await database('table_1').insert({ time });
      expect(await database('table_1').where({ time }).first('time')).toEqual({ time });
    }
  });

  it('says nothing of what was bound in an error or its log line', async () => {
    const database = await open(await fresh(), [FIRST]);
    await database('table_1').insert({ text: 'canary' });
    const insert = async (): Promise<unknown> =>
      database('table_1')
        .insert({ text: 'canary' })
        .catch((problem: unknown) => problem);
    const unique = await insert();
    await database.schema.dropTable('table_1');
    const missing = await insert();
    const lines: string[] = [];
    const logger = createLogger('test', 'trace', { write: (line) => void lines.push(line) });
    for (const err of [unique, missing]) logger.error({ err });
    expect(lines).toEqual([expect.stringMatching(/unique/i), expect.stringMatching(/table_1/)]);
    expect(lines.join() + inspect([unique, missing])).not.toContain('canary');
  });
});
