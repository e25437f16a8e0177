import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEngine, type Engine, type WireRecord } from './engine.ts';

const RUNS = 250;
const HOUR_MS = 60 * 60_000;
const rsa = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

const side = fc.constantFrom(0 as const, 1 as const);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), side }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('arrive' as const), side, which: fc.nat({ max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('again' as const), side, which: fc.nat({ max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose key' as const), side }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const), side }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repair' as const), side }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), side }) },
);

it('whatever is lost of the exchanges, repeated, late or out of order, each message that arrived is shown once, and read in the end (check 8)', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const root = mkdtempSync(join(tmpdir(), 'secure-chat-model-'));
      let now = Date.UTC(2026, 10, 25);
      /** On the way to each side, and what has arrived there. */
      const way: [WireRecord[], WireRecord[]] = [[], []];
      const come: [WireRecord[], WireRecord[]] = [[], []];
      const written: [string[], string[]] = [[], []];
      const engine = (username: string, own: 0 | 1) => {
        const key = rsa[own];
        if (!key) throw new Error('no key');
        return createEngine({
          folder: join(root, username),
          username,
          rsa: key,
          now: () => now,
          onPost: (record) => void way[own === 0 ? 1 : 0].push(record),
        });
      };
      const people: [Engine, Engine] = [await engine('alice', 0), await engine('bob', 1)];
      people[0].meet('bob', people[1].bundle());
      people[1].meet('alice', people[0].bundle());
      const arrive = async (to: 0 | 1, which: number): Promise<void> => {
        const [record] = way[to].splice(which % Math.max(1, way[to].length), 1);
        if (!record) return;
        come[to].push(record);
        await people[to].receive(people[to === 0 ? 1 : 0].username, record, come[to].length);
      };
      const deliver = async (own: 0 | 1): Promise<void> => {
        while (await people[own].deliver());
      };
      try {
        for (const each of steps) {
          now += 1_000;
          if (each.kind === 'wait') now += each.hours * HOUR_MS;
          else if (each.kind === 'write') {
            const text = `${each.side} ${written[each.side].length}`;
            written[each.side].push(text);
            people[each.side].write(text);
            await deliver(each.side);
          } else if (each.kind === 'arrive') await arrive(each.side, each.which);
          else if (each.kind === 'again') {
            const old = come[each.side][each.which % Math.max(1, come[each.side].length)];
            if (old) way[each.side].push(old);
          } else if (each.kind === 'lose key') {
            const at = way[each.side].findIndex(({ kind }) => kind === 'key');
            if (at >= 0) way[each.side].splice(at, 1);
          } else if (each.kind === 'renew') people[each.side].renew();
          else if (each.kind === 'repair') people[each.side].repair();
          else await people[each.side].restart();
        }
        // Then all is well: what is on its way arrives, and what is broken is mended.
        for (let day = 0; day < 60; day += 1) {
          now += 24 * HOUR_MS;
          for (const own of [0, 1] as const) {
            people[own].repair();
            await deliver(own);
          }
          for (const to of [0, 1] as const) while (way[to].length > 0) await arrive(to, 0);
          const broken = people.some((person) =>
            person.history().some(({ state }) => state === 'undecryptable' || state === 'queued'),
          );
          if (!broken && people.every((person) => person.waiting() === 0)) break;
        }
        for (const to of [0, 1] as const) {
          const shown = people[to].history().filter(({ state }) => state === 'received');
          const expected = [...written[to === 0 ? 1 : 0]].sort();
          expect(shown.map(({ text }) => text).sort()).toEqual(expected);
          expect(people[to].history().filter(({ state }) => /undecryptable|refused/.test(state))).toEqual([]);
        }
      } finally {
        for (const person of people) person.close();
        rmSync(root, { recursive: true, force: true });
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
