import type { EventLog } from '@secure-chat/event-log/event-log';
import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { foldName, PRESENCE_TOPIC, USERS_TOPIC } from '@secure-chat/wire/names';
import { describe, expect, it, vi } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { migrations } from '../src/migrations/index.ts';
import { bundleOf, pem } from './bundle-of.ts';
import { openLog, publishUser, startDirectory } from './directory-under-test.ts';

async function remove({ events, codecs }: EventLog, username: string): Promise<void> {
  const record = await codecs.user.encode({ username, publicKey: '', registeredAt: 0, deletedAt: 2 });
  await events.publish(USERS_TOPIC, foldName(username), record);
}

async function rowsOf(place: DatabasePlace): Promise<string> {
  const database = await openDatabase(place, migrations);
  const rows = [await database('users'), await database('bundles')];
  await database.destroy();
  return JSON.stringify(rows);
}

describe.each(DATABASES)('of a deleted account in $kind', ({ fresh }) => {
  it('neither name, key, bundle nor presence is left, but its entries in the key log', async () => {
    const log = await openLog();
    const database = await fresh();
    const { call, close } = await startDirectory(log, database);
    for (const name of ['Alice', 'bob']) await publishUser(log, name, pem);
    const bundle = bundleOf('Alice', 1);
    expect((await call('Alice', 'PUT', '/chat/keys/bundle', { bundle })).statusCode).toBe(200);
    expect((await call('Alice', 'POST', '/presence')).statusCode).toBe(200);
    const entries = async () => (await call('bob', 'GET', '/key-log')).json().entries;
    const before = await entries();
    expect(before.map(({ username }: { username: string }) => username)).toContain('Alice');

    await remove(log, 'Alice');
    const refusal = async (path: string) => (await call('bob', 'GET', path)).json().error?.code;
    await vi.waitFor(async () =>
      expect((await call('bob', 'GET', '/chat/users')).json()).toEqual([{ username: 'bob', online: false }]),
    );
    expect(await refusal('/chat/alice/publickey')).toBe('unknown_user');
    expect(await refusal('/chat/alice/bundle')).toBe('unknown_user');
    const announced: (Uint8Array | null)[] = [];
    await log.events.subscribe(PRESENCE_TOPIC, ({ value }) => void announced.push(value));
    await vi.waitFor(() => expect(announced.at(-1)).toBeNull());
    expect(await entries()).toEqual(before);
    await close();
    expect(await rowsOf(database)).not.toMatch(/alice/i);
  });

  it('nothing is left after a start, though the directory was away, or reads the whole log anew', async () => {
    const log = await openLog();
    const database = await fresh();
    const first = await startDirectory(log, database);
    for (const name of ['alice', 'bob']) await publishUser(log, name, pem);
    const bundle = bundleOf('alice', 1);
    expect((await first.call('alice', 'PUT', '/chat/keys/bundle', { bundle })).statusCode).toBe(200);
    await first.close();
    await remove(log, 'alice');
    for (const place of [database, await fresh()]) {
      const { call, close } = await startDirectory(log, place);
      expect((await call('bob', 'GET', '/chat/alice/bundle')).json().error.code).toBe('unknown_user');
      expect((await call('bob', 'GET', '/chat/alice/publickey')).json().error.code).toBe('unknown_user');
      expect((await call('bob', 'GET', '/chat/users')).json()).toEqual([{ username: 'bob', online: false }]);
      await close();
      expect(await rowsOf(place)).not.toMatch(/alice/i);
    }
  });
});
