import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ServiceProcess } from '../contract/service-process.ts';

const SIGNAL = 'SIGUSR2';

/** What makes a process write its heap on demand: settings to start it with, and how to ask. */
export async function prepareHeapSnapshots() {
  const folder = await mkdtemp(join(tmpdir(), 'heap-snapshots-'));
  const written = async () => (await readdir(folder)).filter((name) => name.endsWith('.heapsnapshot'));
  return {
    environment: { NODE_OPTIONS: `--heapsnapshot-signal=${SIGNAL} --diagnostic-dir=${folder}` },
    /** The heap of a process, with every string that is alive in it. */
    async take(process: ServiceProcess): Promise<Buffer> {
      const before = new Set(await written());
      process.signal(SIGNAL);
      const name = await vi.waitFor(
        async () => {
          const [found] = (await written()).filter((each) => !before.has(each));
          if (!found) throw new Error(`${process.folder} has written no heap snapshot yet`);
          return found;
        },
        { timeout: 60_000, interval: 50 },
      );
      // It writes the file before it does anything else: an answer says that the file is whole.
      // A connection that was kept may have run out meanwhile.
      const health = () => fetch(`${process.url}/health`);
      await (await health().catch(health)).body?.cancel();
      const snapshot = await readFile(join(folder, name));
      await rm(join(folder, name));
      return snapshot;
    },
    end: () => rm(folder, { recursive: true, force: true }),
  };
}
