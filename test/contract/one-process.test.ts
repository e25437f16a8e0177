import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@secure-chat/stack/stack';
import { describePublicApi } from './public-api.ts';

describePublicApi('the public API of everything in one process', {
  async start() {
    const dataDir = await mkdtemp(join(tmpdir(), 'secure-chat-one-process-'));
    const stack = await startStack({ dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent' });
    return {
      url: stack.url,
      async stop() {
        await stack.close();
        await rm(dataDir, { recursive: true });
      },
    };
  },
});
