import { GATEWAY_HEADER } from '@secure-chat/wire/gateway-nonce';
import { Pool } from 'undici';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Where signed requests go. */
export interface Destination {
  /** As in the header `Host`. */
  readonly authority: string;
  /** The gateway that answered last; null while none has, and for requests that any may answer. */
  readonly gatewayId: string | null;
}

export interface HttpClient extends Destination {
  /** The answer's body. Rejects for any status but 200. */
  ask(request: Request): Promise<string>;
  close(): Promise<void>;
}

/** Keeps up to `connections` connections open, one request at a time on each. */
export function createHttpClient(url: string, connections: number): HttpClient {
  const pool = new Pool(url, { connections, pipelining: 1 });
  let gatewayId: string | null = null;
  return {
    authority: new URL(url).host,
    get gatewayId() {
      return gatewayId;
    },
    async ask({ method, path, headers = {}, body }) {
      const answer = await pool.request({ method, path, headers, body: body ?? null });
      const answering = answer.headers[GATEWAY_HEADER];
      if (typeof answering === 'string') gatewayId = answering;
      const text = await answer.body.text();
      if (answer.statusCode !== 200)
        throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`);
      return text;
    },
    close: () => pool.close(),
  };
}

/** A JSON answer's text member. Throws when it is not there. */
export function textMember(json: string, name: string): string {
  const body: unknown = JSON.parse(json);
  const found =
    typeof body === 'object' && body !== null && Object.entries(body).find(([key]) => key === name);
  if (!found || typeof found[1] !== 'string') throw new Error(`no ${name} in the answer`);
  return found[1];
}
