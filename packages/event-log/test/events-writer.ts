import { writeUntilKilled } from '../src/contract/writer-process.ts';
import { openSqliteEventLog } from '../src/open.ts';

const [file = '', topic = ''] = process.argv.slice(2);
const { events } = openSqliteEventLog({ file });
await writeUntilKilled((number) => events.publish(topic, `key ${number}`, Buffer.from(`${number}`)));
