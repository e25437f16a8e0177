import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AdminStorage } from '@secure-chat/wire/admin-api';
import type { Command } from '../command.ts';
import {
  copyDatabase,
  copyKey,
  DATABASES,
  folderBeside,
  KEY,
  type Manifest,
  writeManifest,
} from '../copies.ts';
import { AdminError, EXIT } from '../exit-codes.ts';

export const BACKUP: Command = {
  name: 'backup',
  operands: ['FOLDER'],
  summary: 'copies what the running system has into a new folder',
  details: [
    'The event log, then the accounts: what was acknowledged before is in it. The directory makes its tables anew from the log.',
    'service.key is in it, so whoever has the folder has all: keep it as you keep the key. --no-key leaves it out.',
    'What is on Kafka or PostgreSQL is not in it. While nothing runs, copy the data folder instead.',
  ],
  options: [{ name: 'no-key', help: 'without service.key, which you keep elsewhere' }],
  async run(input, { server, dataDir }) {
    const folder = input.path(input.operands[0] ?? '');
    if (existsSync(folder))
      throw new AdminError(EXIT.failed, `${folder} is there already. Name a new folder.`);
    const storage = await server.ask({ method: 'GET', path: '/storage', answer: AdminStorage });
    const beside = folderBeside(folder);
    try {
      const files = copy(dataDir, beside, storage, !input.flag('no-key'));
      writeManifest(beside, { format: 1, madeAt: Date.now(), files, storage });
      renameSync(beside, folder);
      return {
        json: { folder, files, storage },
        lines: [`${folder} has ${files.join(', ')}.`, ...missing(files, storage)],
      };
    } catch (error) {
      rmSync(beside, { recursive: true, force: true });
      if (error instanceof AdminError) throw error;
      throw new AdminError(
        EXIT.failed,
        `No backup was made: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
  },
};

function copy(dataDir: string, to: string, { eventLog, database }: AdminStorage, withKey: boolean) {
  const files: Manifest['files'] = [];
  for (const name of DATABASES) {
    const isFile = name === 'event-log.db' ? eventLog === 'embedded' : database === 'sqlite';
    if (!isFile) continue;
    copyDatabase(join(dataDir, name), join(to, name));
    files.push(name);
  }
  if (withKey && existsSync(join(dataDir, KEY))) {
    copyKey(join(dataDir, KEY), join(to, KEY));
    files.push(KEY);
  }
  return files;
}

function missing(files: readonly string[], { eventLog, database }: AdminStorage): string[] {
  const lines: string[] = [];
  if (eventLog === 'kafka')
    lines.push('Not in it: the event log, with users, sessions and waiting messages, which is on Kafka.');
  if (database === 'postgresql')
    lines.push('Not in it: the accounts, which are on PostgreSQL: pg_dump its schema auth.');
  if (files.includes(KEY))
    lines.push('service.key is in it: who has this folder can open what it holds, and act as its users.');
  else lines.push('Not in it: the service key, without which nobody can log in to what is restored.');
  return lines;
}
