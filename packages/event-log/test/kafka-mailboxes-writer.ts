import { writeUntilKilled } from '../src/contract/writer-process.ts';
import { openKafka } from './open-kafka.ts';

const [bootstrap = '', topic = ''] = process.argv.slice(2);
const { mailboxes } = openKafka(bootstrap);
await writeUntilKilled((number) => mailboxes.append(topic, Buffer.from(`${number}`)));
