import { EventEmitter, once } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority, selfSigned } from '../../../tools/certificates.ts';
import { createDial, type Dial } from '../src/kafka/dial.ts';
import { createLink } from '../src/kafka/link.ts';
import { BrokerRefusal } from '../src/kafka/refusal.ts';
import type { KafkaSecurity } from '../src/kafka/security.ts';
import { type LoginScript, REFUSED, startFakeBroker } from './fake-broker.ts';

const login = { mechanism: 'plain', username: 'user', password: 'canary' } as const;
const TAKEN: LoginScript = () => ({});

function createDialUnderTest(security: Partial<KafkaSecurity> = {}) {
  const logged: object[] = [];
  let now = 0;
  const dialOne = createDial(
    { tls: null, login, ...security },
    { error: (...line) => logged.push(line) },
    () => now,
  );
  const dial: Dial = async (...where) => {
    const dialled = await dialOne(...where);
    onTestFinished(() => void dialled.connection.socket.destroy());
    return dialled;
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { dial, logged, now: () => now, pass };
}

describe('a refused login', () => {
  it('is logged once with the words of the broker, and never with the password', async () => {
    const { address } = await startFakeBroker(() => REFUSED);
    const { dial, logged, pass } = createDialUnderTest();
    const first = await dial(address, 1_000).catch((error: unknown) => error);
    pass(60_000);
    const second = await dial(address, 1_000).catch((error: unknown) => error);
    for (const error of [first, second]) {
      expect(error).toBeInstanceOf(BrokerRefusal);
      expect(String(error)).toContain(`127.0.0.1:${address.port} refuses the login: wrong, says the broker`);
    }
    expect(logged).toHaveLength(1);
    expect(inspect([first, logged], { depth: 20 })).not.toContain('canary');
  });

  it('is tried again after 5 s, and not before', async () => {
    const { address, connections } = await startFakeBroker(() => REFUSED);
    const { dial, pass } = createDialUnderTest();
    for (const [ms, attempts] of [
      [0, 1],
      [4_999, 1],
      [1, 2],
      [0, 2],
    ] as const) {
      pass(ms);
      await expect(dial(address, 1_000)).rejects.toThrow(BrokerRefusal);
      expect(connections()).toBe(attempts);
    }
  });

  it('is said again where it comes back after an answer', async () => {
    let answer = REFUSED;
    const { address } = await startFakeBroker(() => answer);
    const { dial, logged, pass } = createDialUnderTest();
    await expect(dial(address, 1_000)).rejects.toThrow(BrokerRefusal);
    answer = {};
    pass(5_000);
    (await dial(address, 1_000)).answered();
    answer = REFUSED;
    await expect(dial(address, 1_000)).rejects.toThrow(BrokerRefusal);
    expect(logged).toHaveLength(2);
  });
});

describe('a login that the broker takes for a while', () => {
  async function start(lifetimeMs: number) {
    const broker = await startFakeBroker(() => ({ lifetimeMs }));
    const { dial, now, pass } = createDialUnderTest();
    const link = createLink(() => broker.address, 1_000, dial, now);
    const port = () => link.ask(async ({ socket }) => socket.localPort);
    return { ...broker, link, port, pass };
  }

  it('is done again, on a fresh connection, before that time is over', async () => {
    const { port, pass, messages } = await start(10_000);
    const first = await port();
    pass(7_999);
    expect(await port()).toBe(first);
    pass(1);
    const second = await port();
    expect(second).not.toBe(first);
    expect(await port()).toBe(second);
    expect(messages).toHaveLength(2);
  });

  it('ends for no question that is being answered', async () => {
    const { link, port, pass } = await start(10_000);
    const events = new EventEmitter();
    const isAsked = once(events, 'asked');
    const slow = link.ask(async ({ socket }) => {
      events.emit('asked');
      await once(events, 'answered');
      return socket.destroyed;
    });
    await isAsked;
    pass(9_000);
    await port();
    events.emit('answered');
    expect(await slow).toBe(false);
  });

  it('is for ever when the broker names no time', async () => {
    const { port, pass } = await start(0);
    const first = await port();
    pass(10 ** 12);
    expect(await port()).toBe(first);
  });
});

describe('TLS', () => {
  const authority = createAuthority();
  const good = authority.issue({ names: ['127.0.0.1'] });
  const trust = (ca: string | null) => ({ tls: { ca, pair: null } });

  it('is spoken with who has a certificate of his name from the authority', async () => {
    const { address, messages } = await startFakeBroker(TAKEN, good);
    const { dial } = createDialUnderTest(trust(authority.cert));
    await dial(address, 1_000);
    expect(messages).toEqual(['\0user\0canary']);
  });

  it.each([
    ['another authority', good, createAuthority('Other').cert],
    ['no authority', selfSigned({ names: ['127.0.0.1'] }), authority.cert],
    ['an authority that the system does not know', good, null],
    ['a certificate of another name', authority.issue({ names: ['other.example'] }), authority.cert],
    [
      'a certificate that has expired',
      authority.issue({ names: ['127.0.0.1'], until: new Date(0) }),
      authority.cert,
    ],
  ])('is not spoken with %s, and no password is sent', async (_, certificate, ca) => {
    const { address, messages } = await startFakeBroker(TAKEN, certificate);
    const { dial, logged } = createDialUnderTest(trust(ca));
    await expect(dial(address, 1_000)).rejects.toThrow(/shows a certificate that is refused \([A-Z_]+\)/);
    expect(logged).toHaveLength(1);
    expect(messages).toEqual([]);
  });

  it('is never left for plain TCP', async () => {
    const { address, messages } = await startFakeBroker(TAKEN);
    const { dial } = createDialUnderTest(trust(authority.cert));
    await expect(dial(address, 1_000)).rejects.toThrow();
    expect(messages).toEqual([]);
  });
});
