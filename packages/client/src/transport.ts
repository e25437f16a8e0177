import {
  createEventStreamParser,
  EVENT_STREAM_TYPE,
  type ServerSentEvent,
} from '@secure-chat/wire/event-stream';
import { Agent, request as send } from 'undici';
import { ClientError } from './client-error.ts';
import { type Decoder, parseJson } from './decoder.ts';
import { type Credentials, createRequestSigner, type Signable } from './request-signer.ts';
import { createPinnedConnector, type ServerPin } from './server-key.ts';
import { isExposed, type ServerTrust, tlsOptions, USUAL_TRUST } from './server-trust.ts';
import { answerError, connectionError, notAServer, TransportError } from './transport-error.ts';

/** Milliseconds for a whole request: what the contract says a client waits. */
export const REQUEST_TIMEOUT_MS = 5_000;

/** Bytes of an answer: four times the largest page of a poll, or a directory of 200,000 users. */
export const ANSWER_MAX = 16 * 1024 * 1024;

/** Sockets to the gateway, beside that of the stream: the loop uses one, a command of the user another. */
const CONNECTIONS = 2;

type Headers = Record<string, string>;

export interface WireRequest<T> {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Sent as JSON; nothing is sent when absent. */
  body?: unknown;
  response: Decoder<T>;
}

/** A stream of server-sent events that is open. */
export interface EventStream {
  /**
   * What came at once, in order: the next is read when this one was taken. Comments are none, but keep it alive. Ends when the
   * server or `close` ends it. Throws TransportError when the connection breaks, or nothing came for too long.
   */
  batches(): AsyncIterable<ServerSentEvent[]>;
  close(): void;
}

export interface StreamRequest {
  readonly path: string;
  readonly credentials: Credentials;
  /** The id after which it goes on; undefined for where the server thinks right. */
  readonly lastEventId?: string | undefined;
  /** Milliseconds without a byte after which the connection counts as lost. */
  readonly silenceMs: number;
}

export interface Transport {
  readonly server: string;
  /** By which alone the server is known; null where authorities vouch for it. */
  readonly serverKey: string | null;
  /** Signed when credentials are given. Throws TransportError, and nothing else. */
  request<T>(
    request: WireRequest<T>,
    options?: { credentials?: Credentials; timeoutMs?: number },
  ): Promise<T>;
  /** Resolves when its first bytes have come. Throws TransportError. */
  stream(request: StreamRequest): Promise<EventStream>;
  /** Breaks off what is in flight, and lets go of the sockets. */
  close(): Promise<void>;
}

/** The server's address without a trailing slash. Throws ClientError not_a_server. */
export function parseServer(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new ClientError(
      'not_a_server',
      'That is not the address of a server: give one like http://127.0.0.1:8000.',
    );
  return url.href.replace(/\/+$/, '');
}

const withoutTls = (server: string): ClientError =>
  new ClientError(
    'not_a_server',
    `Over ${server} everybody on the way reads who writes to whom. Give an https:// address; or, in a network of your own, start with --insecure-http.`,
  );

