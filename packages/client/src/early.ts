import { setTimeout as sleep } from 'node:timers/promises';
import { fromEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { exchangeOf } from '@secure-chat/crypto/e2ee/ratchet';
import { foldName } from '@secure-chat/wire/names';
import type { Profile } from './profile/profile.ts';
import type { StreamEvent } from './stream-events.ts';

/** Batches that are read while a message waits for its key exchange. */
export const BATCHES_MAX = 32;
/** Milliseconds in which no message of a sender is waited for again: one who sends what never opens keeps nobody waiting. */
export const RESTS_MS = 60_000;
/** Senders who are remembered so: then all are forgotten. */
export const SENDERS_MAX = 1_000;

/** What came at once, and the cursor behind it; undefined when it has none. */
export interface Batch {
  readonly events: readonly StreamEvent[];
  readonly cursor: string | undefined;
}

export interface Early {
  joined(batches: AsyncIterable<Batch>): AsyncGenerator<Batch>;
}

/**
 * Keys and messages come by a topic each, so a message may overtake the exchange that it is under, which its sender's client
 * has sent before: such a batch is joined with those that follow, until the exchange is there, or for `earlyMs`.
 */
export function createEarly(options: { profile: Profile; now: () => number; earlyMs: number }): Early {
  const { profile, now, earlyMs } = options;
  const { contacts, ratchets, waitingExchanges } = profile;
  const restsUntil = new Map<string, number>();

  /** Names, folded. */
  function earlySenders(events: readonly StreamEvent[]): Set<string> {
    const senders = new Set<string>();
    const known = new Map<string, boolean>();
    for (const event of events) {
      if (event.name !== 'message') continue;
      const message = fromEnvelope(event.data.message);
      const exchange = message && exchangeOf(message);
      if (!exchange) continue;
      const id = exchange.toString('hex');
      if (!known.has(id)) known.set(id, ratchets.find(exchange) !== null);
      if (!known.get(id)) senders.add(foldName(event.data.sender));
    }
    for (const event of events) if (event.name === 'key') senders.delete(foldName(event.data.sender));
    for (const name of senders) {
      const contact = contacts.find(name);
      const waits = contact !== null && waitingExchanges.has(contact.id);
      if (waits || (restsUntil.get(name) ?? 0) > now()) senders.delete(name);
    }
    return senders;
  }

  function rest(names: Iterable<string>): void {
    if (restsUntil.size >= SENDERS_MAX) restsUntil.clear();
    for (const name of names) restsUntil.set(name, now() + RESTS_MS);
  }

  async function withKeys(first: Batch, source: Lookahead<Batch>): Promise<Batch> {
    let batch = first;
    let early = earlySenders(batch.events);
    if (early.size === 0) return batch;
    const over = sleep(earlyMs, null, { ref: false });
    for (let count = 1; early.size > 0 && count < BATCHES_MAX; count += 1) {
      const more = await Promise.race([source.peek(), over]);
      if (!more || more.done) break;
      await source.take();
      const { events, cursor = batch.cursor } = more.value;
      batch = { events: [...batch.events, ...events], cursor };
      early = earlySenders(batch.events);
    }
    rest(early);
    return batch;
  }

  return {
    async *joined(batches) {
      const source = createLookahead(batches);
      for (let first = await source.take(); !first.done; first = await source.take())
        yield await withKeys(first.value, source);
    },
  };
}

interface Lookahead<T> {
  /** The next one, which stays the next one. */
  peek(): Promise<IteratorResult<T>>;
  take(): Promise<IteratorResult<T>>;
}

function createLookahead<T>(of: AsyncIterable<T>): Lookahead<T> {
  const iterator = of[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<T>> | null = null;
  function peek(): Promise<IteratorResult<T>> {
    next ??= iterator.next();
    // It fails for whoever takes it.
    next.catch(() => undefined);
    return next;
  }
  return {
    peek,
    take() {
      const taken = peek();
      next = null;
      return taken;
    },
  };
}
