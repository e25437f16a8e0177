import { createLogger } from '@secure-chat/service-kit/logger';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createInstance } from '../src/instance.ts';
import { type Behaviour, startInstance } from './fake-instance.ts';

const QUIET_MS = 1_000;

/** A stream of an instance that behaves so, and what its reader was told. */
async function openStream(behaviour: Behaviour) {
  const { origin } = await startInstance(behaviour);
  const instance = createInstance(origin, '127.0.0.1', createLogger('gateway', 'silent'), QUIET_MS);
  onTestFinished(() => instance.destroy());
  const answer = await instance.open({ method: 'GET', path: '/chat/stream', patience: 5_000 });
  if (!('start' in answer)) throw new Error('refused');
  const sink = { write: vi.fn(() => true), end: vi.fn(), lost: vi.fn() };
  answer.start(sink);
  return { instance, sink };
}

it('a stream of a relay that has fallen silent is lost; one that only beats is not', async () => {
  const beats: Behaviour = (_request, response) => {
    const timer = setInterval(() => response.write(':\n\n'), QUIET_MS / 10);
    response.on('close', () => clearInterval(timer));
  };
  const beating = await openStream(beats);
  const silent = await openStream((_request, response) => void response.write('event: live\ndata: {}\n\n'));
  expect(silent.instance.streams).toBe(1);
  await vi.waitFor(() => expect(silent.sink.lost).toHaveBeenCalledOnce(), { timeout: 10_000 });
  expect(silent.instance.streams).toBe(0);
  expect(beating.sink.lost).not.toHaveBeenCalled();
  expect(beating.instance.streams).toBe(1);
});