/** Throws ClientError not_a_server: for what is no address, and for plain HTTP to another machine. */
export function createTransport(options: {
  server: string;
  now: () => number;
  timeoutMs?: number;
  trust?: Pick<ServerTrust, 'ca' | 'insecureHttp'>;
  /** By which alone the server is known; null where authorities count. */
  pin?: ServerPin | null;
}): Transport {
  const { trust = USUAL_TRUST, pin = null } = options;
  const server = parseServer(options.server);
  if (isExposed(server) && !trust.insecureHttp) throw withoutTls(server);
  const connect = pin === null ? tlsOptions(trust) : createPinnedConnector(pin);
  const agent = new Agent({ connections: CONNECTIONS, maxResponseSize: ANSWER_MAX, connect });
  // A stream has no end, so neither its length nor its duration is bounded; its silence is.
  const streams = new Agent({ connections: 1, bodyTimeout: 0, headersTimeout: 0, connect });
  const signer = createRequestSigner(options.now);
  const inFlight = new Set<AbortController>();

  /** The answer as it came: its body is read within the same time-out. */
  async function exchange(
    method: WireRequest<unknown>['method'],
    path: string,
    headers: Headers,
    body: Buffer,
    timeoutMs: number,
  ) {
    const controller = new AbortController();
    inFlight.add(controller);
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      const answer = await send(`${server}${path}`, {
        method,
        headers,
        body: body.length > 0 ? body : null,
        dispatcher: agent,
        signal: controller.signal,
      });
      signer.answered(answer.headers);
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    } catch (error) {
      throw connectionError(server, error);
    } finally {
      clearTimeout(timer);
      inFlight.delete(controller);
    }
  }

  /** Sends the request signed; once more where the signature was for another gateway, which has done nothing then. */
  async function sendSigned<T>(
    credentials: Credentials,
    request: Signable,
    attempt: (headers: Headers) => Promise<T>,
  ): Promise<T> {
    try {
      return await attempt(signer.sign(credentials, request));
    } catch (error) {
      if (!(error instanceof TransportError) || error.code !== 'other_gateway') throw error;
      signer.missed();
      return attempt(signer.sign(credentials, request));
    }
  }

  return {
    server,
    serverKey: pin?.key ?? null,
    async request(
      { method, path, body, response },
      { credentials, timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS } = {},
    ) {
      const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
      const plain: Headers = {
        accept: 'application/json',
        ...(bytes.length > 0 && { 'content-type': 'application/json' }),
      };
      const attempt = async (signature: Headers) => {
        const headers = { ...plain, ...signature };
        const answer = await exchange(method, path, headers, bytes, timeoutMs);
        if (answer.status < 200 || answer.status > 299)
          throw answerError(server, answer.status, answer.headers, answer.text);
        const value = response(parseJson(answer.text));
        if (value === null) throw notAServer(server, { status: answer.status });
        return value;
      };
      if (!credentials) return attempt({});
      return sendSigned(credentials, { method, url: new URL(`${server}${path}`), body: bytes }, attempt);
    },
    async stream({ path, credentials, lastEventId, silenceMs }) {
      const controller = new AbortController();
      inFlight.add(controller);
      const silence = setTimeout(() => controller.abort(), silenceMs);
      const end = (): void => {
        clearTimeout(silence);
        inFlight.delete(controller);
      };
      const resumed: Headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
      const url = new URL(`${server}${path}`);
      const open = async (signature: Headers) => {
        const headers = { accept: EVENT_STREAM_TYPE, ...resumed, ...signature };
        const answer = await send(url, { headers, dispatcher: streams, signal: controller.signal });
        const { statusCode: status, body } = answer;
        if (status !== 200) throw answerError(server, status, answer.headers, await body.text());
        if (!String(answer.headers['content-type']).startsWith(EVENT_STREAM_TYPE)) {
          body.destroy();
          throw notAServer(server, { status });
        }
        return body;
      };
      try {
        const request = { method: 'GET', url, headers: resumed, body: Buffer.alloc(0) };
        const body = await sendSigned(credentials, request, open);
        silence.refresh();
        return {
          async *batches() {
            const parser = createEventStreamParser();
            try {
              for await (const chunk of body) {
                silence.refresh();
                const events = parser.push(chunk);
                if (events.length > 0) yield events;
              }
            } catch (error) {
              throw connectionError(server, error);
            } finally {
              end();
            }
          },
          close: () => controller.abort(),
        };
      } catch (error) {
        end();
        throw error instanceof TransportError ? error : connectionError(server, error);
      }
    },
    async close() {
      for (const controller of inFlight) controller.abort();
      await Promise.all([agent.destroy(), streams.destroy()]);
    },
  };
}
