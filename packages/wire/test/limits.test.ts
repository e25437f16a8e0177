import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import {
  Bundle,
  EphemeralRequest,
  KeyExchangeRequest,
  KeyLog,
  KeyLogQuery,
  LoginChallengeRequest,
  LoginRequest,
  RegisterRequest,
  SendRequest,
  StreamQuery,
} from '../src/api.ts';
import {
  PRESENCE_LEFT_MAX,
  PRESENCE_SEEN_MAX,
  PresenceSeen,
  SESSIONS_SEEN_MAX,
  SessionsSeen,
} from '../src/internal-api.ts';
import * as limits from '../src/limits.ts';

const accepts = (schema: TSchema, value: unknown): boolean => Compile(schema).Check(value);

describe('the limits of bodies', () => {
  it('let a message have MESSAGE_MAX characters and no more', () => {
    const body = (length: number) => ({ message: 'a'.repeat(length) });
    expect(accepts(SendRequest, body(limits.MESSAGE_MAX))).toBe(true);
    expect(accepts(SendRequest, body(limits.MESSAGE_MAX + 1))).toBe(false);
    expect(accepts(SendRequest, body(0))).toBe(false);
  });

  it('let a wrapped key have ENCRYPTED_KEY_MAX characters and no more', () => {
    const body = (length: number) => ({ encrypted_key: 'a'.repeat(length) });
    expect(accepts(KeyExchangeRequest, body(limits.ENCRYPTED_KEY_MAX))).toBe(true);
    expect(accepts(KeyExchangeRequest, body(limits.ENCRYPTED_KEY_MAX + 1))).toBe(false);
    expect(accepts(KeyExchangeRequest, body(0))).toBe(false);
  });

  it('let a public key have PUBLIC_KEY_MAX characters and no more', () => {
    const body = (length: number) => ({
      username: 'alice',
      'public-key': 'a'.repeat(length),
      nonce: '0'.repeat(32),
      payload: '00',
    });
    expect(accepts(RegisterRequest, body(limits.PUBLIC_KEY_MAX))).toBe(true);
    expect(accepts(RegisterRequest, body(limits.PUBLIC_KEY_MAX + 1))).toBe(false);
  });

  it('let a bundle have BUNDLE_MAX characters and no more', () => {
    const body = (length: number) => ({ bundle: 'a'.repeat(length) });
    expect(accepts(Bundle, body(limits.BUNDLE_MAX))).toBe(true);
    expect(accepts(Bundle, body(limits.BUNDLE_MAX + 1))).toBe(false);
    expect(accepts(Bundle, body(0))).toBe(false);
    expect(JSON.stringify(body(limits.BUNDLE_MAX)).length).toBeLessThan(limits.BODY_MAX);
  });

  it('let a page of the key log have KEY_LOG_PAGE_MAX entries and no more', () => {
    const entry = { username: 'a', kind: 'bundle', content: '0'.repeat(64), at: 1 };
    const page = (count: number) => ({
      from: 0,
      size: count,
      hash: '0'.repeat(64),
      entries: Array.from({ length: count }, () => entry),
    });
    expect(accepts(KeyLog, page(limits.KEY_LOG_PAGE_MAX))).toBe(true);
    expect(accepts(KeyLog, page(limits.KEY_LOG_PAGE_MAX + 1))).toBe(false);
  });

  it('take an entry to begin with in decimal digits, or none', () => {
    for (const from of ['0', '7', '999999999999999']) expect(accepts(KeyLogQuery, { from })).toBe(true);
    expect(accepts(KeyLogQuery, {})).toBe(true);
    for (const from of ['', '-1', '01', '1.5', '1e3', ' 1', '0x1', '1000000000000000', 1, null, ['1']])
      expect(accepts(KeyLogQuery, { from })).toBe(false);
  });

  it('leave room in a body for the longest message and an id', () => {
    const body = JSON.stringify({ message: 'a'.repeat(limits.MESSAGE_MAX), id: 'a'.repeat(64) });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limits.BODY_MAX);
  });

  it('leave room in a body for the longest message that our client sends: 32,000 characters, encrypted, in base64', () => {
    const sealed = 16 + 32_000 + 16 + 32;
    expect(Math.ceil(sealed / 3) * 4).toBeLessThanOrEqual(limits.MESSAGE_MAX);
  });

  it('let a report name SESSIONS_SEEN_MAX sessions and no more, within one body', () => {
    const body = (count: number) => ({ sessionIds: Array.from({ length: count }, () => 's'.repeat(22)) });
    expect(accepts(SessionsSeen, body(SESSIONS_SEEN_MAX))).toBe(true);
    expect(accepts(SessionsSeen, body(SESSIONS_SEEN_MAX + 1))).toBe(false);
    expect(JSON.stringify(body(SESSIONS_SEEN_MAX)).length).toBeLessThan(limits.BODY_MAX);
  });

  it('let a report name PRESENCE_SEEN_MAX users and no more, within one body', () => {
    const body = (count: number) => ({
      gateway: 'g'.repeat(36),
      usernames: Array.from({ length: count }, () => 'n'.repeat(32)),
      left: [],
    });
    expect(accepts(PresenceSeen, body(PRESENCE_SEEN_MAX))).toBe(true);
    expect(accepts(PresenceSeen, body(PRESENCE_SEEN_MAX + 1))).toBe(false);
    expect(JSON.stringify(body(PRESENCE_SEEN_MAX)).length).toBeLessThan(limits.BODY_MAX);
  });

  it('let a report name PRESENCE_LEFT_MAX who left and no more, within one body', () => {
    const one = { username: 'n'.repeat(32), sessionId: 's'.repeat(22) };
    const body = (count: number) => ({
      gateway: 'g'.repeat(36),
      usernames: [],
      left: Array.from({ length: count }, () => one),
    });
    expect(accepts(PresenceSeen, body(PRESENCE_LEFT_MAX))).toBe(true);
    expect(accepts(PresenceSeen, body(PRESENCE_LEFT_MAX + 1))).toBe(false);
    expect(JSON.stringify(body(PRESENCE_LEFT_MAX)).length).toBeLessThan(limits.BODY_MAX);
  });

  it('let an ephemeral body have EPHEMERAL_MAX characters and no more', () => {
    const body = (length: number) => ({ body: 'a'.repeat(length) });
    expect(accepts(EphemeralRequest, body(limits.EPHEMERAL_MAX))).toBe(true);
    expect(accepts(EphemeralRequest, body(limits.EPHEMERAL_MAX + 1))).toBe(false);
    expect(accepts(EphemeralRequest, body(0))).toBe(false);
  });

  it('let a stream ask for the presence of PRESENCE_NAMES_MAX users and no more, in the head of a request', () => {
    const presence = (count: number) => Array.from({ length: count }, () => 'n'.repeat(32)).join(',');
    expect(accepts(StreamQuery, { presence: presence(limits.PRESENCE_NAMES_MAX) })).toBe(true);
    expect(accepts(StreamQuery, { presence: presence(limits.PRESENCE_NAMES_MAX + 1) })).toBe(false);
    expect(presence(limits.PRESENCE_NAMES_MAX).length).toBeLessThan(10 * 1024);
    expect(accepts(StreamQuery, { presence: '' })).toBe(true);
    for (const bad of [',', 'bob,', ',bob', 'bob,,ann', 'bob ann', 'b\u00f6b', 'n'.repeat(33)])
      expect(accepts(StreamQuery, { presence: bad })).toBe(false);
  });

  it('let the largest record be an event of the stream', () => {
    expect(limits.BODY_MAX + 1_024).toBeLessThan(limits.STREAM_EVENT_MAX);
  });

  it('let extra members pass, which v1 clients send', () => {
    expect(accepts(KeyExchangeRequest, { encrypted_key: 'k', sender: 'alice' })).toBe(true);
    expect(accepts(LoginChallengeRequest, { username: 'alice', more: [] })).toBe(true);
  });

  it('take an id of 16 to 64 characters of base64url, or none', () => {
    const withId = (id: unknown) => accepts(SendRequest, { message: 'm', id });
    expect(withId('a'.repeat(16)) && withId('a-_Z09'.padEnd(64, 'x'))).toBe(true);
    for (const id of ['a'.repeat(15), 'a'.repeat(65), 'a'.repeat(15).concat('!'), '', null, 17]) {
      expect(withId(id)).toBe(false);
    }
  });
});

