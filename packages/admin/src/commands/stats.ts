import { join } from 'node:path';
import { countWaitingRecords } from '@secure-chat/event-log/sqlite/waiting-records';
import { AdminStats, AdminStorage } from '@secure-chat/wire/admin-api';
import type { Command } from '../command.ts';
import { diskSizes } from '../disk-sizes.ts';
import { AdminError, EXIT } from '../exit-codes.ts';
import { table } from '../table.ts';

export const STATS: Command = {
  name: 'stats',
  operands: [],
  summary: 'users, sessions, what is on the disk, and which parts are ready',
  details: [
    'A dash stands for what the process does not know: who is online where the directory runs apart, and what is on',
    'Kafka or PostgreSQL. Waiting are the records that no client has acknowledged, key exchanges among them.',
  ],
  async run(_, { server, dataDir }) {
    const stats = await server.ask({ method: 'GET', path: '/stats', answer: AdminStats });
    const storage = await server.ask({ method: 'GET', path: '/storage', answer: AdminStorage });
    const bytes = diskSizes(dataDir, storage);
    const waiting = bytes.eventLog === null ? null : waitingIn(join(dataDir, 'event-log.db'));
    const { version, node, uptime, users, suspended, deleted, sessions, online, ready } = stats;
    const rows = [
      ['version', `${version}, Node ${node}`],
      ['running for', duration(uptime)],
      ['users', `${users}, of them suspended ${suspended}`],
      ['deleted', String(deleted)],
      ['online', online === null ? '-' : String(online)],
      ['open sessions', String(sessions)],
      ['records waiting', waiting === null ? '-' : String(waiting)],
      [`event log, ${storage.eventLog}`, megabytes(bytes.eventLog)],
      [`accounts, ${storage.database}`, megabytes(bytes.auth)],
      [`directory, ${storage.database}`, megabytes(bytes.directory)],
      ...Object.entries(ready).map(([part, isReady]) => [part, isReady ? 'ready' : 'not ready']),
    ];
    return { json: { ...stats, storage, bytes, waiting }, lines: table(rows) };
  },
};

function waitingIn(file: string): number {
  try {
    return countWaitingRecords(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AdminError(EXIT.failed, `${file} cannot be read: ${reason}`, { cause: error });
  }
}

const megabytes = (bytes: number | null): string =>
  bytes === null ? '-' : `${(bytes / 1_000_000).toFixed(1)} MB`;

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
