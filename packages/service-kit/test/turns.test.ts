import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns } from '../src/turns.ts';

/** Work that ends when it is told to, and notes that it began. */
function workshop() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    work: (name: string) => async (): Promise<string> => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    },
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await setImmediate();
    },
  };
}

/** Holds the event loop for longer than a slice. */
function busy(): void {
  const end = performance.now() + 3;
  while (performance.now() < end);
}

it('lets those who asked take turns, however much one of them asked for', async () => {
  const { begun, work, end } = workshop();
  const turns = createTurns({ atOnce: 1 });
  const flood = Array.from({ length: 200 }, (_, count) => turns.take('mallory', work(`m${count}`)));
  const ada = turns.take('ada', work('a'));
  const ben = turns.take('ben', work('b'));
  await setImmediate();
  expect(begun).toEqual(['m0']);
  for (const name of ['m0', 'm1', 'a', 'b']) await end(name);
  expect(begun.slice(0, 5)).toEqual(['m0', 'm1', 'a', 'b', 'm2']);
  expect([await ada, await ben, await flood[0]]).toEqual(['a', 'b', 'm0']);
});

it('begins no more at once than it may, and the next one when one has ended, well or not', async () => {
  const { begun, work, end } = workshop();
  const turns = createTurns({ atOnce: 2 });
  const failing = turns.take('a', async () => {
    await work('bad')();
    throw new Error('no');
  });
  const caught = expect(failing).rejects.toThrow('no');
  const others = ['x', 'y', 'z'].map((name) => turns.take(name, work(name)));
  await setImmediate();
  expect(begun).toEqual(['bad', 'x']);
  await end('bad');
  await caught;
  expect(begun).toEqual(['bad', 'x', 'y']);
  for (const name of ['x', 'y', 'z']) await end(name);
  expect(await Promise.all(others)).toEqual(['x', 'y', 'z']);
});

it('gives the event loop a round when a slice is used up, and begins what costs little within one', async () => {
  const turns = createTurns();
  const begun: string[] = [];
  const heavy = (name: string) => async (): Promise<void> => {
    begun.push(name);
    busy();
  };
  const light = (name: string) => async (): Promise<void> => void begun.push(name);
  const all = ['h1', 'h2', 'h3'].map((name) => turns.take('mallory', heavy(name)));
  const rounds: string[][] = [];
  while (begun.length < 3) {
    await setImmediate();
    rounds.push([...begun]);
  }
  expect(rounds.length).toBeGreaterThanOrEqual(3);
  await Promise.all(all);
  await Promise.all(Array.from({ length: 50 }, (_, count) => turns.take('ada', light(`l${count}`))));
  expect(begun).toHaveLength(53);
});

it('refuses what is too much of one, and of all; and has room again afterwards', async () => {
  const { work, end } = workshop();
  const turns = createTurns({ atOnce: 1 });
  const first = turns.take('first', work('first'));
  await setImmediate();
  const done: Promise<unknown>[] = [];
  const fill = (who: string, count: number): void => {
    for (let at = 0; at < count; at++) done.push(turns.take(who, async () => {}));
  };
  fill('mallory', 256);
  await expect(turns.take('mallory', async () => {})).rejects.toMatchObject({ code: 'unavailable' });
  for (let other = 0; other < 7; other++) fill(`other ${other}`, 256);
  await expect(turns.take('ada', async () => {})).rejects.toMatchObject({ code: 'unavailable' });
  await end('first');
  await Promise.all([first, ...done]);
  expect(await turns.take('ada', async () => 'room')).toBe('room');
});
