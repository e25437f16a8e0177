import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportPublicKey } from '@secure-chat/crypto/rsa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeIdentity } from '../src/account.ts';
import { createDelivery, type Delivery } from '../src/delivery.ts';
import { createLegacyConversations, type LegacyConversations } from '../src/legacy-conversations.ts';
import { createNumbering } from '../src/numbering.ts';
import { createOutbox } from '../src/outbox.ts';
import type { StoredMessage } from '../src/profile/history.ts';
import { createProfile, type Profile } from '../src/profile/profile.ts';
import type { Session } from '../src/session.ts';
import { RETRY_AFTER_MAX_MS, TransportError } from '../src/transport-error.ts';
import { NO_IDENTITIES, NO_RATCHETS, NO_STREAM } from './legacy-only.ts';

const own = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const usable = exportPublicKey(createPublicKey(own));

/** RSA of 2048 bits in every respect but that its modulus is even: it imports, and nothing can be encrypted to it. */
function evenModulus(): string {
  const { n = '', ...jwk } = createPublicKey(own).export({ format: 'jwk' });
  const modulus = Buffer.from(n, 'base64url');
  modulus[modulus.length - 1] = 0xfe;
  return exportPublicKey(
    createPublicKey({ key: { ...jwk, n: modulus.toString('base64url') }, format: 'jwk' }),
  );
}

let root: string;
let profile: Profile;
let bob: number;
let carol: number;
let now: number;
let answers: Record<string, unknown>;
let asked: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secure-chat-outbox-'));
  profile = await createProfile({
    profile: join(root, 'alice'),
    password: 'correct horse',
    identity: makeIdentity('alice', own),
    cost: { memoryKib: 1024, passes: 1, lanes: 1 },
  });
  bob = profile.contacts.ensure('bob').id;
  carol = profile.contacts.ensure('carol').id;
  now = 1_000_000;
  answers = {};
  asked = [];
});
afterEach(async () => {
  profile.close();
  await rm(root, { recursive: true, force: true });
});

/** A server that accepts everything, unless a path has an answer of its own, or an error. */
const session: Session = {
  async request(request) {
    asked.push(request.path);
    const usual = request.path.endsWith('/publickey') ? { 'public-key': usable } : { status: 'OK' };
    const given = answers[request.path] ?? usual;
    if (given instanceof Error) throw given;
    const answer = request.response(given);
    if (answer === null) throw new TransportError('not_a_server', 'That is none.', { status: 200 });
    return answer;
  },
  stream: NO_STREAM,
  end: async () => undefined,
};

function startOutbox(
  broken: Partial<LegacyConversations> = {},
  onChange: (message: StoredMessage) => void = () => {},
  onRested: () => void = () => {},
  given?: Delivery,
) {
  const shared = { profile, ratchets: NO_RATCHETS, now: () => now };
  return createOutbox({
    ...shared,
    delivery:
      given ??
      createDelivery({ ...shared, identities: NO_IDENTITIES, session, onRested, onWaiting: () => {} }),
    numbering: createNumbering(profile),
    legacy: { ...createLegacyConversations(profile), ...broken },
    username: 'alice',
    accept: () => undefined,
    isOnline: () => true,
    onChange,
    onWithdrawn: () => undefined,
  });
}

const states = (contact: number) =>
  profile.history.page(contact, 1e9, 1e9).map(({ state, failure }) => failure ?? state);

it.each([
  ['has an even modulus', evenModulus()],
  ['is no key', 'not a key'],
])('a public key that %s fails that message alone, and is not kept', async (_, pem) => {
  answers['/chat/bob/publickey'] = { 'public-key': pem };
  const outbox = startOutbox();
  outbox.write(bob, 'one');
  outbox.write(carol, 'two');
  await outbox.deliver();
  expect(states(bob)).toEqual([
    'The server has no usable public key of bob. Nobody can write there: a new account is needed.',
  ]);
  expect(states(carol)).toEqual(['sent']);
  expect(profile.contacts.publicKey(bob)).toBeNull();
  answers = {};
  outbox.write(bob, 'three');
  await outbox.deliver();
  expect(states(bob)[1]).toBe('sent');
});

it('a public key that was kept and cannot be used is fetched again', async () => {
  profile.contacts.setPublicKey(bob, evenModulus());
  const outbox = startOutbox();
  outbox.write(bob, 'one');
  await outbox.deliver();
  expect(states(bob)).toEqual(['sent']);
  expect(profile.contacts.publicKey(bob)).toBe(usable);
});

it('whatever goes wrong while a message is encrypted fails that message, with a sentence', async () => {
  const { encrypt } = createLegacyConversations(profile);
  const outbox = startOutbox({
    encrypt(contact, text) {
      if (text === 'cursed') throw new RangeError('out of something');
      return encrypt(contact, text);
    },
  });
  for (const text of ['cursed', 'fine']) outbox.write(bob, text);
  outbox.write(carol, 'fine');
  await outbox.deliver();
  expect(states(bob)).toEqual(['The message could not be encrypted. Write it again.', 'sent']);
  expect(states(carol)).toEqual(['sent']);
});

