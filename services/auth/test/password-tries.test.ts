import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { createSeal } from '@secure-chat/service-kit/seal';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { createAccounts } from '../src/accounts.ts';
import { migrations } from '../src/migrations/index.ts';
import { createNetworkFailures } from '../src/network-failures.ts';
import { createPasswordTries } from '../src/password-tries.ts';

const [HOME, AWAY] = ['192.0.2.7', '198.51.100.9'];
const DAY = 24 * 60 * 60_000;

async function openTries(place: DatabasePlace) {
  const database = await openDatabase(place, migrations);
  onTestFinished(() => database.destroy());
  const accounts = createAccounts(database, createSeal(fixedKeys(Buffer.alloc(32, 1)).for('seal')));
  const account = { publicKey: 'P', passwordHash: 'h', registeredAt: 0, published: true, suspended: false };
  for (const username of ['alice', 'bob', 'carol']) await accounts.add({ ...account, username });
  let now = 1_767_522_600_000;
  const clock = () => now;
  /** What a start of auth makes. */
  const start = () =>
    createPasswordTries({
      database,
      key: Buffer.alloc(32, 2),
      failures: createNetworkFailures(clock),
      clock,
    });
  const tries = start();
  return {
    ...tries,
    start,
    async wrongOften(count: number, username: string, network: string) {
      for (let done = 0; done < count; done += 1) await tries.wrong(username, network);
    },
    pass(ms: number) {
      now += ms;
    },
    rows: () => database('password_tries').orderBy('proven_at'),
  };
}

describe.each(DATABASES)('wrong passwords in $kind', ({ fresh }) => {
  it('delay the account after 5 free ones: a second, then twice as long, up to 5 minutes', async () => {
    const { wrong, wrongOften, wait } = await openTries(await fresh());
    await wrongOften(5, 'alice', AWAY);
    expect(await wait('alice', AWAY)).toBe(0);
    const seconds = [];
    for (let more = 0; more < 11; more += 1) {
      await wrong('Alice', AWAY);
      seconds.push((await wait('alice', AWAY)) / 1_000);
    }
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('from wherever they come count together, and for no other account', async () => {
    const { wrong, wait } = await openTries(await fresh());
    for (let network = 0; network < 8; network += 1) await wrong('alice', `198.51.100.${network}`);
    expect(await wait('alice', HOME)).toBe(4_000);
    expect(await wait('alice', '')).toBe(4_000);
    expect(await wait('bob', AWAY)).toBe(0);
  });

  it('are forgiven one an hour: all of them after 15 hours', async () => {
    const { wrong, wrongOften, wait, pass } = await openTries(await fresh());
    await wrongOften(100, 'alice', AWAY);
    pass(10 * 60 * 60_000);
    await wrong('alice', AWAY);
    expect(await wait('alice', AWAY)).toBe(1_000);
    pass(15 * 60 * 60_000);
    await wrongOften(5, 'alice', AWAY);
    expect(await wait('alice', AWAY)).toBe(0);
  });

  it('elsewhere do not delay where the account has proved itself, nor those there elsewhere', async () => {
    const { right, wrongOften, wait } = await openTries(await fresh());
    await right('alice', HOME);
    await wrongOften(20, 'alice', AWAY);
    expect([await wait('alice', HOME), await wait('alice', AWAY)]).toEqual([0, 300_000]);
    await wrongOften(6, 'Alice', HOME);
    expect(await wait('alice', HOME)).toBe(1_000);
    await right('alice', HOME);
    expect([await wait('alice', HOME), await wait('alice', AWAY)]).toEqual([0, 300_000]);
  });

  it('are not forgiven by a restart, and the networks of the owner are still known', async () => {
    const { right, wrongOften, start } = await openTries(await fresh());
    await right('alice', HOME);
    await wrongOften(20, 'alice', AWAY);
    const tries = start();
    expect([await tries.wait('alice', HOME), await tries.wait('alice', AWAY)]).toEqual([0, 300_000]);
  });

  it('from a network that nobody tells are never those of a known one', async () => {
    const { right, wrongOften, wait, rows } = await openTries(await fresh());
    for (const network of ['', 'unknown']) await right('alice', network);
    expect(await rows()).toEqual([]);
    await wrongOften(6, 'alice', AWAY);
    expect([await wait('alice', ''), await wait('alice', 'unknown')]).toEqual([1_000, 1_000]);
  });

  it('of many accounts delay the network that they come from, but nobody who is known there', async () => {
    const { right, wrongOften, wait } = await openTries(await fresh());
    await wrongOften(26, 'alice', AWAY);
    await wrongOften(26, 'bob', AWAY);
    expect([await wait('carol', AWAY), await wait('carol', HOME)]).toEqual([2_000, 0]);
    await right('carol', AWAY);
    expect(await wait('carol', AWAY)).toBe(0);
  });
});

describe.each(DATABASES)('a network in $kind where an account has proved itself', ({ fresh }) => {
  it('stands there as a pseudonym, which is another one for each account', async () => {
    const { right, rows } = await openTries(await fresh());
    await right('alice', HOME);
    await right('bob', HOME);
    const names = (await rows()).map(({ network }) => network);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('is known for 30 days, which each login from there begins anew', async () => {
    const { right, wrongOften, wait, pass } = await openTries(await fresh());
    await right('alice', HOME);
    pass(20 * DAY);
    await right('alice', HOME);
    pass(30 * DAY - 1);
    await wrongOften(6, 'alice', AWAY);
    expect(await wait('alice', HOME)).toBe(0);
    pass(1);
    expect(await wait('alice', HOME)).toBe(999);
  });

  it('is one of 8: at one more the one of the oldest login is forgotten', async () => {
    const { right, wrongOften, wait, pass, rows } = await openTries(await fresh());
    for (let network = 0; network < 9; network += 1) {
      await right('alice', `192.0.2.${network}`);
      pass(1);
    }
    await wrongOften(6, 'alice', AWAY);
    expect(await wait('alice', '192.0.2.0')).toBe(1_000);
    expect(await wait('alice', '192.0.2.1')).toBe(0);
    expect(await rows()).toHaveLength(8 + 1);
  });

  it('is written again once a day, however often one logs in', async () => {
    const { right, pass, rows } = await openTries(await fresh());
    const provenAt = async () => (await rows()).map(({ proven_at }) => proven_at);
    await right('alice', HOME);
    const first = await provenAt();
    pass(DAY - 1);
    await right('alice', HOME);
    expect(await provenAt()).toEqual(first);
    pass(1);
    await right('alice', HOME);
    expect(await provenAt()).toEqual(first.map((at) => at + DAY));
  });
});
