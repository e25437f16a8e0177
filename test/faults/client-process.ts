import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ChatClient,
  ClientError,
  type ClientEvent,
  type Conditions,
  createAccount,
  type Message,
  signIn,
} from '@secure-chat/client/chat-client';
import { TIMING } from '@secure-chat/client/sync';
import {
  type Command,
  monotonic,
  parseCommand,
  type Report,
  type ReportedMessage,
} from './client-protocol.ts';
import { watchSteps } from './client-steps.ts';
import type { ClientStep } from './steps.ts';

/**
 * A headless client in a process of its own: commands on stdin, reports on stdout (`client-protocol.ts`). It ends with its
 * stdin, or at the step that it was told to die at.
 */

/** More than any conversation of a schedule holds. */
const MESSAGES_MAX = 10_000;
/** Milliseconds before somebody tries again to make an account. */
const AGAIN_MS = 100;
const PASSWORD = 'correct horse battery';

let ownKey: KeyObject | null = null;
/** The product's client with a cheap KDF, small keys and pauses that fit schedules of seconds. */
const CONDITIONS: Partial<Conditions> = {
  kdfCost: { memoryKib: 1024, passes: 1, lanes: 1 },
  async makePrivateKey() {
    // One for all the accounts of this process: no two people of one schedule share one.
    ownKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    return ownKey;
  },
  timing: { ...TIMING, pollMs: 150, retryMs: 50, retryMaxMs: 500 },
  requestTimeoutMs: 2_000,
};

type Unstamped<R> = R extends Report ? Omit<R, 'at'> : never;

/** On the pipe when it returns: SIGKILL loses nothing of it. */
function report(what: Unstamped<Report>): void {
  writeSync(1, `${JSON.stringify({ ...what, at: monotonic() })}\n`);
}

let armed: { step: ClientStep; after: number } | null = null;
let client: ChatClient | null = null;
let stopHearing = (): void => undefined;
let peers: readonly string[] = [];

watchSteps({
  reach(step) {
    if (armed?.step !== step) return;
    armed.after -= 1;
    if (armed.after > 0) return;
    report({ is: 'dying', step });
    process.kill(process.pid, 'SIGKILL');
  },
  onRecord: (id) => report({ is: 'record', id }),
});

const reported = ({ id, contact, sender, text, state }: Message): ReportedMessage => ({
  id,
  contact,
  sender,
  text,
  state,
});

const opened = (): ChatClient => {
  if (!client) throw new Error('no profile is open');
  return client;
};
const conversation = (peer: string): ReportedMessage[] =>
  opened().messages(peer, { limit: MESSAGES_MAX }).map(reported);
const history = (): ReportedMessage[] => peers.flatMap(conversation);

function hear(event: ClientEvent): void {
  if (event.kind === 'message') report({ is: 'message', message: reported(event.message) });
  if (event.kind !== 'deleted') return;
  const { contact } = event;
  report({ is: 'kept', contact, ids: conversation(contact).map(({ id }) => id) });
}

/** As people do who are told that the server was away: the same call again goes on where it stopped. */
async function persistently(enter: () => Promise<ChatClient>): Promise<ChatClient> {
  for (;;) {
    try {
      return await enter();
    } catch (error) {
      if (!(error instanceof ClientError && error.code === 'offline')) throw error;
    }
    await delay(AGAIN_MS);
  }
}

async function obey(command: Command): Promise<void> {
  switch (command.do) {
    case 'open': {
      const { create, server, profile, username } = command;
      peers = command.peers;
      const enter = create ? createAccount : signIn;
      client = await persistently(() =>
        enter({ server, profile, username, password: PASSWORD, requests: 'accept' }, CONDITIONS),
      );
      stopHearing = client.on(hear);
      report({ is: 'opened', messages: history() });
      return;
    }
    case 'send':
      report({ is: 'written', message: reported(opened().send(command.to, command.text)) });
      return;
    case 'read':
      report({ is: 'marking', from: command.from });
      opened().markRead(command.from);
      return;
    case 'arm':
      armed = { step: command.step, after: command.after };
      return;
    case 'disarm':
      armed = null;
      return;
    case 'list':
      report({ is: 'listed', messages: history() });
      return;
    case 'close':
      stopHearing();
      await client?.close();
      client = null;
      report({ is: 'closed' });
  }
}

// One after the other, in their order.
for await (const line of createInterface({ input: process.stdin })) {
  const command = parseCommand(line);
  await obey(command).catch((error: unknown) =>
    report({
      is: 'threw',
      command: command.do,
      error: error instanceof Error ? (error.stack ?? '') : String(error),
    }),
  );
}
process.exit(0);
