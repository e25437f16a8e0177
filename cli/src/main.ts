import { createAccount, signIn } from '@secure-chat/client/chat-client';
import { type EndingSignal, runChat } from './chat.ts';
import { createKeyring } from './keyring.ts';
import { openPrompt } from './prompt.ts';
import { watchReader } from './reader.ts';

const { stdin, stdout, stderr, env } = process;

const ending = new AbortController();
const signals: readonly EndingSignal[] = ['SIGINT', 'SIGTERM'];
// npm passes on what a terminal sends to both: the second one changes nothing.
for (const signal of signals) process.on(signal, () => ending.abort(signal));

process.exit(
  await runChat(process.argv.slice(2), {
    env,
    cwd: env.INIT_CWD ?? process.cwd(),
    stdin,
    stdout,
    watchReader: (onGone) => watchReader(stdout.fd, onGone),
    stderr,
    passwords: { keyring: createKeyring(process.platform, env), openPrompt },
    accounts: { createAccount, signIn },
    signal: ending.signal,
  }),
);