it('an error that nobody expected lets its contact rest, and nobody else', async () => {
  answers['/chat/bob/send'] = new TypeError('oops');
  const outbox = startOutbox();
  for (const text of ['one', 'two']) outbox.write(bob, text);
  outbox.write(carol, 'three');
  await outbox.deliver();
  await outbox.deliver();
  expect(asked.filter((path) => path === '/chat/bob/send')).toHaveLength(1);
  expect(states(bob)).toEqual(['queued', 'queued']);
  expect(states(carol)).toEqual(['sent']);
  answers = {};
  now += 1_000;
  await outbox.deliver();
  expect(states(bob)).toEqual(['sent', 'sent']);
});

it.each([
  ['mailbox_full', 'The mailbox of bob is full, until bob reads what is there: again in 90 s.'],
  ['too_many', 'The server has had too many messages at once: again in 90 s.'],
] as const)(
  '%s keeps what was written, in its order, and is asked again no sooner than the server says',
  async (code, sentence) => {
    answers['/chat/bob/send'] = new TransportError('busy', 'No.', {
      status: 429,
      code,
      retryAfterMs: 90_000,
    });
    const shared = { profile, ratchets: NO_RATCHETS, now: () => now, identities: NO_IDENTITIES, session };
    const waiting: (string | null)[] = [];
    const delivery = createDelivery({
      ...shared,
      onRested: () => undefined,
      onWaiting: (contact) => void waiting.push(delivery.waitsFor(contact)),
    });
    const outbox = startOutbox({}, undefined, undefined, delivery);
    for (const text of ['one', 'two']) outbox.write(bob, text);
    outbox.write(carol, 'three');
    await outbox.deliver();
    expect([states(bob), states(carol)]).toEqual([['queued', 'queued'], ['sent']]);
    now += 89_999;
    await outbox.deliver();
    expect(asked.filter((path) => path === '/chat/bob/send')).toHaveLength(1);
    expect(waiting).toEqual([sentence]);
    now += 1;
    await outbox.deliver();
    expect(asked.filter((path) => path === '/chat/bob/send')).toHaveLength(2);
    expect(delivery.waitsFor(bob)).toBe(sentence);
    answers = {};
    now += 90_000;
    await outbox.deliver();
    expect(states(bob)).toEqual(['sent', 'sent']);
    expect(waiting).toEqual([sentence, null]);
    delivery.stop();
  },
);

it('a server that asks to wait is heeded for an hour at most', async () => {
  answers['/chat/bob/send'] = new TransportError('busy', 'No.', { retryAfterMs: 1e12 });
  const outbox = startOutbox();
  outbox.write(bob, 'one');
  await outbox.deliver();
  answers = {};
  now += RETRY_AFTER_MAX_MS;
  await outbox.deliver();
  expect(states(bob)).toEqual(['sent']);
});

it('a rest ends when its timer rings, though by the clock it is a little too early', async () => {
  answers['/chat/bob/send'] = new TypeError('oops');
  let ring = (): void => undefined;
  const rung = new Promise<void>((resolve) => {
    ring = resolve;
  });
  const outbox = startOutbox({}, undefined, ring);
  outbox.write(bob, 'one');
  await outbox.deliver();
  answers = {};
  now += 999;
  await rung;
  await outbox.deliver();
  expect(states(bob)).toEqual(['sent']);
});

it.each(['publickey', 'keyexchange', 'send'])(
  'an answer of the wrong shape to %s is asked for again, and holds up nobody else',
  async (verb) => {
    answers[`/chat/bob/${verb}`] = [{ status: 7 }];
    const outbox = startOutbox();
    outbox.write(bob, 'one');
    outbox.write(carol, 'two');
    await outbox.deliver();
    expect([states(bob), states(carol)]).toEqual([['queued'], ['sent']]);
    answers = {};
    now += 1_000;
    await outbox.deliver();
    expect(states(bob)).toEqual(['sent']);
  },
);

it.each(['unreachable', 'unauthorized'] as const)(
  'a server that is %s is told, and nothing is lost',
  async (failure) => {
    answers['/chat/bob/send'] = new TransportError(failure, 'Gone.');
    const outbox = startOutbox();
    outbox.write(bob, 'one');
    await expect(outbox.deliver()).rejects.toThrow('Gone.');
    expect(states(bob)).toEqual(['queued']);
  },
);

it('a listener that throws does not count as a server that is away, and holds up nobody', async () => {
  const outbox = startOutbox({}, () => {
    throw new Error('listener broke');
  });
  outbox.write(bob, 'one');
  outbox.write(carol, 'two');
  await outbox.deliver();
  expect([states(bob), states(carol)]).toEqual([['sent'], ['sent']]);
});
