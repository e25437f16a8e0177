import { expect, it } from 'vitest';
import { type StatsParts, stats } from '../src/admin/stats.ts';

const ACCOUNTS = { users: 3, suspended: 1, deleted: 2, sessions: 4 };

async function answerOf(parts: Pick<StatsParts, 'online' | 'services'>): Promise<unknown> {
  const operation = stats({ accounts: async () => ACCOUNTS, uptime: () => 61.9, ...parts });
  return JSON.parse((await operation.perform({ caller: null, username: '', body: null })).json);
}

it('tells what runs, for how long, who there is, and which services are ready: none that fails', async () => {
  const services = {
    auth: async () => true,
    relay: async () => false,
    gateway: () => Promise.reject(new Error('broken')),
  };
  expect(await answerOf({ online: () => 2, services })).toEqual({
    version: '0.1.0',
    node: process.version,
    uptime: 61,
    ...ACCOUNTS,
    online: 2,
    ready: { auth: true, relay: false, gateway: false },
  });
});

it('does not know who is online where the directory runs apart', async () => {
  expect(await answerOf({ online: null, services: {} })).toMatchObject({ online: null, ready: {} });
});
