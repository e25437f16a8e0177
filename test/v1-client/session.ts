import type { OutgoingHttpHeaders } from 'node:http';
import { ask, post, type Reply } from './http.ts';
import { requestSignature, v1Timestamp } from './primitives.ts';
import { pythonJson } from './python-json.ts';

/** A v1 session: a key, and requests signed under it. Nothing in a request says whose it is. */
export type V1Session = {
  /** 64 lower-case hex characters. */
  key: string;
  /** The two headers that sign this raw body; `at` is any timestamp, the right time when left out. */
  headers(body?: string | Buffer, at?: string): Record<string, string>;
  get(path: string, extra?: OutgoingHttpHeaders): Promise<Reply>;
  /** Posts the value as Python would write it; no value at all is an empty POST. */
  post(path: string, value?: unknown, extra?: OutgoingHttpHeaders): Promise<Reply>;
  /** Puts the value, written in the same way. */
  put(path: string, value: unknown, extra?: OutgoingHttpHeaders): Promise<Reply>;
  /** Puts exactly these bytes, signed. */
  putRaw(path: string, body: string | Buffer, extra?: OutgoingHttpHeaders): Promise<Reply>;
  /** Posts exactly these bytes, signed. */
  postRaw(path: string, body: string | Buffer, extra?: OutgoingHttpHeaders): Promise<Reply>;
};

/** A session under this key; asks the server nothing. */
export function createSession(url: string, key: string): V1Session {
  const headers = (body: string | Buffer = '', at = v1Timestamp()) => ({
    'X-Request-Timestamp': at,
    'X-Request-Signature': requestSignature(key, body, at),
  });
  const postRaw = (path: string, body: string | Buffer, extra: OutgoingHttpHeaders = {}) =>
    post(url, path, body, { ...headers(body), ...extra });
  const putRaw = (path: string, body: string | Buffer, extra: OutgoingHttpHeaders = {}) => {
    const type = { 'Content-Type': 'application/json' };
    return ask(url, { method: 'PUT', path, headers: { ...type, ...headers(body), ...extra }, body });
  };
  return {
    key,
    headers,
    postRaw,
    putRaw,
    put: (path, value, extra) => putRaw(path, pythonJson(value), extra),
    get: (path, extra = {}) => ask(url, { method: 'GET', path, headers: { ...headers(), ...extra } }),
    post: (path, value, extra) => postRaw(path, value === undefined ? '' : pythonJson(value), extra),
  };
}
