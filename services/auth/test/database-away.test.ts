import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { startCluster } from '../../../tools/postgres/cluster.ts';
import { POSTGRES } from '../../../tools/postgres/databases.ts';
import { placeAt } from '../../../tools/postgres/place-at.ts';
import { hashOf, startAuth } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe.each(POSTGRES)('auth whose $kind server goes away', () => {
  it('gives 503 meanwhile, and goes on by itself when the server is back', async () => {
    const cluster = await startCluster(inject('postgresPrograms') ?? '');
    onTestFinished(() => cluster.remove());
    const auth = await startAuth({ dataDir: temporaryFolder(), database: placeAt(cluster.url, 'auth') });
    onTestFinished(() => auth.close());
    expect((await auth.register('alice', hashOf('p'))).statusCode).toBe(200);
    const ask = () => auth.call('POST', '/chat/auth/login-challenge', { username: 'alice' });
    const ready = async () => (await auth.app.inject('/ready')).statusCode;
    const statuses = new Set<number>();
    let busy = true;
    const requests = Array.from({ length: 8 }, async () => {
      while (busy) statuses.add((await ask()).statusCode);
    });

    await vi.waitFor(() => expect([...statuses]).toEqual([200]));
    await cluster.halt();
    await vi.waitFor(() => expect(statuses).toContain(503));
    const refused = await ask();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.json().error.code).toBe('unavailable');
    expect(await ready()).toBe(503);
    expect((await auth.app.inject('/health')).statusCode).toBe(200);

    await cluster.start();
    busy = false;
    await Promise.all(requests);
    expect([...statuses].toSorted()).toEqual([200, 503]);
    expect([(await ask()).statusCode, await ready()]).toEqual([200, 200]);
    expect((await auth.login('alice', hashOf('p'))).statusCode).toBe(200);
    expect(auth.logged()).toContain('request failed');
    expect(auth.logged()).not.toContain(new URL(cluster.url).password);
  });
});
