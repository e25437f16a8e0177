import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';

/** The four services, each a process of its own, on one data folder that goes with them. */
export interface ServiceProcesses {
  /** Of the gateway. */
  readonly url: string;
  readonly dataDir: string;
  readonly services: readonly ServiceProcess[];
  /** Rejects when one did not end cleanly; all are gone all the same. */
  stop(): Promise<void>;
}

/** Resolves when each is ready; rejects when one does not start. `environment`: for all of them. */
export async function startServiceProcesses(options: {
  readonly environment?: Record<string, string>;
  readonly relays?: number;
  readonly onLine?: (line: string) => void;
}): Promise<ServiceProcesses> {
  const dataDir = await mkdtemp(join(tmpdir(), 'secure-chat-processes-'));
  const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...options.environment };
  const running: ServiceProcess[] = [];
  const start = async (folder: string, more: Record<string, string> = {}) => {
    const service = await startServiceProcess(folder, { ...environment, ...more }, options.onLine);
    running.unshift(service);
    return service.url;
  };
  const stop = async () => {
    try {
      // the gateway first: it must not be seen to fail because what it calls has gone
      for (const service of running.splice(0)) await service.stop();
    } finally {
      await rm(dataDir, { recursive: true });
    }
  };
  try {
    const auth = await start('services/auth');
    const directory = await start('services/directory');
    const relays: string[] = [];
    for (let count = 0; count < (options.relays ?? 1); count++) relays.push(await start('services/relay'));
    const url = await start('gateway', {
      AUTH_URL: auth,
      DIRECTORY_URL: directory,
      RELAY_URL: relays.join(),
    });
    return { url, dataDir, services: running, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}
