import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptMessage, makeKey, unwrapKey, wrapKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { exportPublicKey } from '@secure-chat/crypto/rsa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeIdentity } from '../src/account.ts';
import { createBodies } from '../src/bodies.ts';
import { createCompleteness } from '../src/completeness.ts';
import { createContactRequests } from '../src/contact-requests.ts';
import { createInbox, type Inbox, RETRY_MAX } from '../src/inbox.ts';
import {
  createLegacyConversations,
  type LegacyConversations,
  PEER_KEYS_MAX,
} from '../src/legacy-conversations.ts';
import { createNumbering } from '../src/numbering.ts';
import { createProfile, type Profile } from '../src/profile/profile.ts';
import { makeWireId } from '../src/wire-id.ts';
import { NO_RATCHETS } from './legacy-only.ts';

const own = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ownPublic = createPublicKey(own);
const bobs = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A minute after every record of these tests. */
const NOW = Date.parse('2026-01-04T10:31:00Z');

let root: string;
let profile: Profile;
let conversations: LegacyConversations;
let inbox: Inbox;
let bob: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secure-chat-conversations-'));
  profile = await createProfile({
    profile: join(root, 'alice'),
    password: 'correct horse',
    identity: makeIdentity('alice', own),
    cost: { memoryKib: 1024, passes: 1, lanes: 1 },
  });
  conversations = createLegacyConversations(profile);
  const now = () => NOW;
  const completeness = createCompleteness({ profile, now, missingMs: 0, onChange: () => undefined });
  const numbering = createNumbering(profile);
  const requests = createContactRequests({
    profile,
    completeness,
    mode: 'accept',
    now,
    onAccepted: () => undefined,
    onWarning: () => undefined,
  });
  const bodies = createBodies({
    profile,
    numbering,
    completeness,
    requests,
    onWithdrawn: () => undefined,
    onOver: () => undefined,
    now,
  });
  inbox = createInbox({
    profile,
    legacy: conversations,
    ratchets: NO_RATCHETS,
    bodies,
    requests,
    privateKey: own,
    now,
    onWarning: () => undefined,
  });
  bob = profile.contacts.ensure('bob').id;
  profile.contacts.setPublicKey(bob, exportPublicKey(bobs.publicKey));
});
afterEach(async () => {
  profile.close();
  await rm(root, { recursive: true, force: true });
});

const place = () => ({
  sender: 'bob',
  id: makeWireId(),
  seq: 0,
  timestamp: '2026-01-04T10:30:00.123456+00:00',
});
const keyRecord = (key: Buffer) => ({ ...place(), encrypted_key: wrapKey(ownPublic, key) });
const messageRecord = (key: Buffer, text: string) => ({
  ...place(),
  type: 'CHAT_MESSAGE' as const,
  message: encryptMessage(key, text),
});
const received = (records: Parameters<Inbox['receiveMessages']>[0]) =>
  inbox.receiveMessages(records).messages;
const history = () => profile.history.page(bob, 1e9, 1e9);
const texts = () => history().map(({ state, text }) => `${state} ${text}`.trim());

it('the first message makes a key that the contact can unwrap, later ones use it', () => {
  const first = conversations.encrypt(bob, 'one');
  const { key, exchange } = profile.symmetricKeys.get(first.key);
  expect(exchange?.acknowledged).toBe(false);
  expect(unwrapKey(bobs.privateKey, exchange?.encryptedKey ?? '')).toEqual(key);
  expect(conversations.encrypt(bob, 'two').key).toBe(first.key);
  expect(conversations.decrypt(bob, first.message)).toBe('one');
});

it('a key that the contact made first is the one that answers go under', async () => {
  const key = makeKey();
  await inbox.receiveKeys([keyRecord(key)]);
  const sent = conversations.encrypt(bob, 'hi');
  expect(profile.symmetricKeys.get(sent.key)).toMatchObject({ key, exchange: null });
});

