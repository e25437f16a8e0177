import { readConfig } from '@secure-chat/service-kit/config';
import { NO_METRICS } from '@secure-chat/service-kit/metrics/metrics';
import { createMetricsRegistry } from '@secure-chat/service-kit/metrics/registry';
import { describe, expect, it } from 'vitest';
import { limitsSettings } from '../../src/policy/limits-setting.ts';
import { createPolicy } from '../../src/policy/policy.ts';

const SEND = { method: 'POST', path: '/chat/:username/send' } as const;
const KEYS = { method: 'POST', path: '/chat/:username/keyexchange' } as const;
const LOGIN = { method: 'POST', path: '/chat/auth/login' } as const;
const ACK = { method: 'POST', path: '/chat/ack' } as const;
const POLL = { method: 'GET', path: '/chat/messages' } as const;
const HOUR_MS = 3_600_000;

function setUp(text: string, metrics = NO_METRICS) {
  const clock = { now: 1_767_522_600_000 };
  const beyond: string[] = [];
  const policy = createPolicy({
    limits: readConfig(limitsSettings, { LIMITS: text }).LIMITS,
    clock: () => clock.now,
    metrics,
    onBeyond: (rule, key) => void beyond.push(`${rule} ${key}`),
  });
  /** Seconds of a refusal; 0 where the request is admitted. */
  const secondsOf = (admit: () => void): unknown => {
    try {
      admit();
      return 0;
    } catch (error) {
      expect(error).toMatchObject({ code: 'too_many' });
      return Object(error).retryAfter;
    }
  };
  const asUser = (endpoint: Parameters<typeof policy.of>[0]) => {
    const rules = policy.of(endpoint);
    return (user: string, recipient?: string) => secondsOf(() => rules.admitUser(user, recipient));
  };
  const login = policy.of(LOGIN);
  return {
    ...policy,
    clock,
    beyond,
    asUser,
    send: asUser(SEND),
    login: (address: string) => secondsOf(() => login.admitAddress(address)),
  };
}

