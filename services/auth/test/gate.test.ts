import { describe, expect, it } from 'vitest';
import { createGate } from '../src/gate.ts';

/** Work that goes on until it is told to end, and what has begun so far. */
function createWork() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    work: (name: string) => () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    },
    end: (name: string) => ends.get(name)?.(),
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a gate', () => {
  it('lets many pass together', async () => {
    const [gate, { begun, work, end }] = [createGate(), createWork()];
    const both = [gate.pass(work('one')), gate.pass(work('two'))];
    await turn();
    expect(begun).toEqual(['one', 'two']);
    for (const name of begun) end(name);
    expect(await Promise.all(both)).toEqual(['one', 'two']);
  });

  it('lets one alone, behind those that asked before and in front of those that asked later', async () => {
    const [gate, { begun, work, end }] = [createGate(), createWork()];
    const all = [gate.pass(work('before')), gate.alone(work('alone')), gate.alone(work('alone, too'))];
    all.push(gate.pass(work('later')));
    for (const name of ['before', 'alone', 'alone, too', 'later']) {
      await turn();
      expect(begun.at(-1)).toBe(name);
      end(name);
    }
    expect(await Promise.all(all)).toEqual(['before', 'alone', 'alone, too', 'later']);
  });

  it('tells each the outcome of his own, and goes on behind one that failed', async () => {
    const gate = createGate();
    const fail = () => Promise.reject(new Error('no'));
    const failed = [gate.pass(fail), gate.alone(fail)];
    const ended = await Promise.allSettled([...failed, gate.pass(async () => 1), gate.alone(async () => 2)]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
