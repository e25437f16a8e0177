import { createAccount } from '../src/chat-client.ts';
import { QUICK } from './quick.ts';

/** A process of its own that opens a profile, and holds it until it is killed, or closes it. */
const [, , what, options = '{}'] = process.argv;
const client = await createAccount(JSON.parse(options), QUICK);
client.send('bob', 'kept');
if (what === 'close') await client.close();
process.stdout.write('ready\n');
