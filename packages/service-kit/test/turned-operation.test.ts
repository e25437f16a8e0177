import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Operation } from '../src/operation.ts';
import { turnedOperation } from '../src/turned-operation.ts';
import { createTurns } from '../src/turns.ts';

const LARGE = Buffer.alloc(4 * 1024 + 1);
const SMALL = Buffer.alloc(4 * 1024);

/** An operation that notes whose call it began, and one call more of it than may be under way. */
function setting() {
  const begun: string[] = [];
  const operation: Operation = {
    method: 'POST',
    path: '/x',
    async perform({ caller }) {
      begun.push(caller?.username ?? 'nobody');
      await setImmediate();
      return { json: '{}', headers: {} };
    },
  };
  const turned = turnedOperation(operation, createTurns({ atOnce: 1 }));
  const call = (username: string, body: Uint8Array | null) =>
    turned.perform({ caller: { username, sessionId: username }, username: '', body });
  return { begun, call };
}

it('begins large bodies by turns of those who sent them', async () => {
  const { begun, call } = setting();
  const calls = [call('mallory', LARGE), call('mallory', LARGE), call('mallory', LARGE), call('ada', LARGE)];
  await Promise.all(calls);
  expect(begun).toEqual(['mallory', 'mallory', 'ada', 'mallory']);
});

it('begins small bodies, and none, at once', async () => {
  const { begun, call } = setting();
  const waiting = [call('mallory', LARGE), call('mallory', LARGE)];
  const quick = [call('ada', SMALL), call('ben', null)];
  expect(begun).toEqual(['ada', 'ben']);
  await Promise.all([...waiting, ...quick]);
});
