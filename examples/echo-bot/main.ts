/** A bot: answers each text with the same text. `main.ts SERVER USERNAME PROFILE-FOLDER [--ca FILE] [--insecure-http]`, the password on stdin. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import {
  type ChatClient,
  ClientError,
  createAccount,
  type Message,
  profileExists,
  signIn,
} from '@secure-chat/client/chat-client';

let client: ChatClient | null = null;
const end = async (): Promise<void> => {
  await client?.close();
  process.exit(0);
};
// It ends with who started it, while it signs in, too.
for (const sign of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(sign, end);
if (process.send && !process.connected) await end();

const {
  positionals: [server = '', username = '', profile = ''],
  values: { ca, 'insecure-http': insecureHttp = false },
} = parseArgs({
  allowPositionals: true,
  options: { ca: { type: 'string' }, 'insecure-http': { type: 'boolean' } },
});
const trust = { ca: ca === undefined ? null : readFileSync(ca, 'utf8'), insecureHttp };
const password = (await text(process.stdin)).trim();
const enter = profileExists(profile) ? signIn : createAccount;
const bot = await enter({ server, username, profile, password, trust });
client = bot;

/** A message is told of again when it is edited, say. */
const answered = new Set<number>();

const isReceived = ({ state }: Message): boolean => state === 'received';

function answer(message: Message): void {
  if (!isReceived(message) || answered.has(message.id)) return;
  answered.add(message.id);
  try {
    bot.send(message.contact, message.text);
  } catch (error) {
    // Too long for this protocol, say, or the contact's identity has changed: there is nobody here to look at it.
    if (!(error instanceof ClientError)) throw error;
  }
  bot.markRead(message.contact);
}

bot.on((event) => event.kind === 'message' && answer(event.message));
// What came while the bot was away; notes may stand between.
for (const { username: contact, unread } of bot.contacts())
  if (unread > 0) bot.messages(contact, { limit: 1_000 }).filter(isReceived).slice(-unread).forEach(answer);