it('answers go under the key that the contact was last seen to have', async () => {
  const mine = conversations.encrypt(bob, 'mine');
  const theirs = makeKey();
  await inbox.receiveKeys([keyRecord(theirs)]);
  expect(profile.symmetricKeys.get(conversations.encrypt(bob, 'x').key).key).toEqual(theirs);
  inbox.receiveMessages([messageRecord(profile.symmetricKeys.get(mine.key).key, 'under yours')]);
  expect(conversations.encrypt(bob, 'x').key).toBe(mine.key);
  inbox.receiveMessages([messageRecord(theirs, 'under ours')]);
  expect(profile.symmetricKeys.get(conversations.encrypt(bob, 'x').key).key).toEqual(theirs);
  expect(texts()).toEqual(['received under yours', 'received under ours']);
});

it('a public key that is none leaves no key behind', () => {
  const carol = profile.contacts.ensure('carol').id;
  profile.contacts.setPublicKey(carol, 'not a key');
  expect(() => conversations.encrypt(carol, 'x')).toThrow(expect.objectContaining({ code: 'refused' }));
  expect(profile.symmetricKeys.of(carol)).toEqual([]);
});

it('a record seen before changes nothing, even among others and with another spelling of the sender', async () => {
  const key = makeKey();
  const exchange = keyRecord(key);
  await inbox.receiveKeys([exchange, exchange]);
  await inbox.receiveKeys([exchange]);
  expect(profile.symmetricKeys.of(bob)).toHaveLength(1);
  const message = messageRecord(key, 'once');
  expect(received([message, { ...message, sender: 'BOB' }])).toHaveLength(1);
  expect(received([message])).toEqual([]);
  expect(profile.contacts.get(bob)).toMatchObject({ unread: 1, lastMessageAt: 1767522600123 });
});

it('the same id from another sender is another record', () => {
  const key = makeKey();
  const message = messageRecord(key, 'x');
  expect(received([message, { ...message, sender: 'carol' }])).toHaveLength(2);
});

it('a message whose key comes later becomes readable then, in its place', async () => {
  const key = makeKey();
  inbox.receiveMessages([messageRecord(key, 'early'), messageRecord(makeKey(), 'never')]);
  expect(texts()).toEqual(['undecryptable', 'undecryptable']);
  const readable = await inbox.receiveKeys([keyRecord(key)]);
  expect(readable.messages).toMatchObject([{ text: 'early', state: 'received', sender: 'bob' }]);
  expect(texts()).toEqual(['received early', 'undecryptable']);
  expect(profile.contacts.get(bob).unread).toBe(2);
  expect((await inbox.receiveKeys([keyRecord(makeKey())])).messages).toEqual([]);
});

it('a key that was not wrapped for us is skipped, the next one kept', async () => {
  const record = { ...keyRecord(makeKey()), encrypted_key: wrapKey(bobs.publicKey, makeKey()) };
  await inbox.receiveKeys([record, keyRecord(makeKey())]);
  expect(profile.symmetricKeys.of(bob)).toHaveLength(1);
});

it('a contact who sends keys without end costs a bounded number of them, never our own', async () => {
  const mine = conversations.encrypt(bob, 'mine');
  const keys = Array.from({ length: PEER_KEYS_MAX + 2 }, makeKey);
  await inbox.receiveKeys(keys.map(keyRecord));
  const kept = profile.symmetricKeys.of(bob);
  expect(kept).toHaveLength(PEER_KEYS_MAX + 1);
  expect(kept.at(-1)?.id).toBe(mine.key);
  expect(kept[0]?.key).toEqual(keys.at(-1));
});

it('only the newest undecryptable messages are tried again', async () => {
  const key = makeKey();
  inbox.receiveMessages(Array.from({ length: RETRY_MAX + 1 }, (_, n) => messageRecord(key, `${n}`)));
  expect((await inbox.receiveKeys([keyRecord(key)])).messages).toHaveLength(RETRY_MAX);
  expect(texts()[0]).toBe('undecryptable');
});

it('a page that cannot be stored leaves no trace, and can be stored later', () => {
  const key = makeKey();
  const page = [messageRecord(key, 'one'), messageRecord(key, 'two')];
  expect(() =>
    profile.transaction(() => {
      inbox.receiveMessages(page);
      throw new Error('disk full');
    }),
  ).toThrow('disk full');
  expect(history()).toEqual([]);
  expect(received(page)).toHaveLength(2);
});
