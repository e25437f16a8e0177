import { expect, it } from 'vitest';
import { e2eeTargetsOf } from '../src/e2ee/targets.ts';

const timing = (mean: number, max = mean) => ({ mean, p50: mean, p95: mean, p99: mean, max });
const message = (mean: number) => ({ write: timing(mean), read: timing(mean) });
const SIDE = { whole: 1_100, rsa: 1_000, bundle: 20, x25519: 20, mlKem: 20, ed25519: 20, rest: 20 };

const figures = {
  messages: {
    messages: 10,
    textBytes: 200,
    paddedBytes: 1_024,
    bare: message(10),
    v1: message(15),
    oneWay: message(120),
    inTurns: message(500),
  },
  exchange: { exchanges: 10, initiate: SIDE, accept: SIDE, restToRsa: 0.15 },
  firstScreen: {
    openings: 3,
    messages: 100_000,
    contacts: 20,
    mebibytes: 40,
    file: timing(100),
    password: timing(150),
    screen: timing(10, 300),
    whole: timing(400),
  },
};

const missed = (changed: Partial<typeof figures>): string[] =>
  e2eeTargetsOf({ ...figures, ...changed })
    .filter(({ reached }) => !reached)
    .map(({ name }) => name);

it('are reached exactly at their bound', () => {
  expect(missed({})).toEqual([]);
});

it('are missed one by one', () => {
  const { messages, exchange, firstScreen } = figures;
  const slow = { ...messages, oneWay: { write: timing(120.01), read: timing(120) } };
  expect(missed({ messages: slow })).toEqual(['encrypt a message, µs, mean']);
  const unread = { ...messages, oneWay: { write: timing(120), read: timing(120.01) } };
  expect(missed({ messages: unread })).toEqual(['decrypt a message, µs, mean']);
  expect(missed({ exchange: { ...exchange, restToRsa: 0.151 } })).toEqual([
    'exchange, what is not RSA to RSA',
  ]);
  const late = { ...firstScreen, screen: timing(10, 300.1) };
  expect(missed({ firstScreen: late })).toEqual(['data key to first screen, ms, slowest']);
});

it('stand beside what they are made of', () => {
  expect(e2eeTargetsOf(figures)[2]).toEqual({
    name: 'exchange, what is not RSA to RSA',
    value: 0.15,
    of: 'both sides: 2200 µs, RSA 2000',
    wanted: '<= 0.15',
    reached: true,
  });
});