describe('a rule of addresses', () => {
  it('lets each address have its rate, and says truly when there is more', () => {
    const { login, clock } = setUp('login.address=2/m');
    expect([login('192.0.2.1'), login('192.0.2.1'), login('192.0.2.1')]).toEqual([0, 0, 30]);
    expect(login('192.0.2.2')).toBe(0);
    clock.now += 29_999;
    expect(login('192.0.2.1')).toBe(1);
    clock.now += 1;
    expect([login('192.0.2.1'), login('192.0.2.1')]).toEqual([0, 30]);
  });

  it('takes a /64 of IPv6 for one address, and an IPv4 address for itself however it is written', () => {
    const { login } = setUp('login.address=1/h');
    expect(login('2001:db8::1')).toBe(0);
    expect(login('2001:db8:0:0:ffff::9')).toBe(3600);
    expect(login('2001:db8:0:1::1')).toBe(0);
    expect(login('::ffff:192.0.2.1')).toBe(0);
    expect(login('192.0.2.1')).toBe(3600);
  });

  it('is not fooled by a flood of addresses, and refuses none of them', () => {
    const { login } = setUp('login.address=1/h');
    login('192.0.2.1');
    let refused = 0;
    for (let n = 0; n < 150_000; n += 1)
      if (login(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`) !== 0) refused += 1;
    expect(refused).toBe(0);
    expect(login('198.51.100.1')).toBe(0);
  });
});

describe('a rule of users and of pairs', () => {
  it('counts each user, and each pair of user and recipient, whatever the case of the recipient', () => {
    const { send } = setUp('sends.user=3/h sends.pair=2/h');
    expect([send('alice', 'bob'), send('alice', 'BOB'), send('alice', 'Bob')]).toEqual([0, 0, 1800]);
    // What the pair refused was not taken from the user.
    expect([send('alice', 'carol'), send('alice', 'carol')]).toEqual([0, 1200]);
    expect(send('bob', 'alice')).toBe(0);
  });

  it('counts names that are none as one recipient', () => {
    const { send } = setUp('sends.pair=1/h');
    expect([send('alice', '?'), send('alice', 'x'.repeat(1_000))]).toEqual([0, 3600]);
  });

  it('of all other signed requests is one bucket for them', () => {
    const { asUser, send } = setUp('requests.user=2/h');
    expect([asUser(ACK)('alice'), asUser(POLL)('alice'), asUser(ACK)('alice')]).toEqual([0, 0, 1800]);
    expect(send('alice', 'bob')).toBe(0);
  });

  it('holds nobody up where it is off', () => {
    const { asUser, send, login } = setUp('off');
    for (let n = 0; n < 1_500; n += 1)
      expect([send('a', `u${n}`), asUser(ACK)('a'), login('::1')]).toEqual([0, 0, 0]);
  });
});

describe('the rule of strangers', () => {
  it('counts recipients whom a user has not written to for a day, by message or by key', () => {
    const { send, asUser, clock } = setUp('strangers.user=2/d');
    expect([send('mallory', 'a'), asUser(KEYS)('mallory', 'b'), send('mallory', 'c')]).toEqual([
      0, 0, 43_200,
    ]);
    for (const known of ['a', 'b', 'B']) expect(send('mallory', known)).toBe(0);
    clock.now += 12 * HOUR_MS;
    expect([send('mallory', 'c'), send('mallory', 'a')]).toEqual([0, 0]);
    // It is a day since b was written to, and half a day since a was.
    clock.now += 12 * HOUR_MS;
    expect([send('mallory', 'a'), send('mallory', 'b'), send('mallory', 'd')]).toEqual([0, 0, 43_200]);
  });

  it('does not count an answer: a bot may have any number of people who write to it', () => {
    const { send } = setUp('strangers.user=1/d sends.user=off');
    for (let n = 0; n < 1_000; n += 1) {
      expect(send(`User${n}`, 'bot')).toBe(0);
      expect(send('bot', `user${n}`)).toBe(0);
    }
    expect([send('bot', 'x'), send('bot', 'y')]).toEqual([0, 86_400]);
  });
});

describe('what the defaults let pass', () => {
  it('is a v1 client, which polls three times a second and looks at the users, in thirty sessions for ten minutes', () => {
    const { asUser, clock } = setUp('');
    const endpoints = [
      POLL,
      { method: 'GET', path: '/chat/keyexchange' },
      { method: 'POST', path: '/presence' },
    ] as const;
    const admit = endpoints.map(asUser);
    const users = asUser({ method: 'GET', path: '/chat/users' });
    const pollers = [...admit, ...admit, users];
    let refused = 0;
    for (let second = 0; second < 600; second += 1) {
      for (let session = 0; session < 15; session += 1)
        for (const each of pollers) if (each('alice') !== 0) refused += 1;
      clock.now += 1_000;
    }
    expect(refused).toBe(0);
  });

  it('is 500 messages that were written offline to one person, and five a second after that', () => {
    const { send, clock } = setUp('');
    for (let n = 0; n < 500; n += 1) expect(send('alice', 'bob')).toBe(0);
    for (let n = 0; n < 500; n += 1) {
      clock.now += 200;
      expect(send('alice', 'bob')).toBe(0);
    }
  });

  it('is told to no other gateway', () => {
    const { asUser, send, clock, beyond } = setUp('');
    const poll = asUser(POLL);
    for (let second = 0; second < 600; second += 1) {
      for (let n = 0; n < 12; n += 1) poll('alice');
      send('alice', 'bob');
      clock.now += 1_000;
    }
    expect(beyond).toEqual([]);
  });
});

describe('what other gateways are told of', () => {
  it('is what is taken beyond a quarter, of the burst and of the rate', () => {
    const { send, clock, beyond } = setUp('sends.pair=8/s+80 sends.user=off strangers.user=off');
    for (let n = 0; n < 20; n += 1) send('alice', 'bob');
    expect(beyond).toEqual([]);
    send('alice', 'bob');
    expect(beyond).toEqual(['sends.pair alice bob']);
    clock.now += 10_000;
    beyond.length = 0;
    // Two a second are a quarter of eight.
    for (let n = 0; n < 100; n += 1) {
      clock.now += 500;
      send('alice', 'bob');
    }
    expect(beyond).toEqual([]);
    for (let n = 0; n < 100; n += 1) {
      clock.now += 125;
      send('alice', 'bob');
    }
    expect(beyond.length).toBeGreaterThan(50);
  });

  it('counts here, and what names no rule is nothing', () => {
    const { send, learn, clock } = setUp('sends.pair=1/m+10');
    learn('sends.pair', 'alice bob', 9, clock.now);
    learn('sends.nobody', 'alice bob', 9, clock.now);
    expect([send('alice', 'bob'), send('alice', 'bob')]).toEqual([0, 60]);
    learn('sends.pair', 'alice carol', 10, clock.now - 10 * 60_000);
    expect(send('alice', 'carol')).toBe(0);
  });
});

it('counts refusals by rule, and knows nobody', async () => {
  const registry = createMetricsRegistry('gateway');
  const { send, login } = setUp('sends.pair=1/h login.address=1/h', registry.of('gateway'));
  for (let n = 0; n < 3; n += 1) send('alice', 'bob');
  for (let n = 0; n < 2; n += 1) login('192.0.2.1');
  const text = await registry.text();
  expect(text).toContain('secure_chat_refused_by_rule_total{service="gateway",rule="sends.pair"} 2\n');
  expect(text).toContain('secure_chat_refused_by_rule_total{service="gateway",rule="login.address"} 1\n');
  expect(text).not.toMatch(/alice|bob|192\.0\.2/);
});
