import { writeUntilKilled } from '../src/contract/writer-process.ts';
import { openSqliteEventLog } from '../src/open.ts';

const [file = '', topic = ''] = process.argv.slice(2);
const { mailboxes } = openSqliteEventLog({ file });
await writeUntilKilled((number) => mailboxes.append(topic, Buffer.from(`${number}`)));
