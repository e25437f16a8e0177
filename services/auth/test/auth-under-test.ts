import { createHash, randomUUID } from 'node:crypto';
import { loginProof } from '@secure-chat/crypto/login-proof';
import {
  exportPublicKey,
  generateRsaKeyPair,
  importPublicKey,
  oaep256Decrypt,
  oaep256Encrypt,
} from '@secure-chat/crypto/rsa';
import { type EventLog, openEventLog } from '@secure-chat/event-log/event-log';
import type { DatabasePlace } from '@secure-chat/service-kit/database';
import { type Caller, IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import { createLogger } from '@secure-chat/service-kit/logger';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import type { Registration } from '../src/admission.ts';
import { createAuth } from '../src/app.ts';

export const SERVICE_KEYS = fixedKeys(Buffer.alloc(32, 7));
export const keys = await generateRsaKeyPair(2048);
export const pem = exportPublicKey(keys.publicKey);
export const hashOf = (password: string): string => createHash('sha256').update(password).digest('hex');

export interface AuthOptions {
  /** Of the event log. */
  readonly dataDir: string;
  readonly database: DatabasePlace;
  readonly clock?: () => number;
  readonly registration?: Registration;
  /** What auth sees in place of the real events. */
  readonly events?: (log: EventLog) => EventLog['events'];
}

/** Auth on a real event log, called as the gateway calls it. */
export async function startAuth({
  dataDir,
  database,
  clock = Date.now,
  events = (log) => log.events,
  registration = 'open',
}: AuthOptions) {
  const lines: string[] = [];
  const log = await openEventLog({ backend: 'embedded', dataDir }, createLogger('event-log', 'fatal'));
  const { app, admin, accounts } = await createAuth({
    database,
    events: events(log),
    codecs: log.codecs,
    serviceKeys: SERVICE_KEYS,
    logger: createLogger('auth', 'trace', { write: (line) => void lines.push(line) }),
    clock,
    registration,
  });
  const identityKeys = SERVICE_KEYS.for('internal-identity');

  const call = (
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    caller: Caller | null = null,
    network = '',
  ) => {
    const requestId = randomUUID();
    const identity = signIdentity(
      identityKeys,
      caller,
      { service: 'auth', method, path, requestId },
      clock(),
      network,
    );
    return app.inject({
      method,
      url: path,
      headers: { 'x-request-id': requestId, [IDENTITY_HEADER]: identity },
      ...(body && { payload: body }),
    });
  };

  return {
    app,
    admin,
    accounts,
    log,
    call,
    logged: () => lines.join(''),
    async register(username: string, passwordHash: string) {
      const { public_key, nonce } = (await call('GET', '/chat/auth/register-challenge')).json();
      const server = importPublicKey(public_key);
      if (!server) throw new Error('auth has no key');
      const payload = oaep256Encrypt(server, `${passwordHash}|${nonce}`);
      return call('POST', '/chat/auth/register', { username, 'public-key': pem, nonce, payload });
    },
    async changePassword(caller: Caller, from: string, to: string, network = '') {
      const { public_key, nonce } = (await call('GET', '/chat/auth/register-challenge')).json();
      const server = importPublicKey(public_key);
      if (!server) throw new Error('auth has no key');
      const payload = oaep256Encrypt(server, `${from}|${to}|${nonce}`);
      return call('POST', '/chat/auth/password', { nonce, payload }, caller, network);
    },
    async deleteAccount(caller: Caller, passwordHash: string, network = '') {
      const { public_key, nonce } = (await call('GET', '/chat/auth/register-challenge')).json();
      const server = importPublicKey(public_key);
      if (!server) throw new Error('auth has no key');
      const payload = oaep256Encrypt(server, `${passwordHash}|${nonce}`);
      return call('POST', '/chat/auth/delete', { nonce, payload }, caller, network);
    },
    async challenge(username: string): Promise<string> {
      const answer = await call('POST', '/chat/auth/login-challenge', { username });
      return oaep256Decrypt(keys.privateKey, answer.json().challenge)?.split('|')[0] ?? '';
    },
    async login(username: string, passwordHash: string) {
      const nonce = await this.challenge(username);
      const proof = loginProof(passwordHash, nonce);
      return call('POST', '/chat/auth/login', { username, challenge_response: nonce, proof });
    },
    async close() {
      await app.close();
      await log.close();
    },
  };
}

/** Every record that a topic keeps, by key. */
export async function recordsOf(
  { events }: EventLog,
  topic: string,
): Promise<Map<string, Uint8Array | null>> {
  const records = new Map<string, Uint8Array | null>();
  const subscription = await events.subscribe(topic, ({ key, value }) => void records.set(key, value));
  await subscription.caughtUp();
  await subscription.close();
  return records;
}
