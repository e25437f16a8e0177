import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminStorage } from '@secure-chat/wire/admin-api';

/** Bytes on the disk; null for what is kept elsewhere. */
export interface DiskSizes {
  readonly eventLog: number | null;
  readonly auth: number | null;
  readonly directory: number | null;
}

/** Sizes of the databases in a data folder, with what is still in their write-ahead logs. */
export function diskSizes(dataDir: string, { eventLog, database }: AdminStorage): DiskSizes {
  const sizeOf = (file: string): number | undefined =>
    statSync(join(dataDir, file), { throwIfNoEntry: false })?.size;
  const both = (name: string): number | null => {
    const size = sizeOf(name);
    return size === undefined ? null : size + (sizeOf(`${name}-wal`) ?? 0);
  };
  return {
    eventLog: eventLog === 'embedded' ? both('event-log.db') : null,
    auth: database === 'sqlite' ? both('auth.db') : null,
    directory: database === 'sqlite' ? both('directory.db') : null,
  };
}
