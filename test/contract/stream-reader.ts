import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { createEventStreamParser } from '@secure-chat/wire/event-stream';
import { expect, vi } from 'vitest';
import { member, textMember } from '../v1-client/reading.ts';
import type { V1Session } from '../v1-client/session.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** Bound of what must happen, not what is expected of it. */
const SOON_MS = 10_000;

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
  /** The cursor, of this event or the last one before it. */
  readonly cursor: string;
  /** When it came: `performance.now()`. */
  readonly at: number;
}

/** A stream of a client that reads as fast as it can. */
export interface StreamReader {
  readonly headers: IncomingHttpHeaders;
  /** All events so far. */
  readonly events: readonly StreamEvent[];
  /** Chunks that held no event. */
  readonly comments: number;
  readonly ended: boolean;
  /** Of these events, what `text` takes out of them, in the order in which they came. */
  texts(): string[];
  /** Waits for an event of this name, with these members, that came or comes; hands it out. */
  until(event: string, members?: object): Promise<StreamEvent>;
  /** Waits for the end; hands out the reason of the `bye` before it. */
  bye(): Promise<string>;
  /** Stops reading, or goes on. */
  pause(): void;
  resume(): void;
  /** Hangs up. */
  close(): void;
}

export interface Opening {
  readonly cursor?: string;
  readonly lastEventId?: string;
  readonly presence?: string;
}

/** Opens `GET /chat/stream`; throws with the answer's text when it is no stream. */
export async function openStream(
  server: ServerUnderTest,
  session: V1Session,
  { cursor, lastEventId, presence }: Opening = {},
): Promise<StreamReader> {
  const query = new URLSearchParams({
    ...(cursor !== undefined && { cursor }),
    ...(presence !== undefined && { presence }),
  });
  const outgoing = request(new URL(`/chat/stream?${query}`, server.url), {
    agent: false,
    headers: { ...session.headers(), ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }) },
  });
  const responded = once(outgoing, 'response');
  outgoing.end();
  const [incoming]: IncomingMessage[] = await responded;
  if (!incoming) throw new Error('no answer');
  if (incoming.statusCode === 200) return read(incoming);
  incoming.destroy();
  throw new Error(`no stream: ${incoming.statusCode}`);
}

function read(incoming: IncomingMessage): StreamReader {
  const parser = createEventStreamParser();
  const events: StreamEvent[] = [];
  let comments = 0;
  let ended = false;
  incoming.on('data', (chunk: Buffer) => {
    const parsed = parser.push(chunk);
    if (parsed.length === 0) comments++;
    for (const { event, data, lastEventId } of parsed)
      events.push({ event, data: JSON.parse(data), cursor: lastEventId, at: performance.now() });
  });
  // However it ends.
  incoming.on('error', () => {});
  incoming.on('close', () => {
    ended = true;
  });
  const waitFor = <T>(check: () => T) => vi.waitFor(check, { timeout: SOON_MS, interval: 5 });
  return {
    headers: incoming.headers,
    events,
    get comments() {
      return comments;
    },
    get ended() {
      return ended;
    },
    texts: () =>
      events.filter(({ event }) => event === 'message').map(({ data }) => textMember(data, 'message')),
    until: (name, members = {}) =>
      waitFor(() => {
        const found = events.find(({ event, data }) => event === name && matches(data, members));
        if (!found) throw new Error(`no ${name} ${JSON.stringify(members)} among ${events.length} events`);
        return found;
      }),
    bye: () =>
      waitFor(() => {
        expect(ended).toBe(true);
        const last = events.at(-1);
        expect(last?.event).toBe('bye');
        return textMember(last?.data, 'reason');
      }),
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
    close: () => void incoming.destroy(),
  };
}

const matches = (data: unknown, members: object): boolean =>
  Object.entries(members).every(([name, value]) => member(data, name) === value);
