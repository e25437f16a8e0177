import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createInTurn } from '../src/in-turn.ts';

/** Work that begins when it is its turn, and ends when the test says so. */
function createWork(begun: string[], name: string) {
  const events = new EventEmitter();
  const ended = once(events, 'end').then(() => name);
  const work = (): Promise<string> => {
    begun.push(name);
    return ended;
  };
  return {
    work,
    end: () => events.emit('end'),
    fail: () => events.emit('error', new Error(name)),
  };
}

/** Everything that is not waiting for the test has happened. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('work under one name', () => {
  it('goes one after another, in the order in which it was asked for', async () => {
    const inTurn = createInTurn();
    const begun: string[] = [];
    const [first, second, third] = [createWork(begun, '1'), createWork(begun, '2'), createWork(begun, '3')];
    const answers = [first, second, third].map(({ work }) => inTurn('alice', work));
    await settled();
    expect(begun).toEqual(['1']);
    first.end();
    await settled();
    expect(begun).toEqual(['1', '2']);
    third.end();
    second.end();
    expect(await Promise.all(answers)).toEqual(['1', '2', '3']);
  });

  it('goes on after what failed, which only its caller is told', async () => {
    const inTurn = createInTurn();
    const begun: string[] = [];
    const [bad, good] = [createWork(begun, 'bad'), createWork(begun, 'good')];
    const [failing, going] = [inTurn('alice', bad.work), inTurn('alice', good.work)];
    bad.fail();
    good.end();
    await expect(failing).rejects.toThrow('bad');
    expect(await going).toBe('good');
  });

  it('does not wait for that under another', async () => {
    const inTurn = createInTurn();
    const begun: string[] = [];
    const slow = createWork(begun, 'slow');
    const waiting = inTurn('alice', slow.work);
    expect(await inTurn('bob', async () => 'done')).toBe('done');
    slow.end();
    expect(await waiting).toBe('slow');
  });
});
