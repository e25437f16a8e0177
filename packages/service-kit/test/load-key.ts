import { once } from 'node:events';
import { loadServiceKey } from '../src/service-key.ts';

// A process of the test: says that it is there, loads the key when told to, prints it.
process.stdout.write('here\n');
await once(process.stdin, 'data');
process.stdout.write(loadServiceKey(null, process.argv[2] ?? '').toString('hex'));
process.stdin.destroy();
