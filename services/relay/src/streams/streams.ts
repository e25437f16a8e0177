import type { Logger } from '@secure-chat/service-kit/logger';
import { type StreamSink, type StreamSource, spreadRetryMs } from '@secure-chat/service-kit/stream-operation';
import type { Cursor } from '@secure-chat/wire/cursor';
import type { MailboxKind } from '@secure-chat/wire/internal-api';
import { HEARTBEAT_MS } from '@secure-chat/wire/limits';
import { foldName } from '@secure-chat/wire/names';
import type { PresenceEvents } from './presence.ts';
import { type Stream, type StreamParts, startStream } from './stream.ts';

/** Milliseconds between two looks for streams that need a heartbeat: one timer for all. */
const SWEEP_MS = 1_000;

/** Whose presence a stream wants: folded names, or everybody's. */
export type PresenceInterest = 'everybody' | ReadonlySet<string>;

export interface Opening {
  /** As registered. */
  readonly username: string;
  readonly presence: PresenceInterest;
  readonly topics: Readonly<Record<MailboxKind, string>>;
  readonly from: Cursor;
  readonly heads: Cursor;
  readonly sink: StreamSink;
}

/** The streams that are open at this relay. */
export interface Streams {
  start(opening: Opening): StreamSource;
  /** Writes an event to the open streams of a user who read; it is gone for the others. */
  tell(username: string, event: string): void;
  /** Users came or went. A stream that is behind gets the newest state of each when it reads again. */
  presenceChanged(changes: PresenceEvents): void;
  count(): number;
  /** Ends those of a user whose account is deleted. */
  endOf(username: string): void;
  /** Ends all, and each that is started from now on, with a `bye`: they come again at another relay. */
  close(): void;
}

export interface StreamsParts extends StreamParts {
  /** The newest presence of a user as an event. */
  readonly presenceOf: (foldedName: string) => string | undefined;
  readonly logger: Logger;
}

interface Open {
  readonly stream: Stream;
  readonly presence: PresenceInterest;
  /** Folded names whose changes it has not heard of; null for none. */
  missed: Set<string> | null;
}

export function createStreams(parts: StreamsParts): Streams {
  const { presenceOf } = parts;
  const byUser = new Map<string, Set<Open>>();
  let closed = false;
  let count = 0;

  const sweep = (): void => {
    const since = performance.now() - HEARTBEAT_MS;
    for (const open of all()) open.stream.beat(since);
  };
  const timer = setInterval(sweep, SWEEP_MS).unref();

  function* all(): Iterable<Open> {
    for (const streams of byUser.values()) yield* streams;
  }

  function add(username: string, open: Open): void {
    count += 1;
    const streams = byUser.get(username);
    if (streams) streams.add(open);
    else byUser.set(username, new Set([open]));
  }

  function remove(username: string, open: Open): void {
    const streams = byUser.get(username);
    if (!streams?.delete(open)) return;
    count -= 1;
    if (streams.size === 0) byUser.delete(username);
  }

  function catchUp(open: Open): void {
    const { missed } = open;
    open.missed = null;
    if (missed) say(open, new Map([...missed].map((name) => [name, presenceOf(name) ?? ''])));
  }

  function say(
    { stream, presence, missed }: Open,
    changes: PresenceEvents,
    everything?: string,
  ): Open['missed'] {
    const wanted = presence === 'everybody' ? changes : pick(changes, presence);
    const events =
      wanted === changes && everything !== undefined ? everything : [...wanted.values()].join('');
    if (events === '' || stream.push(events)) return missed;
    return new Set([...(missed ?? []), ...wanted.keys()]);
  }

  return {
    start({ username, presence, ...options }) {
      const stream = startStream(parts, {
        ...options,
        onDrain() {
          catchUp(open);
        },
        onEnd() {
          remove(username, open);
        },
      });
      const open: Open = { stream, presence, missed: null };
      add(username, open);
      if (closed) stream.bye('drain', spreadRetryMs());
      return stream;
    },
    tell(username, event) {
      for (const { stream } of byUser.get(username) ?? []) stream.push(event);
    },
    presenceChanged(changes) {
      const everything = [...changes.values()].join('');
      for (const open of all()) open.missed = say(open, changes, everything);
    },
    count: () => count,
    endOf(username) {
      for (const { stream } of [...(byUser.get(username) ?? [])]) stream.bye('session_over', 0);
    },
    close() {
      closed = true;
      clearInterval(timer);
      for (const { stream } of [...all()]) stream.bye('drain', spreadRetryMs());
    },
  };
}

function pick(changes: PresenceEvents, names: ReadonlySet<string>): PresenceEvents {
  const picked = new Map<string, string>();
  for (const [name, event] of changes) if (names.has(name)) picked.set(name, event);
  return picked;
}

export const presenceInterest = (names: string | undefined): PresenceInterest =>
  names === undefined ? 'everybody' : new Set(names.split(',').filter(Boolean).map(foldName));
