import { writeUntilKilled } from '../src/contract/writer-process.ts';
import { openKafkaEventLog } from '../src/kafka/open.ts';
import { kafkaOptions } from './kafka-options.ts';

const [bootstrap = '', topic = ''] = process.argv.slice(2);
const { events } = openKafkaEventLog(kafkaOptions(bootstrap));
await writeUntilKilled((number) => events.publish(topic, `key ${number}`, Buffer.from(`${number}`)));
