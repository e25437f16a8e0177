import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openBundle } from '@secure-chat/crypto/e2ee/bundle';
import { KEY_LOG_START, keyLogHash } from '@secure-chat/crypto/e2ee/key-log';
import { verifyLoginProof } from '@secure-chat/crypto/login-proof';
import { importSessionKey } from '@secure-chat/crypto/request-signature';
import { readRequestSignatureV2 } from '@secure-chat/crypto/request-signature-v2';
import { exportPublicKey, importPublicKey, oaep256Decrypt, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import { type Cursor, decodeCursor, encodeCursor } from '@secure-chat/wire/cursor';
import { ERRORS, type ErrorCode, errorBody } from '@secure-chat/wire/errors';
import { EVENT_STREAM_TYPE, encodeEvent, HEARTBEAT } from '@secure-chat/wire/event-stream';
import { KEY_LOG_PAGE_MAX } from '@secure-chat/wire/limits';
import type { TestCertificate } from '../../../tools/certificates.ts';
import type { KeyLogPage } from '../src/requests.ts';

/**
 * The wire contract in memory, small, with faults on demand. Bundles and the key log are there when it is `modern`, the stream
 * when it is `streaming`: then what waits stays until it is acknowledged. With a `certificate` it speaks TLS.
 */

interface User {
  username: string;
  pem: string;
  hash: string;
  online: boolean;
  keys: Record<string, unknown>[];
  messages: Record<string, unknown>[];
  /** In base64, null before one was published. */
  bundle: string | null;
}

/** A stream that somebody reads, and how far it was written. */
interface OpenStream {
  user: User;
  response: ServerResponse;
  next: Cursor;
}

type LogEntry = KeyLogPage['entries'][number];

export interface FakeAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** `after`: the request has its effect, then the connection is cut. */
export type Fault = FakeAnswer | 'cut' | 'after' | null;

const serverKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const failed = (code: ErrorCode, headers: Record<string, string> = {}): FakeAnswer => ({
  status: ERRORS[code].status,
  body: errorBody(code, 'r'),
  headers,
});

export async function startFakeServer({
  modern = false,
  streaming = false,
  certificate = null,
}: {
  modern?: boolean;
  streaming?: boolean;
  certificate?: TestCertificate | null;
} = {}) {
  const users = new Map<string, User>();
  const sessions = new Map<string, { key: string; user: User; client: string; openedAt: string }>();
  const nonces = new Map<string, string>();
  const requests: { path: string; body: string }[] = [];
  const log: LogEntry[] = [];
  const streams = new Set<OpenStream>();
  const acknowledgements: { user: string; cursor: string }[] = [];
  let fault: (path: string, body: string) => Fault = () => null;
  let asked: (path: string, user: string) => FakeAnswer | null = () => null;
  let lost: (to: string, record: Record<string, unknown>) => boolean = () => false;
  let port = 0;
  let invitation: string | null = null;
  /** Numbers given so far, by mailbox. */
  const numbers = new Map<unknown[], number>();
  const ok: FakeAnswer = { status: 200, body: { status: 'OK' } };

  /** Appends to a mailbox. */
  function append(mailbox: Record<string, unknown>[], record: Record<string, unknown>): void {
    const seq = numbers.get(mailbox) ?? 0;
    numbers.set(mailbox, seq + 1);
    const timestamp = new Date().toISOString();
    mailbox.push({ id: randomBytes(16).toString('base64url'), seq, timestamp, ...record });
    for (const stream of streams) write(stream);
  }

  /** What the stream has not had yet: keys first. */
  function write(stream: OpenStream): void {
    const { user, response } = stream;
    for (const [mailbox, event] of [
      ['keys', 'key'],
      ['messages', 'message'],
    ] as const)
      for (const { type: _, ...record } of user[mailbox]) {
        const seq = Number(record.seq);
        if (seq < stream.next[mailbox]) continue;
        stream.next = { ...stream.next, [mailbox]: seq + 1 };
        response.write(encodeEvent(event, record, encodeCursor(stream.next)));
      }
  }

  function openStream(user: User, lastEventId: string | undefined, response: ServerResponse): void {
    const stream = { user, response, next: decodeCursor(lastEventId ?? '') ?? { keys: 0, messages: 0 } };
    response.writeHead(200, { 'content-type': EVENT_STREAM_TYPE });
    response.write(HEARTBEAT);
    write(stream);
    response.write(encodeEvent('live', {}, encodeCursor(stream.next)));
    streams.add(stream);
    response.on('close', () => streams.delete(stream));
  }

  function acknowledge(user: User, text: string): FakeAnswer {
    const cursor = decodeCursor(text);
    if (!cursor) return failed('bad_request');
    acknowledgements.push({ user: user.username, cursor: text });
    for (const mailbox of ['keys', 'messages'] as const) {
      const taken = user[mailbox].filter(({ seq }) => Number(seq) < cursor[mailbox]).length;
      user[mailbox].splice(0, taken);
    }
    return ok;
  }

  function open(path: string, body: Record<string, string>): FakeAnswer {
    const nonce = randomBytes(16).toString('hex');
    const folded = (body.username ?? '').toLowerCase();
    const user = users.get(folded);
    if (path === '/chat/auth/register-challenge')
      return { status: 200, body: { public_key: exportPublicKey(serverKeys.publicKey), nonce } };
    if (path === '/chat/auth/register') {
      if (invitation !== null && body.invite !== invitation) return failed('bad_invite');
      if (user) return failed('name_taken');
      const payload = oaep256Decrypt(serverKeys.privateKey, body.payload ?? '');
      const [hash = '', inner] = (payload ?? '').split('|');
      if (inner !== body.nonce) return failed('bad_payload');
      const pem = body['public-key'] ?? '';
      const username = body.username ?? '';
      users.set(folded, { username, pem, hash, online: false, keys: [], messages: [], bundle: null });
      const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
      record(username, 'public-key', spki);
      return { status: 200, body: { status: 'success' } };
    }
    const key = user ? importPublicKey(user.pem) : serverKeys.publicKey;
    if (path === '/chat/auth/login-challenge') {
      nonces.set(nonce, folded);
      const plain = `${nonce}|${new Date().toISOString()}|${body.username}`;
      return { status: 200, body: { challenge: key ? oaep256Encrypt(key, plain) : '' } };
    }
    const answered = body.challenge_response ?? '';
    const proven = user && key && verifyLoginProof(user.hash, answered, body.proof ?? '');
    if (!proven || nonces.get(answered) !== folded) return failed('unauthorized');
    nonces.delete(answered);
    const id = randomBytes(16).toString('base64url');
    const sessionKey = randomBytes(32).toString('hex');
    sessions.set(id, {
      key: sessionKey,
      user,
      client: body.client ?? '',
      openedAt: new Date().toISOString(),
    });
    return { status: 200, body: { 'session-key': oaep256Encrypt(key, sessionKey), 'session-id': id } };
  }

  function userOf(name: string): User {
    const user = users.get(name.toLowerCase());
    if (!user) throw new Error(`no user ${name}`);
    return user;
  }

  /** Appends to the key log. */
  function record(username: string, kind: LogEntry['kind'], bytes: Buffer): void {
    const content = createHash('sha256').update(bytes).digest('hex');
    log.push({ username, kind, content, at: Date.now() });
  }

  function publish(user: User, bundle: string): FakeAnswer {
    if (user.bundle === bundle) return ok;
    const serialOf = (base64: string) => openBundle(Buffer.from(base64, 'base64'))?.serial ?? -1;
    if (serialOf(bundle) === -1) return failed('bad_bundle');
    if (user.bundle !== null && serialOf(bundle) <= serialOf(user.bundle)) return failed('old_bundle');
    user.bundle = bundle;
    record(user.username, 'bundle', Buffer.from(bundle, 'base64'));
    return ok;
  }

  function logPage(from: number): FakeAnswer {
    const entries = log.slice(from, from + KEY_LOG_PAGE_MAX);
    const hash = log
      .slice(0, from + entries.length)
      .reduce(
        (before, entry) => keyLogHash(before, { ...entry, content: Buffer.from(entry.content, 'hex') }),
        KEY_LOG_START,
      );
    return { status: 200, body: { from, size: log.length, hash: hash.toString('hex'), entries } };
  }

  const sessionsOf = (owner: User, currentId: string) =>
    [...sessions].flatMap(([id, { user, client, openedAt }]) =>
      user === owner
        ? [{ 'session-id': id, opened_at: openedAt, seen_at: openedAt, current: id === currentId, client }]
        : [],
    );

  function endOthers(owner: User, currentId: string): void {
    for (const [id, { user }] of sessions) if (user === owner && id !== currentId) sessions.delete(id);
  }

  function signed(
    user: User,
    sessionId: string,
    { method, path, body }: { method: string; path: string; body: Record<string, string> },
  ): FakeAnswer {
    if (path === '/chat/auth/logout') sessions.delete(sessionId);
    if (path === '/chat/auth/sessions')
      return { status: 200, body: { sessions: sessionsOf(user, sessionId) } };
    if (path === '/chat/auth/sessions/end') {
      const wanted = body['session-id'];
      if (wanted === undefined) endOthers(user, sessionId);
      else if (sessions.get(wanted)?.user !== user) return failed('not_found');
      else sessions.delete(wanted);
      return ok;
    }
    if (path === '/chat/auth/delete') {
      const payload = oaep256Decrypt(serverKeys.privateKey, body.payload ?? '') ?? '';
      if (payload !== `${user.hash}|${body.nonce}`) return failed('wrong_password');
      endOthers(user, '');
      users.delete(user.username.toLowerCase());
      return ok;
    }
    if (path === '/chat/auth/password') {
      const payload = oaep256Decrypt(serverKeys.privateKey, body.payload ?? '') ?? '';
      const [given, next = '', nonce] = payload.split('|');
      if (nonce !== body.nonce) return failed('bad_payload');
      if (given !== user.hash) return failed('wrong_password');
      user.hash = next;
      endOthers(user, sessionId);
      return ok;
    }
    if (path === '/presence') user.online = true;
    if (path === '/chat/ack' && streaming) return acknowledge(user, body.cursor ?? '');
    if (path === '/chat/users')
      return { status: 200, body: [...users.values()].map(({ username, online }) => ({ username, online })) };
    if (path === '/chat/keyexchange') return { status: 200, body: { keys: user.keys.splice(0) } };
    if (path === '/chat/messages') return { status: 200, body: { messages: user.messages.splice(0) } };
    if (modern && path.startsWith('/key-log?from=')) return logPage(Number(path.split('=')[1]));
    if (modern && method === 'PUT' && path === '/chat/keys/bundle') return publish(user, body.bundle ?? '');
    const [, , name = '', verb] = path.split('/');
    if (path.startsWith('/key-log') || (verb === 'bundle' && !modern)) return failed('not_found');
    if (name.startsWith('stream')) return failed('not_found');
    if (!verb || name === 'auth') return ok;
    const other = users.get(name.toLowerCase());
    if (!other) return failed('unknown_user');
    if (verb === 'publickey') return { status: 200, body: { 'public-key': other.pem } };
    if (verb === 'bundle')
      return other.bundle === null ? failed('no_bundle') : { status: 200, body: { bundle: other.bundle } };
    const sender = user.username;
    if (verb === 'ephemeral') {
      const event = { sender, timestamp: new Date().toISOString(), ...body };
      for (const stream of streams)
        if (stream.user === other) stream.response.write(encodeEvent('ephemeral', event));
      return ok;
    }
    if (lost(other.username, { sender, verb, ...body })) return ok;
    if (verb === 'keyexchange') append(other.keys, { sender, ...body });
    else append(other.messages, { type: 'CHAT_MESSAGE', sender, ...body });
    return ok;
  }

  /** The session that signed the request; null for none. */
  function signer(request: IncomingMessage, raw: string): { id: string; user: User } | null {
    const { method = '', url: target = '', headers } = request;
    const signed = { method, authority: headers.host ?? '', target, headers, body: Buffer.from(raw) };
    const signature = readRequestSignatureV2(signed, ['last-event-id']);
    const session = sessions.get(signature?.sessionId ?? '');
    if (!signature || !session || !signature.verify(importSessionKey(session.key))) return null;
    return Math.abs(Date.now() - signature.created) < 30_000
      ? { id: signature.sessionId, user: session.user }
      : null;
  }

  function answer(request: IncomingMessage, path: string, raw: string): FakeAnswer {
    const body = raw ? JSON.parse(raw) : {};
    if (/^\/chat\/auth\/(register|login)/.test(path)) return open(path, body);
    const session = signer(request, raw);
    if (!session) return failed('unauthorized');
    const { method = '' } = request;
    const { user, id } = session;
    return asked(path, user.username) ?? signed(user, id, { method, path, body });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request);
    const path = request.url ?? '';
    requests.push({ path, body: raw });
    const found = fault(path, raw);
    const reader = streaming && found === null && path.startsWith('/chat/stream') && signer(request, raw);
    if (reader) return openStream(reader.user, request.headers['last-event-id']?.toString(), response);
    const usual = found === null || found === 'after' ? answer(request, path, raw) : ok;
    if (found === 'cut' || found === 'after') return void response.destroy();
    const { status, body, headers } = found ?? usual;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => void handle(request, response);
  const tls = certificate === null ? null : createTlsServer(certificate, listener);
  const server = tls ?? createServer(listener);
  const listen = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await listen();

  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    /** Shows another certificate from the next connection on, and ends those that are open. */
    showCertificate({ cert, key }: TestCertificate) {
      tls?.setSecureContext({ cert, key });
      server.closeAllConnections();
    },
    /** Every request so far, oldest first. */
    requests,
    setFault(next: (path: string, body: string) => Fault) {
      fault = next;
    },
    /** A lie to one user: null for what is asked and true. */
    setLie(next: (path: string, user: string) => FakeAnswer | null) {
      asked = next;
    },
    /** True for what is said to be delivered and is not. */
    setLoss(next: (to: string, record: Record<string, unknown>) => boolean) {
      lost = next;
    },
    /** The key log, to be tampered with. */
    log,
    record,
    user: userOf,
    /** Every acknowledgement so far. */
    acknowledgements,
    openStreams: (name: string) => [...streams].filter(({ user }) => user === userOf(name)).length,
    /** Writes to the streams of a user whatever a test wants; null cuts them. */
    push(name: string, text: string | null): void {
      for (const { user, response } of streams) {
        if (user !== userOf(name)) continue;
        if (text === null) response.destroy();
        else response.write(text);
      }
    },
    /** From now on, who registers needs this code. */
    invite(code: string) {
      invitation = code;
    },
    forgetUsers: () => users.clear(),
    endSessions: () => sessions.clear(),
    openSessions: () => sessions.size,
    /** Adds a record as a v1 client or a hostile server would. */
    deliverMessage: (to: string, record: Record<string, unknown>) =>
      append(userOf(to).messages, { type: 'CHAT_MESSAGE', ...record }),
    deliverKey: (to: string, record: Record<string, unknown>) => append(userOf(to).keys, record),
    stop,
    restart: listen,
  };
}

export type FakeServer = Awaited<ReturnType<typeof startFakeServer>>;
