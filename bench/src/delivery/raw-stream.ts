import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventStreamParser, type ServerSentEvent } from '@secure-chat/wire/event-stream';
import { type Credentials, signed } from '../signed-request.ts';

/** Who reads a stream. */
export interface StreamReader extends Credentials {
  /** Of the stream, with its query. */
  readonly path: string;
}

/** A stream without a client around it: what comes is parsed and forgotten. It comes back as our client does. */
export interface RawStream {
  /** Resolves when it is live for the first time. */
  readonly live: Promise<void>;
  end(): void;
}

export interface RawStreamEvents {
  /** A request for the stream goes out. */
  onRequest(): void;
  /** It was refused, or the connection failed. */
  onFailure(): void;
  onMessage(message: string): void;
  /** It was live, and ended. */
  onLost(): void;
  /** It is live again. */
  onResumed(): void;
}

/** Milliseconds before the first and the longest attempt after a failure, as our client has it. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 10_000;

const agent = new Agent({ keepAlive: false });

export function openRawStream(url: string, reader: StreamReader, events: RawStreamEvents): RawStream {
  let request: ClientRequest | null = null;
  let over = false;
  let lastEventId = '';
  let failures = 0;
  let wasLive = false;
  let isLive = false;
  let onLive = (): void => {};
  const live = new Promise<void>((resolve) => {
    onLive = resolve;
  });

  function take({ event, data, lastEventId: id }: ServerSentEvent): void {
    lastEventId = id;
    if (event === 'message') events.onMessage(memberOf(data, 'message', ''));
    if (event !== 'live') return;
    failures = 0;
    isLive = true;
    if (wasLive) events.onResumed();
    wasLive = true;
    onLive();
  }

  /** One connection; resolves to the milliseconds that a `bye` named, or to null. */
  const connect = (): Promise<number | null> =>
    new Promise((resolve) => {
      const resumed = lastEventId === '' ? {} : { 'last-event-id': lastEventId };
      const { path } = reader;
      // For any gateway: it is not known which one answers a new connection.
      const anywhere = { authority: new URL(url).host, gatewayId: null };
      const { headers = {} } = signed(reader, anywhere, { method: 'GET', path, headers: resumed });
      let retryMs: number | null = null;
      const read = (answer: IncomingMessage): void => {
        const parser = createEventStreamParser();
        answer.on('data', (chunk: Buffer) => {
          for (const event of parser.push(chunk)) {
            take(event);
            if (event.event === 'bye') retryMs = memberOf(event.data, 'retry_ms', 0);
          }
        });
        answer.once('error', () => {});
        answer.once('close', () => resolve(retryMs));
      };
      events.onRequest();
      request = get(`${url}${path}`, { agent, headers }, (answer) => {
        if (answer.statusCode === 200) read(answer);
        else {
          answer.resume();
          resolve(null);
        }
      });
      request.once('error', () => resolve(null));
    });

  async function keep(): Promise<void> {
    while (!over) {
      const retryMs = await connect();
      if (over) return;
      if (isLive) events.onLost();
      else events.onFailure();
      isLive = false;
      if (retryMs === null) failures += 1;
      const longest = Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS);
      await sleep(retryMs ?? longest * (0.5 + Math.random() / 2));
    }
  }

  void keep();
  return {
    live,
    end() {
      over = true;
      request?.destroy();
    },
  };
}

/** A member of a JSON object; the fallback where it is of another type. */
function memberOf<T extends string | number>(json: string, name: string, fallback: T): T {
  const value: unknown = JSON.parse(json);
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return isLike(fallback, member) ? member : fallback;
}

const isLike = <T>(example: T, value: unknown): value is T => typeof value === typeof example;