describe('what a login says of itself', () => {
  const withClient = (client: unknown) =>
    accepts(LoginRequest, { username: 'a', challenge_response: '', proof: '', client });

  it('has SESSION_CLIENT_MAX printable characters and no more, of any script', () => {
    const { SESSION_CLIENT_MAX } = limits;
    for (const client of ['', 'tui, Linux (6.1)', 'é'.repeat(64), '😀'.repeat(SESSION_CLIENT_MAX)])
      expect(withClient(client)).toBe(true);
    expect(withClient('a'.repeat(SESSION_CLIENT_MAX + 1))).toBe(false);
  });

  it('has nothing that a terminal would obey, or that cannot be seen', () => {
    for (const bad of ['\n', '\t', '\u001b[2J', '\u0085', '\u200b', '\u202e', '\u2028', '\ud800', '\ufeff'])
      expect(withClient(`a${bad}`)).toBe(false);
  });
});

describe('the limits of time', () => {
  it('are those of the contract', () => {
    const { REQUEST_WINDOW_MS, REGISTER_NONCE_MS, LOGIN_CHALLENGE_MS, SESSION_IDLE_MS, PRESENCE_MS } = limits;
    expect([limits.SESSION_LIFE_MS, limits.SESSIONS_MAX]).toEqual([2_592_000_000, 32]);
    const { HEARTBEAT_MS, STREAM_SILENT_MS, STREAM_SLOW_MS, STREAM_RETRY_MS } = limits;
    expect({ HEARTBEAT_MS, STREAM_SILENT_MS, STREAM_SLOW_MS, STREAM_RETRY_MS }).toEqual({
      HEARTBEAT_MS: 10_000,
      STREAM_SILENT_MS: 30_000,
      STREAM_SLOW_MS: 30_000,
      STREAM_RETRY_MS: 2_000,
    });
    expect({
      REQUEST_WINDOW_MS,
      REGISTER_NONCE_MS,
      LOGIN_CHALLENGE_MS,
      SESSION_IDLE_MS,
      PRESENCE_MS,
    }).toEqual({
      REQUEST_WINDOW_MS: 30_000,
      REGISTER_NONCE_MS: 300_000,
      LOGIN_CHALLENGE_MS: 60_000,
      SESSION_IDLE_MS: 86_400_000,
      PRESENCE_MS: 6_000,
    });
  });

  it('are all positive integers', () => {
    expect(accepts(Type.Record(Type.String(), Type.Integer({ minimum: 1 })), { ...limits })).toBe(true);
  });
});
