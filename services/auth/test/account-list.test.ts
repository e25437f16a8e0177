import { describe, expect, it, onTestFinished } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { hashOf, startAuth } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe.each(DATABASES)('the accounts in $kind', ({ fresh }) => {
  it('are counted by what they are, with their open sessions', async () => {
    const auth = await startAuth({ dataDir: temporaryFolder(), database: await fresh() });
    onTestFinished(() => auth.close());
    expect(await auth.accounts.count()).toEqual({ users: 0, suspended: 0, deleted: 0, sessions: 0 });
    const change = (command: string, username: string) =>
      auth.admin
        .find(({ path }) => path === `/users/:username/${command}`)
        ?.perform({ caller: null, username, body: null });
    for (const name of ['alice', 'bob', 'carol', 'dave']) {
      await auth.register(name, hashOf('p'));
      await auth.login(name, hashOf('p'));
    }
    await auth.login('alice', hashOf('p'));
    await change('suspend', 'bob');
    await change('suspend', 'carol');
    await change('delete', 'carol');
    expect(await auth.accounts.count()).toEqual({ users: 3, suspended: 1, deleted: 1, sessions: 3 });
  });
});
