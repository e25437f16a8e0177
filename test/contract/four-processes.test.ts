import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describePublicApi } from './public-api.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';

describePublicApi('the public API of the four services, each a process', {
  async start() {
    const dataDir = await mkdtemp(join(tmpdir(), 'secure-chat-four-processes-'));
    const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'warn' };
    const running: ServiceProcess[] = [];
    const start = async (folder: string, more: Record<string, string> = {}) => {
      const service = await startServiceProcess(folder, { ...environment, ...more });
      running.unshift(service);
      return service.url;
    };
    const stop = async () => {
      // the gateway first: it must not be seen to fail because what it calls has gone
      for (const service of running.splice(0)) await service.stop();
      await rm(dataDir, { recursive: true });
    };
    try {
      const auth = await start('services/auth');
      const directory = await start('services/directory');
      const relay = await start('services/relay');
      const url = await start('gateway', { AUTH_URL: auth, DIRECTORY_URL: directory, RELAY_URL: relay });
      return { url, stop };
    } catch (cause) {
      await stop();
      throw cause;
    }
  },
});
