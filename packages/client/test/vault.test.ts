import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { createSealedColumn, createSealer } from '../src/profile/sealed.ts';
import { createVault, isSoundVault, KDF_COST, openVault } from '../src/profile/vault.ts';

const CHEAP = { memoryKib: 1024, passes: 1, lanes: 1 };
const place = { table: 'messages', column: 'value', row: 7 };
const damaged = expect.objectContaining({ code: 'profile_damaged' });

it('the password opens the vault at full cost, another does not', async () => {
  const { vault, dataKey } = await createVault('correct horse');
  expect(vault).toMatchObject(KDF_COST);
  expect(dataKey).toHaveLength(32);
  expect(await openVault(vault, 'correct horse')).toEqual(dataKey);
  expect(await openVault(vault, 'correct horsf')).toBeNull();
});

it('a password typed in another Unicode form is the same', async () => {
  const { vault, dataKey } = await createVault('caf\u00e9 au lait', CHEAP);
  expect(await openVault(vault, 'cafe\u0301 au lait')).toEqual(dataKey);
});

it('a vault whose parameters were changed does not open', async () => {
  const { vault } = await createVault('correct horse', CHEAP);
  expect(await openVault({ ...vault, passes: 2 }, 'correct horse')).toBeNull();
  expect(await openVault({ ...vault, salt: randomBytes(16) }, 'correct horse')).toBeNull();
});

it('a vault that asks for too much, or is not one, is not sound', async () => {
  const { vault } = await createVault('correct horse', CHEAP);
  expect(isSoundVault(vault)).toBe(true);
  for (const wrong of [
    { memoryKib: 1024 * 1024 + 1 },
    { memoryKib: 7 },
    { passes: 0 },
    { passes: 17 },
    { lanes: 0 },
    { lanes: 17 },
    { salt: Buffer.alloc(15) },
    { wrappedKey: Buffer.alloc(59) },
  ])
    expect(isSoundVault({ ...vault, ...wrong })).toBe(false);
});

it('a sealed value opens in its place alone', () => {
  const sealer = createSealer(randomBytes(32));
  const sealed = sealer.seal(place, Buffer.from('hello'));
  expect(sealer.open(place, sealed).toString()).toBe('hello');
  for (const other of [{ table: 'outbox' }, { column: 'other' }, { row: 8 }])
    expect(() => sealer.open({ ...place, ...other }, sealed)).toThrow(damaged);
  expect(() => createSealer(randomBytes(32)).open(place, sealed)).toThrow(damaged);
});

it('any bit changed, and any length cut, is noticed', () => {
  const sealer = createSealer(randomBytes(32));
  const sealed = sealer.seal(place, Buffer.from('hello'));
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => sealer.open(place, changed)).toThrow(damaged);
  }
  for (let length = 0; length < sealed.length; length += 1)
    expect(() => sealer.open(place, sealed.subarray(0, length))).toThrow(damaged);
});

it('the same value is sealed differently each time, and indexed the same', () => {
  const key = randomBytes(32);
  const sealer = createSealer(key);
  expect(sealer.seal(place, Buffer.from('x'))).not.toEqual(sealer.seal(place, Buffer.from('x')));
  expect(sealer.index('contact', 'bob')).toEqual(createSealer(key).index('contact', 'bob'));
  expect(sealer.index('contact', 'bob')).not.toEqual(sealer.index('seen', 'bob'));
});

it('a sealed column refuses a value of another shape', () => {
  const sealer = createSealer(randomBytes(32));
  const column = createSealedColumn(sealer, 'messages', 'value', Type.Object({ text: Type.String() }));
  expect(column.open(7, column.seal(7, { text: 'hi' }))).toEqual({ text: 'hi' });
  for (const other of ['{"text":5}', 'not json'])
    expect(() => column.open(7, sealer.seal(place, Buffer.from(other)))).toThrow(damaged);
});
