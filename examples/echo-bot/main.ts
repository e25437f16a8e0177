/** A bot: answers each text with the same text. `main.ts SERVER USERNAME PROFILE-FOLDER [--ca FILE] [--insecure-http]`, the password on stdin. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { answerEach } from '@secure-chat/client/answering';
import { type ChatClient, createAccount, profileExists, signIn } from '@secure-chat/client/chat-client';

let client: ChatClient | null = null;
const end = async (): Promise<void> => {
  await client?.close();
  process.exit(0);
};
// It ends with who started it, while it signs in, too.
for (const sign of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(sign, end);
if (process.send && !process.connected) await end();

const options = { ca: { type: 'string' }, 'insecure-http': { type: 'boolean' } } as const;
const { positionals, values } = parseArgs({ allowPositionals: true, options });
const [server = '', username = '', profile = ''] = positionals;
const ca = values.ca === undefined ? null : readFileSync(values.ca, 'utf8');
const trust = { ca, insecureHttp: values['insecure-http'] ?? false, pin: null };
const password = (await text(process.stdin)).trim();
const enter = profileExists(profile) ? signIn : createAccount;
const bot = await enter({ server, username, profile, password, trust, requests: 'accept' });
client = bot;
answerEach(bot, (message) => bot.send(message.contact, message.text));
