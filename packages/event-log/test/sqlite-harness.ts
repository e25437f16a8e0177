import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '../src/contract/harness.ts';
import { startWriterProcess } from '../src/contract/writer-process.ts';
import { type EventLog, openSqliteEventLog } from '../src/open.ts';

/** One file in a temporary folder. Closing the interface closes the whole instance: each has a connection of its own. */
export function sqliteHarness<T extends { close(): Promise<void> }>(
  pick: (log: EventLog) => T,
  writer: URL,
): Harness<T> {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'event-log-'));
    const file = join(folder, 'log.db');
    return {
      async open() {
        const log = openSqliteEventLog({ file });
        return { ...pick(log), close: log.close };
      },
      startWriter: async (topic) => startWriterProcess(writer, [file, topic]),
      remove: () => rm(folder, { recursive: true }),
    };
  };
}
