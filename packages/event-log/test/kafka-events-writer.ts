import { writeUntilKilled } from '../src/contract/writer-process.ts';
import { openKafka } from './open-kafka.ts';

const [bootstrap = '', topic = '', security = ''] = process.argv.slice(2);
const { events } = openKafka(bootstrap, {}, JSON.parse(security));
await writeUntilKilled((number) => events.publish(topic, `key ${number}`, Buffer.from(`${number}`)));
