import { expect, it } from 'vitest';
import type { SendFigure, Sends } from '../src/sends.ts';
import { spreadOver } from '../src/sends.ts';
import { targetsOf } from '../src/targets.ts';

const figure = (perSecond: number, max = 20): SendFigure => ({
  requests: 100,
  perSecond,
  latencyMs: { p50: 1, p95: 2, p99: 3, max },
  serverCpuMsPerRequest: 0.1,
});

const sends = (changed: Partial<Sends> = {}): Sends => ({
  bare: figure(10_000, 500),
  namedFew: figure(3_000),
  namedMany: figure(2_900),
  v1Few: figure(2_600),
  v1Many: figure(2_000),
  v1Scanned: figure(100, 500),
  ...changed,
});

const LOGINS = {
  logins: 10,
  perSecond: 100,
  challengeMs: figure(0, 30).latencyMs,
  loginMs: figure(0, 40).latencyMs,
};

const missed = (changed: Partial<Sends>): string[] =>
  targetsOf({ sends: sends(changed), logins: LOGINS })
    .filter(({ reached }) => !reached)
    .map(({ name }) => name);

it('are all reached by figures that reach them', () => {
  expect(missed({})).toEqual([]);
});

it('are reached exactly at their bound', () => {
  expect(missed({ namedFew: figure(2_500), namedMany: figure(2_500) })).toEqual([]);
  expect(missed({ v1Many: figure(2_000, 100) })).toEqual([]);
});

it('are missed one by one', () => {
  expect(missed({ bare: figure(11_800) })).toEqual(['named sends, many sessions, to bare fastify']);
  expect(missed({ namedFew: figure(3_300) })).toEqual(['named sends, many sessions to few']);
  expect(missed({ v1Few: figure(4_100) })).toEqual(['v1 sends, many sessions to few']);
  expect(missed({ v1Many: figure(1_449) })).toEqual(['v1 sends to named, many sessions']);
  expect(missed({ v1Few: figure(2_500, 100.1) })).toEqual(['slowest signed send, ms']);
});

it('stand beside their absolute values', () => {
  expect(targetsOf({ sends: sends(), logins: LOGINS })[0]).toEqual({
    name: 'named sends, few sessions, to bare fastify',
    value: 0.3,
    of: '3000/s to 10000/s',
    wanted: '>= 0.25',
    reached: true,
  });
});

it('are sent for by sessions at even distances, the oldest among them', () => {
  expect(spreadOver([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([0, 2, 4, 6]);
  expect(spreadOver([0, 1, 2], 3)).toEqual([0, 1, 2]);
});
