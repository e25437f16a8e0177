import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { login } from '../v1-client/account.ts';
import { ask, type Reply } from '../v1-client/http.ts';
import { newKeyPair, v1Timestamp } from '../v1-client/primitives.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { listOf, member, textMember } from '../v1-client/reading.ts';
import type { V1Session } from '../v1-client/session.ts';
import { bundleFor, list, number, spkiOf } from './bundle-for.ts';
import { drainTexts, expectBody, expectOk, expectRefusal } from './expectations.ts';
import { mustRegister, newAccount, newPerson, type Person } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const OK = { status: 'OK' };
const PUBLISH = '/chat/keys/bundle';
const DAY_MS = 24 * 60 * 60_000;
const BUNDLES_PER_HOUR = 20;
const PAGE = 1_000;

/** One entry of the key log. */
type Entry = { username: string; kind: string; content: string; at: number };

export function describeBundles(server: ServerUnderTest): void {
  const publish = ({ session }: Person, bundle: unknown) => session.put(PUBLISH, { bundle });
  const refused = (reply: Reply, status: number, code: string) =>
    expect(expectRefusal(reply, status)).toBe(code);

  describe('a bundle', () => {
    it('is there for everybody as soon as its publication is answered', async () => {
      const [ann, bob] = [await newPerson(server, 'Ann'), await newPerson(server)];
      refused(await bob.session.get(`/chat/${ann.name}/bundle`), 404, 'no_bundle');
      for (const serial of [1, 2, 7]) {
        const bundle = bundleFor(ann.account, serial);
        expectBody(await publish(ann, bundle), OK);
        expectBody(await bob.session.get(`/chat/${ann.name}/bundle`), { bundle });
        expectBody(await ann.session.get(`/chat/${ann.name.toLowerCase()}/bundle`), { bundle });
      }
    });

    it('that comes again is fine; another one of its serial, or of an older one, is not', async () => {
      const ann = await newPerson(server);
      const bundle = bundleFor(ann.account, 5);
      expectBody(await publish(ann, bundle), OK);
      expectBody(await publish(ann, bundle), OK);
      for (const serial of [5, 4, 0])
        refused(await publish(ann, bundleFor(ann.account, serial)), 409, 'old_bundle');
      expectBody(await ann.session.get(`/chat/${ann.name}/bundle`), { bundle });
    });

    it('has to be sound, of who publishes it and his key, and to expire in time', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server, 'BoB')];
      const own = (bend: Parameters<typeof bundleFor>[2]) => bundleFor(bob.account, 1, bend);
      const sound = own({});
      const bytes = Buffer.from(sound, 'base64');
      const bad = [
        'no base64!',
        `${sound}\n`,
        sound.slice(0, -4),
        Buffer.from('no bundle').toString('base64'),
        Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]).toString('base64'),
        bundleFor(ann.account, 1),
        own({ username: bob.name.toLowerCase() }),
        own({ key: newKeyPair().privateKey }),
        own({ expiresAt: Date.now() - 1_000 }),
        own({ expiresAt: Date.now() + 181 * DAY_MS }),
      ];
      for (const bundle of bad) refused(await publish(bob, bundle), 400, 'bad_bundle');
      refused(await publish(bob, 'A'.repeat(5_468)), 400, 'bad_request');
      refused(await ann.session.get(`/chat/${bob.name}/bundle`), 404, 'no_bundle');
      expectBody(await publish(bob, sound), OK);
    });

    it('is not published without a valid signature', async () => {
      const ann = await newPerson(server);
      const body = pythonJson({ bundle: bundleFor(ann.account, 1) });
      const put = (headers: Record<string, string>) =>
        ask(server.url, { method: 'PUT', path: PUBLISH, headers, body });
      refused(await put({}), 401, 'unauthorized');
      refused(await put(ann.session.headers(body, v1Timestamp(-40_000))), 401, 'unauthorized');
      refused(await put(ann.session.headers('{}')), 401, 'unauthorized');
      refused(await ann.session.get(`/chat/${ann.name}/bundle`), 404, 'no_bundle');
      expectBody(await put(ann.session.headers(body)), OK);
    });

    it('is not there of nobody, and not without a signature', async () => {
      const ann = await newPerson(server);
      refused(await ann.session.get(`/chat/${newAccount('nobody').username}/bundle`), 404, 'unknown_user');
      refused(await ann.session.get('/chat/con/bundle'), 400, 'bad_name');
      const path = `/chat/${ann.name}/bundle`;
      refused(await ask(server.url, { method: 'GET', path }), 401, 'unauthorized');
    });

    it('comes so often an hour and no more; the answer says when to come again', async () => {
      const ann = await newPerson(server);
      for (let serial = 1; serial <= BUNDLES_PER_HOUR; serial += 1)
        expectBody(await publish(ann, bundleFor(ann.account, serial)), OK);
      const reply = await publish(ann, bundleFor(ann.account, 100));
      refused(reply, 429, 'too_many');
      const seconds = Number(reply.headers['retry-after']);
      expect(seconds).toBeGreaterThan(3_000);
      expect(seconds).toBeLessThanOrEqual(3_600);
    });

    it('of a user called keys is one like any other', async () => {
      const account = await mustRegister(server.url, { ...newAccount(), username: 'keys' });
      const keys = { name: 'keys', account, session: await login(server.url, account) };
      const bob = await newPerson(server);
      expectBody(await publish(bob, bundleFor(bob.account, 1)), OK);
      refused(await bob.session.get('/chat/keys/bundle'), 404, 'no_bundle');
      const bundle = bundleFor(account, 1);
      expectBody(await publish(keys, bundle), OK);
      expectBody(await bob.session.get('/chat/keys/bundle'), { bundle });
      expectOk(await bob.session.get('/chat/keys/publickey'));
      expectBody(await bob.session.post('/chat/keys/send', { message: 'hello' }), OK);
      expect(await drainTexts(keys.session)).toEqual(['hello']);
    });
  });

  describe('the key log', () => {
    it('has every public key and every bundle, and its hashes can be made from its entries', async () => {
      const ann = await newPerson(server, 'Ann');
      const bundle = bundleFor(ann.account, 1);
      expectBody(await publish(ann, bundle), OK);
      const log = await readLog(ann.session, [ann.name]);
      expect(
        log.entries
          .filter(({ username }) => username === ann.name)
          .map(({ kind, content }) => [kind, content])
          .toSorted(),
      ).toEqual([
        ['bundle', sha256(Buffer.from(bundle, 'base64'))],
        ['public-key', sha256(spkiOf(ann.account.keys.privateKey))],
      ]);
      for (const { at } of log.entries.slice(-2)) expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
    });

    it('only grows: what came before stays, and its hash', async () => {
      const ann = await newPerson(server);
      const before = await readLog(ann.session, [ann.name]);
      const bob = await newPerson(server);
      expectBody(await publish(bob, bundleFor(bob.account, 1)), OK);
      const after = await readLog(ann.session, [bob.name]);
      expect(after.entries.slice(0, before.entries.length)).toEqual(before.entries);
      expect(hashOf(after.entries.slice(0, before.entries.length))).toBe(before.hash);
    });

    it('has nothing beyond its end, and says where that is', async () => {
      const { name, session } = await newPerson(server);
      await readLog(session, [name]);
      const size = Number(member(expectOk(await session.get('/key-log')), 'size'));
      const beyond = expectOk(await session.get(`/key-log?from=${size + 1_000_000}`));
      expect(beyond).toMatchObject({ from: size + 1_000_000, entries: [] });
      expect(Number(member(beyond, 'size'))).toBeGreaterThanOrEqual(size);
    });

    it.each(['-1', '1.5', '01', 'x', '', '%00', '1&from=1', '1000000000000000'])(
      'has no page from %j',
      async (from) => {
        const { session } = await newPerson(server);
        refused(await session.get(`/key-log?from=${from}`), 400, 'bad_request');
        expectOk(await session.get('/key-log?from=0&more=1'));
      },
    );
  });

  describe('who publishes bundles', () => {
    it('is to a v1 client what he was', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      const before = expectOk(await ann.session.get(`/chat/${bob.name}/publickey`));
      expectBody(await publish(bob, bundleFor(bob.account, 1)), OK);
      expectBody(await ann.session.get(`/chat/${bob.name}/publickey`), before);
      expectBody(await ann.session.post(`/chat/${bob.name}/keyexchange`, { encrypted_key: 'k' }), OK);
      expectBody(await ann.session.post(`/chat/${bob.name}/send`, { message: 'hello' }), OK);
      expect(await drainTexts(bob.session)).toEqual(['hello']);
    });
  });
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** As docs/e2ee.md has it. */
const hashOf = (entries: readonly Entry[]): string =>
  entries.reduce(
    (before, { username, kind, content, at }) =>
      sha256(
        list([
          'secure-chat/v2/key-log',
          Buffer.from(before, 'hex'),
          username,
          kind,
          Buffer.from(content, 'hex'),
          number(8, at),
        ]),
      ),
    '00'.repeat(32),
  );

/** The whole log, page by page, once the public keys of these users are in it. Every page's hash has to be right. */
async function readLog(
  session: V1Session,
  users: readonly string[],
): Promise<{ entries: Entry[]; hash: string }> {
  const entries: Entry[] = [];
  for (;;) {
    const page = expectOk(await session.get(`/key-log?from=${entries.length}`));
    const got = listOf(member(page, 'entries')).map(entryOf);
    expect(page).toEqual({
      from: entries.length,
      size: member(page, 'size'),
      hash: textMember(page, 'hash'),
      entries: got,
    });
    expect(got.length).toBeLessThanOrEqual(PAGE);
    entries.push(...got);
    const hash = textMember(page, 'hash');
    expect(hash).toBe(hashOf(entries));
    const known = users.every((user) =>
      entries.some(({ username, kind }) => username === user && kind === 'public-key'),
    );
    if (known && entries.length >= Number(member(page, 'size'))) return { entries, hash };
  }
}

const entryOf = (value: unknown): Entry => ({
  username: textMember(value, 'username'),
  kind: textMember(value, 'kind'),
  content: textMember(value, 'content'),
  at: Number(member(value, 'at')),
});
