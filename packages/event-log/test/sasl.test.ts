import crypto, { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDial } from '../src/kafka/dial.ts';
import { BrokerRefusal } from '../src/kafka/refusal.ts';
import type { KafkaLogin } from '../src/kafka/security.ts';
import { type LoginScript, startFakeBroker } from './fake-broker.ts';

// RFC 7677, section 3.
const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const NONCES = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`;
const CHALLENGE = `r=${NONCES},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const PROOF = 'p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const VERIFIER = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

const user = { username: 'user', password: 'pencil' };
const SCRAM: KafkaLogin = { mechanism: 'scram-sha-256', ...user };

/** The client's nonce is the one of the RFC. */
function fixNonce(): void {
  vi.spyOn(crypto, 'randomBytes').mockImplementation(() => Buffer.from(NONCE, 'base64url'));
  syncBuiltinESMExports();
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

async function logIn(script: LoginScript, login = SCRAM) {
  const broker = await startFakeBroker(script);
  const logged: object[] = [];
  const dial = createDial({ tls: null, login }, { error: (...line) => logged.push(line) }, () => 0);
  const outcome = await dial(broker.address, 1_000).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (!(outcome instanceof Error)) outcome.connection.socket.destroy();
  return { broker, outcome, logged };
}

const answers =
  (...texts: string[]): LoginScript =>
  (_, turn) => ({ bytes: texts[turn] ?? '' });

describe('a login by SCRAM', () => {
  it('says and expects what stands in RFC 7677', async () => {
    fixNonce();
    const { broker, outcome } = await logIn(answers(CHALLENGE, VERIFIER));
    expect(broker.messages).toEqual([`n,,n=user,r=${NONCE}`, `c=biws,r=${NONCES},${PROOF}`]);
    expect(outcome).not.toBeInstanceOf(Error);
  });

  it('with SHA-512 gives the proof that a server computes by itself', async () => {
    const salt = Buffer.from('salt of some bytes');
    const salted = pbkdf2Sync(user.password, salt, 5_000, 64, 'sha512');
    const hmac = (key: Buffer, text: string) => createHmac('sha512', key).update(text).digest();
    const sha = (bytes: Buffer) => createHash('sha512').update(bytes).digest();
    let first = '';
    let isProven = false;
    const { outcome } = await logIn(
      (message, turn) => {
        const challenge = `r=${/r=(.*)$/.exec(first || message)?.[1]}more,s=${salt.toString('base64')},i=5000`;
        if (turn === 0) {
          first = message.slice(3);
          return { bytes: challenge };
        }
        const [, open = '', proof = ''] = /^(.*),p=(.*)$/.exec(message) ?? [];
        const text = `${first},${challenge},${open}`;
        const stored = sha(hmac(salted, 'Client Key'));
        const key = Buffer.from(proof, 'base64').map((byte, at) => byte ^ (hmac(stored, text)[at] ?? 0));
        isProven = sha(Buffer.from(key)).equals(stored);
        return { bytes: `v=${hmac(hmac(salted, 'Server Key'), text).toString('base64')}` };
      },
      { mechanism: 'scram-sha-512', ...user },
    );
    expect(isProven).toBe(true);
    expect(outcome).not.toBeInstanceOf(Error);
  });

  it.each([
    ['does not know the password itself', CHALLENGE, 'v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='],
    ['proves nothing', CHALLENGE, 'x=1'],
    ['says that it failed', CHALLENGE, 'e=other-error'],
    ['asks for fewer than 4,096 rounds', CHALLENGE.replace('4096', '4095')],
    ['asks for more than a million rounds', CHALLENGE.replace('4096', '1000001')],
    ['asks for rounds that are no number', CHALLENGE.replace('4096', 'many')],
    ['answers another nonce', CHALLENGE.replace(NONCE, 'AAAANGfwEbeRWgbNEkqO')],
    ['answers without a nonce', 's=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
    ['answers without a salt', `r=${NONCES},i=4096`],
    ['answers nonsense', 'nonsense'],
    ['answers nothing', ''],
    ['ends with nonsense', CHALLENGE, 'nonsense'],
  ])('is refused when the broker %s, and the process goes on', async (_, ...texts) => {
    fixNonce();
    const { outcome, logged } = await logIn(answers(...texts));
    expect(outcome).toBeInstanceOf(BrokerRefusal);
    expect(String(outcome)).toMatch(/is not who it should be/);
    expect(logged).toHaveLength(1);
    expect(inspect([outcome, logged], { depth: 20 })).not.toContain(user.password);
  });
});

it('a login by PLAIN is one message', async () => {
  const { broker, outcome } = await logIn(answers(''), { mechanism: 'plain', ...user });
  expect(broker.messages).toEqual(['\0user\0pencil']);
  expect(outcome).not.toBeInstanceOf(Error);
});
