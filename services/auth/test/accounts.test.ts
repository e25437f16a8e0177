import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { createSeal } from '@secure-chat/service-kit/seal';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { createAccounts } from '../src/accounts.ts';
import { migrations } from '../src/migrations/index.ts';

const ALICE = {
  username: 'Alice',
  publicKey: 'PEM',
  passwordHash: 'hash',
  registeredAt: 1_767_522_600_000,
  published: false,
  suspended: false,
};

async function openAccounts(place: DatabasePlace) {
  const database = await openDatabase(place, migrations);
  onTestFinished(() => database.destroy());
  return {
    database,
    accounts: createAccounts(database, createSeal(fixedKeys(Buffer.alloc(32, 1)).for('seal'))),
  };
}

describe.each(DATABASES)('accounts in $kind', ({ fresh }) => {
  it('are found without regard to case, as they were added', async () => {
    const { accounts } = await openAccounts(await fresh());
    expect(await accounts.add(ALICE)).toBe(true);
    for (const name of ['alice', 'ALICE', 'Alice']) expect(await accounts.find(name)).toEqual(ALICE);
    expect(await accounts.find('bob')).toBeNull();
  });

  it('have unique names without regard to case; the first stays as it is', async () => {
    const { accounts } = await openAccounts(await fresh());
    await accounts.add(ALICE);
    expect(await accounts.add({ ...ALICE, username: 'aLICE', passwordHash: 'other' })).toBe(false);
    expect(await accounts.find('alice')).toEqual(ALICE);
  });

  it('of one name that are added at once: one is added', async () => {
    const { accounts } = await openAccounts(await fresh());
    const spellings = ['alice', 'Alice', 'ALICE', 'aLiCe'];
    const added = await Promise.all(spellings.map((username) => accounts.add({ ...ALICE, username })));
    expect(added.filter(Boolean)).toHaveLength(1);
  });

  it('are unpublished until they are marked', async () => {
    const { accounts } = await openAccounts(await fresh());
    await accounts.add(ALICE);
    await accounts.add({ ...ALICE, username: 'bob' });
    await accounts.markPublished('ALICE');
    expect((await accounts.unpublished()).map(({ username }) => username)).toEqual(['bob']);
    expect(await accounts.find('alice')).toMatchObject({ published: true, suspended: false });
  });

  it('do not open under another service key, and a hash opens for its own account alone', async () => {
    const { accounts, database } = await openAccounts(await fresh());
    await accounts.add(ALICE);
    await accounts.add({ ...ALICE, username: 'bob', passwordHash: 'bobs' });
    await expect(
      createAccounts(database, createSeal(fixedKeys(Buffer.alloc(32, 2)).for('seal'))).find('alice'),
    ).rejects.toThrow(/SERVICE_KEY/);
    const { sealed_password_hash } = await database('accounts').where({ username: 'bob' }).first();
    await database('accounts').where({ username: 'Alice' }).update({ sealed_password_hash });
    await expect(accounts.find('alice')).rejects.toThrow(/does not open/);
  });
});
