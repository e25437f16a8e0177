import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServiceProcess } from '../contract/service-process.ts';

export interface Usage {
  /** MiB in memory. */
  readonly rss: number;
  /** Open file descriptors: connections, and what it has open itself. */
  readonly descriptors: number;
}

export interface Server {
  readonly url: string;
  usage(): Promise<Usage>;
  /** Rejects when it does not end as it should, or has logged an error in all its life. */
  stop(): Promise<void>;
}

/** A whole system in a process of its own, with the limits that it has by default. */
export async function startServer(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'secure-chat-abuse-'));
  const gone = () => rm(dataDir, { recursive: true });
  const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'error' };
  const stack = await startServiceProcess('packages/stack', environment).catch(async (error: unknown) => {
    await gone();
    throw error;
  });
  return {
    url: stack.url,
    async usage() {
      const status = await readFile(`/proc/${stack.pid}/status`, 'utf8');
      const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
      const descriptors = await readdir(`/proc/${stack.pid}/fd`);
      return { rss: Math.round(kib / 1024), descriptors: descriptors.length };
    },
    stop: () => stack.stop().finally(gone),
  };
}
