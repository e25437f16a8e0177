import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive } from '../../src/profile/archive.ts';
import { createEngine, type Engine, type WireRecord } from './engine.ts';

/** Milliseconds that one record may take of the processor: a person types on meanwhile. */
const HANG_MS = 50;
const RUNS = 4_000;
const NOW = Date.UTC(2026, 10, 25);

let root: string;
let alice: Engine;
let bob: Engine;
/** What alice has sent, none of which bob has seen. */
const sent: WireRecord[] = [];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'secure-chat-bad-input-'));
  const engine = (username: string, onPost: (record: WireRecord) => void) =>
    createEngine({
      folder: join(root, username),
      username,
      rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
      now: () => NOW,
      onPost,
    });
  const toBob: WireRecord[] = [];
  alice = await engine('alice', (record) => void toBob.push(record));
  bob = await engine('bob', () => undefined);
  alice.meet('bob', bob.bundle());
  bob.meet('alice', alice.bundle());
  alice.write('hello');
  await alice.deliver();
  for (const record of toBob.splice(0)) await bob.receive('alice', record, 0);
  expect(bob.history()).toMatchObject([{ state: 'received', text: 'hello' }]);
  for (const text of ['one', 'two', 'x'.repeat(5_000)]) alice.write(text);
  alice.renew();
  await alice.deliver();
  sent.push(...toBob.splice(0));
});
afterAll(() => {
  alice.close();
  bob.close();
  rmSync(root, { recursive: true, force: true });
});

/** A record as the server could change it: its bytes flipped, cut, lengthened, crossed with another's, or made up. */
const changed = fc
  .record({
    which: fc.nat(),
    other: fc.nat(),
    how: fc.constantFrom('flip', 'cut', 'lengthen', 'cross', 'length', 'random', 'text' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    text: fc.string({ maxLength: 80 }),
  })
  .map(({ which, other, how, at, bytes, text }): WireRecord => {
    const record = sent[which % sent.length];
    const crossed = sent[other % sent.length];
    if (!record || !crossed) throw new Error('nothing was sent');
    const own = Buffer.from(record.text.slice(3), 'base64');
    const place = at % own.length;
    const forms: Record<typeof how, () => Buffer> = {
      flip: () => {
        own[place] = (own[place] ?? 0) ^ ((bytes[0] ?? 0) || 1);
        return own;
      },
      cut: () => own.subarray(0, place),
      lengthen: () => Buffer.concat([own, bytes]),
      cross: () =>
        Buffer.concat([own.subarray(0, place), Buffer.from(crossed.text.slice(3), 'base64').subarray(place)]),
      length: () => {
        own.writeUInt32BE(0xffffffff - (bytes[0] ?? 0), Math.min(place - (place % 4), own.length - 4));
        return own;
      },
      random: () => Buffer.from(bytes),
      text: () => own,
    };
    const made = how === 'text' ? text : `v2.${forms[how]().toString('base64')}`;
    const kind = at % 7 === 0 ? 'key' : record.kind;
    return { kind, id: randomBytes(16).toString('base64url'), text: made };
  })
  .filter(({ text, kind }) => !sent.some((record) => record.kind === kind && record.text === text));

/** Milliseconds of this process's time that bob takes for a record, under an id of its own. */
async function cpuMsOf(record: WireRecord): Promise<number> {
  const start = process.cpuUsage();
  await bob.receive('alice', { ...record, id: randomBytes(16).toString('base64url') }, 0);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

describe('bad input to a client', () => {
  it(`changes no key, crashes nothing and takes less than ${HANG_MS} ms, in ${RUNS} forms`, {
    timeout: 240_000,
  }, async () => {
    const before = bob.keys();
    await fc.assert(
      fc.asyncProperty(changed, async (record) => {
        // The collector may run in one of the turns; a record that hangs does so in each.
        let turns = 0;
        while ((await cpuMsOf(record)) > HANG_MS && turns < 3) turns += 1;
        expect(turns).toBeLessThan(3);
        expect(bob.keys()).toBe(before);
      }),
      { numRuns: RUNS },
    );
    const states = new Set(bob.history().map(({ state }) => state));
    expect([...states].sort()).toEqual(['received', 'refused', 'undecryptable']);
    expect(bob.history().filter(({ state }) => state === 'received')).toHaveLength(1);
    // What was really sent still opens.
    for (const record of sent) await bob.receive('alice', record, 0);
    expect(bob.history().filter(({ state }) => state === 'received')).toHaveLength(4);
  });

  it('is no archive: whatever its bytes, it is refused without a word to the disk', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, magic) => {
        const archive = Buffer.concat([Buffer.from(magic ? 'secure-chat profile 1\n{' : ''), bytes]);
        expect(await openArchive(archive, 'password')).toBe('damaged');
      }),
      { numRuns: 5_000 },
    );
  });
});
