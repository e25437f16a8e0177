import { writeUntilKilled } from '../src/contract/writer-process.ts';
import { openKafka } from './open-kafka.ts';

const [bootstrap = '', topic = '', security = ''] = process.argv.slice(2);
const { mailboxes } = openKafka(bootstrap, {}, JSON.parse(security));
await writeUntilKilled((number) => mailboxes.append(topic, Buffer.from(`${number}`)));
