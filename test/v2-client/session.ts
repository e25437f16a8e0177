import { createHash, createHmac, randomBytes } from 'node:crypto';
import { fetchLoginNonce, loginAnswer, type V1Account } from '../v1-client/account.ts';
import { ask, post, type Reply } from '../v1-client/http.ts';
import { openOaep256 } from '../v1-client/primitives.ts';
import { bodyOf, textMember } from '../v1-client/reading.ts';

/** Request signatures v2, written from docs/protocol.md and RFC 9421 alone. */

export interface V2Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  /** Headers that the signature covers beside the others. */
  readonly covered?: Record<string, string>;
  /** Seconds since the epoch. */
  readonly created?: number;
  readonly nonce?: string;
}

export interface V2Session {
  readonly sessionId: string;
  /** 64 lower-case hex characters. */
  readonly key: string;
  /** The headers that sign the request. */
  headers(request: V2Request): Record<string, string>;
  /** Sends the request, signed. */
  send(request: V2Request): Promise<Reply>;
}

/** A session under this key; asks the server nothing. */
export function createV2Session(url: string, sessionId: string, key: string): V2Session {
  const headers = ({ method, path, body = '', covered = {}, ...parameters }: V2Request) => {
    const [plain = '', query] = path.split('?');
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
    const components = Object.entries({
      '@method': method,
      '@authority': new URL(url).host,
      '@path': plain,
      '@query': `?${query ?? ''}`,
      'content-digest': digest,
      ...covered,
    });
    const { created = Math.floor(Date.now() / 1000), nonce = randomBytes(16).toString('hex') } = parameters;
    const names = components.map(([name]) => `"${name}"`).join(' ');
    const input = `(${names});created=${created};nonce="${nonce}";keyid="${sessionId}";alg="hmac-sha256"`;
    const lines = components.map(([name, value]) => `"${name}": ${value}`);
    const base = [...lines, `"@signature-params": ${input}`].join('\n');
    const signature = createHmac('sha256', Buffer.from(key, 'ascii')).update(base).digest('base64');
    return {
      ...covered,
      'Content-Digest': digest,
      'Signature-Input': `chat=${input}`,
      Signature: `chat=:${signature}:`,
    };
  };
  return {
    sessionId,
    key,
    headers,
    send: (request) => {
      const { method, path, body } = request;
      return ask(url, { method, path, headers: headers(request), ...(body !== undefined && { body }) });
    },
  };
}

/** Logs in to a session of signatures v2. Throws when the server refuses. */
export async function loginV2(url: string, account: V1Account): Promise<V2Session> {
  const answer = { ...loginAnswer(account, await fetchLoginNonce(url, account)), signatures: 'v2' };
  const body = bodyOf(await post(url, '/chat/auth/login', JSON.stringify(answer)));
  const key = openOaep256(account.keys.privateKey, textMember(body, 'session-key'));
  return createV2Session(url, textMember(body, 'session-id'), key);
}
