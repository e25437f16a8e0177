/** Plays a short story on a server of its own, and writes what is on the screen then: `npm run screens`, to docs/screen.svg and, as text, docs/screen.txt. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ChatClient, createAccount } from '@secure-chat/client/chat-client';
import { startStack } from '@secure-chat/stack/stack';
import { recordTerminal } from './recorded-terminal.ts';
import { screenSvg } from './svg.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FILES = { svg: 'docs/screen.svg', text: 'docs/screen.txt' };
const PASSWORD = 'correct horse';
const ENTER = '\r';
const ESCAPE = '\x1b';
const SHIFT_UP = '\x1b[1;2A';
/** The default one of the product: it is on the screen. */
const PORT = 8000;

/** Resolves when the client has a message of this text. */
const received = (client: ChatClient, contact: string, text: string): Promise<number> =>
  new Promise((done) => {
    const look = (): void => {
      const found = client.messages(contact, { limit: 50 }).find((message) => message.text === text);
      if (!found) return;
      unsubscribe();
      done(found.id);
    };
    const unsubscribe = client.on(look);
    look();
  });

async function play(folder: string): Promise<{ svg: string; text: string }> {
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    host: '127.0.0.1',
    port: Number(process.env.PORT ?? PORT),
    logLevel: 'silent',
  });
  const enrol = (username: string): Promise<ChatClient> =>
    createAccount({
      server: stack.url,
      username,
      profile: join(folder, username),
      password: PASSWORD,
      requests: 'accept',
    });
  const others = await Promise.all(['bob', 'carol', 'dave'].map(enrol));
  const [bob, carol, dave] = others;
  const alice = recordTerminal({
    args: ['--import', 'tsx', 'tui/src/main.ts', '--server', stack.url, '--username', 'alice'],
    cwd: ROOT,
    env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, LANG: 'C.UTF-8', COLORTERM: '', NO_COLOR: '' },
    columns: 96,
    rows: 24,
  });
  try {
    if (!bob || !carol || !dave) throw new Error('nobody is there');
    await alice.shows('Create an account');
    alice.type(PASSWORD + ENTER + PASSWORD + ENTER);
    await alice.shows('Welcome, alice.', 'bob', 'carol', 'dave');
    await dave.close();
    alice.type(`/contact carol${ENTER}`);
    await alice.shows('No messages with carol yet.');
    alice.type(`/contact bob${ENTER}`);
    await alice.shows('No messages with bob yet.');
    alice.type(`Is the new build up?${ENTER}`);
    await received(bob, 'alice', 'Is the new build up?');
    bob.markRead('alice');
    bob.send('alice', 'Since ten minutes. Tests are green 🎉');
    await alice.shows('Tests are green');
    alice.type(`/verify${ENTER}`);
    await alice.shows('Compare');
    alice.type('v');
    await alice.shows('You have verified bob');
    alice.type(ESCAPE);
    await alice.shows('Tests are green', '  verified');
    alice.type(SHIFT_UP);
    await alice.shows('picked>');
    alice.type('r');
    await alice.shows('reply>');
    const answer = 'I will pull it tonight. Then we can talk about what is missing.';
    alice.type(answer + ENTER);
    const id = await received(bob, 'alice', answer);
    bob.react('alice', id, '👍');
    bob.send('alice', 'Run `npm test` first, and look at https://chat.example.org/notes');
    await alice.shows('/notes', '👍', 'delivered');
    carol.send('alice', 'Lunch?');
    carol.send('alice', 'At noon.');
    bob.setTyping('alice', true);
    alice.type('See you at');
    await alice.shows('2 unread', 'typing…', '○ dave', 'See you at');
    const title = 'The TUI: contacts, a verified conversation with bob, who is typing';
    return { svg: screenSvg(alice.terminal, title), text: `${alice.screen()}\n` };
  } finally {
    alice.close();
    for (const client of others) await client.close();
    await stack.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'screens-'));
try {
  const { svg, text } = await play(folder);
  await writeFile(join(ROOT, FILES.svg), svg);
  await writeFile(join(ROOT, FILES.text), text);
  process.stdout.write(`${FILES.svg} and ${FILES.text} are written\n`);
} finally {
  await rm(folder, { recursive: true });
}
