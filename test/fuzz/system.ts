import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServiceProcess } from '../contract/service-process.ts';

export interface SystemUnderFuzz {
  readonly url: string;
  /** Rejects when it does not end as it should, or has logged an error in all its life. */
  stop(): Promise<void>;
}

/** A whole system in a process of its own, as `npm start` has it, on a data folder that goes with it. */
export async function startSystem(): Promise<SystemUnderFuzz> {
  const dataDir = await mkdtemp(join(tmpdir(), 'secure-chat-fuzz-'));
  const gone = () => rm(dataDir, { recursive: true });
  // What is refused for its rate is not looked at.
  const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'warn', LIMITS: 'off' };
  const stack = await startServiceProcess('packages/stack', environment).catch(async (error: unknown) => {
    await gone();
    throw error;
  });
  return { url: stack.url, stop: () => stack.stop().finally(gone) };
}
