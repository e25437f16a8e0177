import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServiceProcess } from '../contract/service-process.ts';
import { type ServiceProcesses, startServiceProcesses } from '../contract/service-processes.ts';
import { member } from '../v1-client/reading.ts';

/** Bound of what must happen: a gateway asks services that answer within 2 s. */
const SOON = { timeout: 15_000, interval: 100 };

describe('four processes', () => {
  let system: ServiceProcesses;
  beforeAll(async () => {
    system = await startServiceProcesses({ environment: { LOG_LEVEL: 'fatal' } });
  });
  afterAll(() => system.stop());

  const service = (folder: string): ServiceProcess => {
    const found = system.services.find((one) => one.folder === folder);
    if (!found) throw new Error(`no ${folder} runs`);
    return found;
  };
  const ask = async (folder: string): Promise<{ status: number; parts: unknown }> => {
    const answer = await fetch(`${service(folder).url}/ready`);
    return { status: answer.status, parts: member(await answer.json(), 'parts') };
  };
  const healthOf = async (folder: string): Promise<number> =>
    (await fetch(`${service(folder).url}/health`)).status;

  it('are ready with every part that they need, each by its name', async () => {
    expect(await ask('services/auth')).toEqual({ status: 200, parts: { database: true, log: true } });
    expect(await ask('services/directory')).toEqual({
      status: 200,
      parts: { database: true, users: true, keyLog: true },
    });
    expect(await ask('services/relay')).toEqual({ status: 200, parts: { users: true, log: true } });
    expect(await ask('gateway')).toEqual({
      status: 200,
      parts: { sessions: true, auth: true, directory: true, relay: true },
    });
  });

  it('say that the log takes no writes, live on, and are ready when it does', async () => {
    const holder = new Database(join(system.dataDir, 'event-log.db'));
    holder.exec('BEGIN IMMEDIATE');
    try {
      expect(await ask('services/auth')).toEqual({ status: 503, parts: { database: true, log: false } });
      expect(await ask('services/relay')).toEqual({ status: 503, parts: { users: true, log: false } });
      expect(await ask('gateway')).toEqual({
        status: 503,
        parts: { sessions: true, auth: false, directory: true, relay: false },
      });
      for (const folder of ['services/auth', 'services/relay', 'gateway'])
        expect(await healthOf(folder)).toBe(200);
    } finally {
      holder.close();
    }
    for (const folder of ['services/auth', 'services/relay', 'gateway'])
      await vi.waitFor(async () => expect((await ask(folder)).status).toBe(200), SOON);
  });

  it('of which one is gone: the gateway is not ready, names it, and lives on', async () => {
    await service('services/directory').stop();
    expect(await ask('gateway')).toEqual({
      status: 503,
      parts: { sessions: true, auth: true, directory: false, relay: true },
    });
    expect(await healthOf('gateway')).toBe(200);
    expect((await ask('services/relay')).status).toBe(200);
  });
});
