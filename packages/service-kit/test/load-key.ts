import { once } from 'node:events';
import { loadServiceKeys } from '../src/load-service-keys.ts';
import { createLogger } from '../src/logger.ts';

// A process of the test: says that it is there, loads the key when told to, prints it.
process.stdout.write('here\n');
await once(process.stdin, 'data');
const [key] = loadServiceKeys(null, process.argv[2] ?? '', createLogger('keys', 'fatal')).all();
process.stdout.write(key.toString('hex'));
process.stdin.destroy();
