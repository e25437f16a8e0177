import type { Received } from './bodies.ts';
import type { Exchanges } from './exchanges.ts';
import type { Inbox } from './inbox.ts';
import type { Page } from './requests.ts';
import { getKeys, getMessages, type PendingKey, type PendingMessage } from './requests.ts';
import type { Session } from './session.ts';

/** A page this long may not be the last: the smallest full one holds 68 messages of the largest size. */
const FULL_PAGE = 64;

/** Full pages in one round: presence, which lasts 6 s, is renewed in between. */
const PAGES_PER_ROUND = 4;

export interface Receiver {
  /** Polls keys, then messages, and stores them. False when more wait than one round takes. */
  receive(): Promise<boolean>;
  /** Malformed records that were skipped so far. */
  refused(): number;
}

export function createReceiver(options: {
  session: Session;
  inbox: Inbox;
  exchanges: Exchanges;
  onReceived: (received: Received) => void;
}): Receiver {
  const { session, inbox, exchanges, onReceived } = options;
  let refused = 0;
  // What was answered is not answered again: a page stays here until it is stored, though the disk be full.
  let keys: Page<PendingKey> | null = null;
  let messages: Page<PendingMessage> | null = null;

  async function receiveKeys(): Promise<number> {
    keys ??= await session.request(getKeys);
    const page = keys;
    const readable = await inbox.receiveKeys(page.records);
    keys = null;
    refused += page.refused;
    onReceived(readable);
    await exchanges.answer(onReceived);
    return page.records.length;
  }

  async function receiveMessages(): Promise<{ count: number; undecryptable: boolean }> {
    messages ??= await session.request(getMessages);
    const page = messages;
    const received = inbox.receiveMessages(page.records);
    messages = null;
    refused += page.refused;
    onReceived(received);
    return {
      count: page.records.length,
      undecryptable: received.messages.some(({ state }) => state === 'undecryptable'),
    };
  }

  return {
    async receive() {
      for (let pages = 0; pages < PAGES_PER_ROUND; pages += 1) {
        const keyCount = await receiveKeys();
        const { count, undecryptable } = await receiveMessages();
        // Its key may have arrived between the two polls.
        if (undecryptable) await receiveKeys();
        if (keyCount < FULL_PAGE && count < FULL_PAGE) return true;
      }
      return false;
    },
    refused: () => refused,
  };
}
