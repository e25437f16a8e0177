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
  /** Once: a busy machine may take more than the 2 s that a part has. */
  const says = (folder: string, status: number, parts: object): Promise<void> =>
    vi.waitFor(async () => expect(await ask(folder)).toEqual({ status, parts }), SOON);
  const healthOf = async (folder: string): Promise<number> =>
    (await fetch(`${service(folder).url}/health`)).status;

  it('are ready with every part that they need, each by its name', async () => {
    await says('services/auth', 200, { database: true, log: true });
    await says('services/directory', 200, { database: true, users: true, keyLog: true });
    await says('services/relay', 200, { users: true, log: true });
    await says('gateway', 200, { sessions: true, auth: true, directory: true, relay: true });
  });

  it('say that the log takes no writes, live on, and are ready when it does', async () => {
    const holder = new Database(join(system.dataDir, 'event-log.db'));
    holder.exec('BEGIN IMMEDIATE');
    try {
      await says('services/auth', 503, { database: true, log: false });
      await says('services/relay', 503, { users: true, log: false });
      await says('gateway', 503, { sessions: true, auth: false, directory: true, relay: false });
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
    await says('gateway', 503, { sessions: true, auth: true, directory: false, relay: true });
    expect(await healthOf('gateway')).toBe(200);
    await says('services/relay', 200, { users: true, log: true });
  });
});
