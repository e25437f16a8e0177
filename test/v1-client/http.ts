import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

/** A whole answer: the body is kept as the text that came. */
export type Reply = { status: number; headers: IncomingHttpHeaders; text: string };

/** A request as it goes on the wire: nothing is added but `Host`, `Connection` and `Content-Length`. */
export type Ask = {
  method: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** Keeps connections open; each request has one of its own without it. */
  agent?: Agent;
};

const PATIENCE_MS = 5_000;

/** Sends one request, over a connection of its own as every v1 client may. Rejects after 5 s, when v1 gives up. */
export function ask(url: string, { method, path, headers = {}, body = '', agent }: Ask): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const bytes = Buffer.from(body);
  // node sends no Content-Length by itself for an empty POST or for a GET that is ended at once
  const length = method === 'GET' && bytes.length === 0 ? {} : { 'Content-Length': bytes.length };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent: agent ?? false,
        hostname,
        port,
        method,
        path,
        headers: { ...length, ...headers },
        timeout: PATIENCE_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`${method} ${path}: silent for ${PATIENCE_MS} ms`)),
    );
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/** POST of JSON text or of anything else, with the one header that v1 always sends, even on an empty body. */
export function post(url: string, path: string, body: string | Buffer, headers: OutgoingHttpHeaders = {}) {
  return ask(url, {
    method: 'POST',
    path,
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
}
