import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECORDS_MAX } from '../../src/bodies.ts';
import { WAITING_EXCHANGES_MAX } from '../../src/profile/waiting.ts';
import { WARNINGS_MAX } from '../../src/profile/warnings.ts';
import { KEPT_MS, RATCHETS_MAX, RENEW_MESSAGES, RENEW_MS } from '../../src/ratchets.ts';
import { ASK_MS, REPAIR_MAX_MS, REPAIR_MS } from '../../src/repairs.ts';
import { createEngine, type Engine, type WireRecord } from './engine.ts';

const rsa = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

let root: string;
let now: number;
let alice: Engine;
let bob: Engine;
/** On the way to each. */
let toAlice: WireRecord[];
let toBob: WireRecord[];
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'secure-chat-limits-'));
  now = Date.UTC(2026, 10, 25);
  toAlice = [];
  toBob = [];
  const engine = (username: string, key: number, way: () => WireRecord[]) => {
    const own = rsa[key];
    if (!own) throw new Error('no key');
    const onPost = (record: WireRecord): void => void way().push(record);
    return createEngine({ folder: join(root, username), username, rsa: own, now: () => now, onPost });
  };
  alice = await engine('alice', 0, () => toBob);
  bob = await engine('bob', 1, () => toAlice);
  alice.meet('bob', bob.bundle());
  bob.meet('alice', alice.bundle());
});
afterEach(() => {
  alice.close();
  bob.close();
  rmSync(root, { recursive: true, force: true });
});

const exchanges = (way: WireRecord[]): number => way.filter(({ kind }) => kind === 'key').length;
async function send(from: Engine, text: string): Promise<void> {
  from.write(text);
  await from.deliver();
}
/** All that is on its way arrives. */
async function arrive(): Promise<void> {
  for (const record of toBob.splice(0)) await bob.receive('alice', record, 0);
  for (const record of toAlice.splice(0)) await alice.receive('bob', record, 0);
}
const states = (person: Engine): string[] => person.history().map(({ state }) => state);
const notes = (person: Engine): string[] =>
  person
    .history()
    .filter(({ state }) => state === 'note')
    .map(({ text }) => text);

describe('an exchange', () => {
  it(`is made anew after ${RENEW_MESSAGES} messages`, { timeout: 120_000 }, async () => {
    for (let n = 0; n < RENEW_MESSAGES; n += 1) await send(alice, `${n}`);
    expect(exchanges(toBob)).toBe(1);
    await send(alice, 'one more');
    expect(exchanges(toBob)).toBe(2);
  });

  it('is made anew after 7 days, and the one before is kept for 7 more', async () => {
    await send(alice, 'one');
    now += RENEW_MS - 1;
    await send(alice, 'two');
    expect(exchanges(toBob)).toBe(1);
    await arrive();
    now += 1;
    await send(alice, 'three');
    expect(exchanges(toBob)).toBe(1);
    expect(alice.ratchets()).toBe(2);
    now += KEPT_MS - 1;
    alice.tidy();
    expect(alice.ratchets()).toBe(2);
    now += 1;
    alice.tidy();
    expect(alice.ratchets()).toBe(1);
  });

  it(`is one of ${RATCHETS_MAX} that are kept of a contact`, async () => {
    for (let n = 0; n < RATCHETS_MAX + 3; n += 1) {
      alice.renew();
      await send(alice, `${n}`);
    }
    expect(alice.ratchets()).toBe(RATCHETS_MAX);
    await arrive();
    expect(bob.ratchets()).toBe(RATCHETS_MAX);
    expect(states(bob).filter((state) => state === 'received')).toHaveLength(RATCHETS_MAX + 3);
  });
});

describe('a message that could not be read', () => {
  /** Alice writes, and its exchange is lost. */
  async function lose(): Promise<void> {
    alice.renew();
    await send(alice, 'lost');
    toBob = toBob.filter(({ kind }) => kind === 'message');
    await arrive();
    expect(states(bob)).toEqual(['undecryptable']);
  }

  it('is sent again however old it is, and the person is told', async () => {
    await lose();
    now += 60 * 24 * 60 * 60_000;
    bob.repair();
    await bob.deliver();
    await arrive();
    await alice.deliver();
    await arrive();
    expect(states(bob)).toEqual(['received', 'note']);
    expect(notes(alice)).toEqual([
      "bob's client could not read one message of yours, and was sent it again.",
    ]);
  });

  it('is not sent again when the contact has said to have it', async () => {
    await send(alice, 'arrives');
    const records = toBob.filter(({ kind }) => kind === 'message').map(({ id }) => id);
    await arrive();
    await bob.deliver();
    await arrive();
    bob.ask(records);
    await bob.deliver();
    await arrive();
    await alice.deliver();
    // She only says that he need not wait for it.
    expect(toBob).toHaveLength(1);
    await arrive();
    expect(states(alice)).toEqual(['sent']);
    expect(states(bob)).toEqual(['received', 'note']);
  });

  it('is asked for after a minute, then after twice as long each time, and not at all after 14 days', async () => {
    await lose();
    const asks = async (): Promise<boolean> => {
      bob.repair();
      await bob.deliver();
      return toAlice.splice(0).length > 0;
    };
    expect(await asks()).toBe(true);
    now += 2 * REPAIR_MS - 1;
    expect(await asks()).toBe(false);
    now += 1;
    expect(await asks()).toBe(true);
    now += 4 * REPAIR_MS - 1;
    expect(await asks()).toBe(false);
    for (let n = 0; n < 12; n += 1) {
      now += REPAIR_MAX_MS;
      expect(await asks()).toBe(true);
    }
    now += ASK_MS;
    expect(await asks()).toBe(false);
  });

  it('is asked for once even then, by a client that did not run for so long', async () => {
    await lose();
    now += ASK_MS;
    for (const expected of [1, 0]) {
      bob.repair();
      await bob.deliver();
      expect(toAlice.splice(0).filter(({ kind }) => kind === 'message')).toHaveLength(expected);
      now += REPAIR_MAX_MS;
    }
  });

  it(`is sent in ${RECORDS_MAX} records at most`, async () => {
    alice.renew();
    await send(alice, 'never read');
    let records = 0;
    for (let n = 0; n < RECORDS_MAX + 5; n += 1) {
      records += toBob.filter(({ kind }) => kind === 'message').length;
      const message = toBob.find(({ kind }) => kind === 'message');
      toBob = [];
      if (message) await bob.receive('alice', message, 0);
      now += REPAIR_MAX_MS;
      bob.repair();
      await bob.deliver();
      await arrive();
      await alice.deliver();
    }
    expect(records).toBeLessThanOrEqual(RECORDS_MAX);
  });
});

describe('what waits, and what is told', () => {
  it(`are the latest ${WAITING_EXCHANGES_MAX} exchanges of a contact`, () => {
    for (let n = 0; n < WAITING_EXCHANGES_MAX + 2; n += 1) bob.keepExchange(`v2.${n}`);
    expect(bob.waitingExchanges()).toHaveLength(WAITING_EXCHANGES_MAX);
    expect(bob.waitingExchanges()[0]).toBe('v2.2');
  });

  it(`are the latest ${WARNINGS_MAX} warnings, each once`, () => {
    for (let n = 0; n < WARNINGS_MAX + 2; n += 1) bob.warn(`${n}`);
    expect(bob.warn(`${WARNINGS_MAX}`)).toBe(false);
    expect(bob.warnings()).toHaveLength(WARNINGS_MAX);
    expect(bob.warnings()[0]).toBe('2');
  });
});
