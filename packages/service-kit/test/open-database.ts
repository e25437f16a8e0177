import { placeAt } from '../../../tools/postgres/place-at.ts';
import { openDatabase } from '../src/database.ts';

// A process of the test: begins to bring a database up to date, says so in the middle of it, and never comes to an end.
const [, , url = ''] = process.argv;
await openDatabase(placeAt(url), [
  {
    name: '1',
    async up(database) {
      await database.schema.createTable('table_1', (columns) => void columns.integer('number'));
      process.stdout.write('half way\n');
      await new Promise(() => setInterval(() => {}, 1_000));
    },
  },
]);
