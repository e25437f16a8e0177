import { BUNDLE_LIFE_MAX_MS, BUNDLE_MAX, BUNDLES_PER_HOUR } from '@secure-chat/wire/limits';
import { describe, expect, it } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { bundleOf, otherKey, pem } from './bundle-of.ts';
import { openLog, publishUser, startDirectory } from './directory-under-test.ts';

const HOUR_MS = 60 * 60_000;
const PUBLISH = '/chat/keys/bundle';

describe.each(DATABASES)('bundles in $kind', ({ fresh }) => {
  /** A directory with these users, who all have the same key. */
  async function start(...users: string[]) {
    const clock = { now: Date.now() };
    const log = await openLog();
    const database = await fresh();
    const directory = await startDirectory(log, database, () => clock.now);
    for (const user of users) await publishUser(log, user, pem);
    const put = (user: string, bundle: string) => directory.call(user, 'PUT', PUBLISH, { bundle });
    const get = (user: string) => directory.call('reader', 'GET', `/chat/${user}/bundle`);
    /** Usernames of the bundles in the log. */
    const logged = async (): Promise<string[]> => {
      const page: { entries: { kind: string; username: string }[] } = (
        await directory.call('reader', 'GET', '/key-log')
      ).json();
      return page.entries.filter(({ kind }) => kind === 'bundle').map(({ username }) => username);
    };
    return { ...directory, clock, log, database, put, get, logged };
  }
  const codeOf = (answer: { json(): { error: { code: string } } }) => answer.json().error.code;

  it('that a user just registered published are there for everybody once that is said', async () => {
    const { log, put, get } = await start('Alice', 'bob');
    await publishUser(log, 'carol', pem);
    for (const user of ['Alice', 'bob', 'carol']) {
      const bundle = bundleOf(user, 1);
      const answer = await put(user, bundle);
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'OK' }]);
      for (const name of [user, user.toUpperCase()]) expect((await get(name)).json()).toEqual({ bundle });
    }
  });

  it('are not there of nobody, of who has none, and of what is no name', async () => {
    const { get } = await start('alice');
    const refused = await Promise.all(['nobody', 'alice', 'con'].map(get));
    expect(refused.map((answer) => [answer.statusCode, codeOf(answer)])).toEqual([
      [404, 'unknown_user'],
      [404, 'no_bundle'],
      [400, 'bad_name'],
    ]);
  });

  it('may be those of a user called keys', async () => {
    const { put, get } = await start('keys', 'bob');
    await put('bob', bundleOf('bob', 1));
    expect(codeOf(await get('keys'))).toBe('no_bundle');
    await put('keys', bundleOf('keys', 1));
    expect((await get('keys')).json()).toEqual({ bundle: bundleOf('keys', 1) });
    expect((await get('bob')).json()).toEqual({ bundle: bundleOf('bob', 1) });
  });

  it('take the place of those before, and no older one takes theirs', async () => {
    const { put, get, logged } = await start('alice');
    expect((await put('alice', bundleOf('alice', 5))).statusCode).toBe(200);
    const expiresAt = Date.now() + HOUR_MS;
    for (const serial of [5, 4, 0]) {
      const refused = await put('alice', bundleOf('alice', serial, { expiresAt }));
      expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'old_bundle']);
    }
    expect((await get('alice')).json()).toEqual({ bundle: bundleOf('alice', 5) });
    expect((await put('alice', bundleOf('alice', 6))).statusCode).toBe(200);
    expect((await get('alice')).json()).toEqual({ bundle: bundleOf('alice', 6) });
    expect(await logged()).toEqual(['alice', 'alice']);
  });

  it('that come again are no news', async () => {
    const { put, logged } = await start('alice');
    const bundle = bundleOf('alice', 1);
    const answers = await Promise.all(Array.from({ length: 5 }, () => put('alice', bundle)));
    answers.push(await put('alice', bundle));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(200));
    expect(await logged()).toEqual(['alice']);
  });

  it('that come at the same time never go back', async () => {
    const { put, get, logged } = await start('alice');
    const serials = [3, 9, 1, 7, 4, 8];
    const answers = await Promise.all(serials.map((serial) => put('alice', bundleOf('alice', serial))));
    const accepted = serials.filter((_, index) => answers[index]?.statusCode === 200);
    expect(accepted).toContain(9);
    expect(await logged()).toHaveLength(accepted.length);
    for (const answer of answers.filter(({ statusCode }) => statusCode !== 200))
      expect(codeOf(answer)).toBe('old_bundle');
    expect((await get('alice')).json()).toEqual({ bundle: bundleOf('alice', 9) });
  });

  describe('are refused', () => {
    const sound = bundleOf('alice', 1);
    const bytes = Buffer.from(sound, 'base64');
    const spoilt = Buffer.from(bytes);
    spoilt[100] = (spoilt[100] ?? 0) ^ 1;

    it.each([
      ['that are no base64', '!!!!'],
      ['in base64 that has a blank in it', ` ${sound}`],
      ['in base64 that is not canonical', 'QUJDRB=='],
      ['in the base64 of URLs', Buffer.from([0xfb, 0xff, 0xfe]).toString('base64url')],
      ['that are none', Buffer.from('bundle').toString('base64')],
      ['with a bit wrong', spoilt.toString('base64')],
      ['with a byte too many', Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64')],
      ['of another user', bundleOf('bob', 1)],
      ['of a name that is not registered, by whom it may be', bundleOf('nobody', 1), 'nobody'],
      ['of the name in another writing', bundleOf('Alice', 1)],
      ['with another key than the registered one', bundleOf('alice', 1, { encryptionKey: otherKey })],
      ['of the largest size with nothing in them', 'A'.repeat(BUNDLE_MAX)],
    ])('%s', async (_, bundle, user = 'alice') => {
      const { put, get, logged } = await start('alice', 'bob');
      const answer = await put(user, bundle);
      expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'bad_bundle']);
      expect(codeOf(await get('alice'))).toBe('no_bundle');
      expect(await logged()).toEqual([]);
    });

    it('that are larger than a bundle may be, or no text', async () => {
      const { put, call } = await start('alice');
      expect(codeOf(await put('alice', 'A'.repeat(BUNDLE_MAX + 1)))).toBe('bad_request');
      expect(codeOf(await put('alice', ''))).toBe('bad_request');
      expect(codeOf(await call('alice', 'PUT', PUBLISH, { bundle: 7 }))).toBe('bad_request');
      expect(codeOf(await call('alice', 'PUT', PUBLISH, {}))).toBe('bad_request');
    });

    it('that have expired, or would outlive the limit', async () => {
      const { put, clock } = await start('alice');
      const ending = (serial: number, life: number) =>
        put('alice', bundleOf('alice', serial, { expiresAt: clock.now + life }));
      expect(codeOf(await ending(1, 0))).toBe('bad_bundle');
      expect(codeOf(await ending(1, BUNDLE_LIFE_MAX_MS + 1))).toBe('bad_bundle');
      expect((await ending(1, 1)).statusCode).toBe(200);
      expect((await ending(2, BUNDLE_LIFE_MAX_MS)).statusCode).toBe(200);
    });
  });

  it('are so many an hour and no more, whatever restarts, and each user has his own hour', async () => {
    const { put, clock, close, log, database } = await start('alice', 'bob');
    for (let serial = 1; serial <= BUNDLES_PER_HOUR; serial += 1) {
      expect((await put('alice', bundleOf('alice', serial))).statusCode).toBe(200);
      clock.now += 1_000;
    }
    const next = bundleOf('alice', BUNDLES_PER_HOUR + 1);
    const wait = HOUR_MS / 1_000 - BUNDLES_PER_HOUR;
    const refused = await put('alice', next);
    expect([refused.statusCode, codeOf(refused), refused.headers['retry-after']]).toEqual([
      429,
      'too_many',
      String(wait),
    ]);
    expect((await put('alice', bundleOf('alice', BUNDLES_PER_HOUR))).statusCode).toBe(200);
    expect((await put('bob', bundleOf('bob', 1))).statusCode).toBe(200);
    await close();
    const again = await startDirectory(log, database, () => clock.now);
    const putAgain = () => again.call('alice', 'PUT', PUBLISH, { bundle: next });
    clock.now += wait * 1_000 - 1;
    expect((await putAgain()).headers['retry-after']).toBe('1');
    clock.now += 1;
    expect((await putAgain()).statusCode).toBe(200);
    const last = await again.call('alice', 'PUT', PUBLISH, {
      bundle: bundleOf('alice', BUNDLES_PER_HOUR + 2),
    });
    expect(last.statusCode).toBe(429);
  });

  it('that were refused, or came again, do not count', async () => {
    const { put } = await start('alice');
    await put('alice', bundleOf('alice', 1));
    for (let count = 0; count < BUNDLES_PER_HOUR; count += 1) {
      expect((await put('alice', bundleOf('alice', 1))).statusCode).toBe(200);
      expect((await put('alice', bundleOf('alice', 0))).statusCode).toBe(409);
    }
    expect((await put('alice', bundleOf('alice', 2))).statusCode).toBe(200);
  });
});
