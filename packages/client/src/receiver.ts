import type { Inbox } from './inbox.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Page } from './requests.ts';
import { getKeys, getMessages, type PendingKey, type PendingMessage } from './requests.ts';
import type { Session } from './session.ts';

/** A page this long may not be the last: the smallest full one holds 68 messages of the largest size. */
const FULL_PAGE = 64;

/** Full pages in one round: presence, which lasts 6 s, is renewed in between. */
const PAGES_PER_ROUND = 4;

export interface Receiver {
  /** Polls keys, then messages, and stores them. */
  receive(): Promise<void>;
  /** Malformed records that were skipped so far. */
  refused(): number;
}

export function createReceiver(options: {
  session: Session;
  inbox: Inbox;
  onMessages: (messages: StoredMessage[]) => void;
}): Receiver {
  const { session, inbox, onMessages } = options;
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
    onMessages(readable);
    return page.records.length;
  }

  async function receiveMessages(): Promise<{ count: number; undecryptable: boolean }> {
    messages ??= await session.request(getMessages);
    const page = messages;
    const received = inbox.receiveMessages(page.records);
    messages = null;
    refused += page.refused;
    onMessages(received);
    return {
      count: page.records.length,
      undecryptable: received.some(({ state }) => state === 'undecryptable'),
    };
  }

  return {
    async receive() {
      for (let pages = 0; pages < PAGES_PER_ROUND; pages += 1) {
        const keyCount = await receiveKeys();
        const { count, undecryptable } = await receiveMessages();
        // Its key may have arrived between the two polls.
        if (undecryptable) await receiveKeys();
        if (keyCount < FULL_PAGE && count < FULL_PAGE) return;
      }
    },
    refused: () => refused,
  };
}
