import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reconcileRestored } from '@secure-chat/auth/restored';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import type { Command } from '../command.ts';
import { checkFile, copyDatabase, copyKey, folderBeside, KEY, readManifest } from '../copies.ts';
import { AdminError, EXIT } from '../exit-codes.ts';

export const RESTORE: Command = {
  name: 'restore',
  operands: ['FOLDER'],
  summary: 'makes an empty data folder what a backup has',
  details: [
    'DATA_DIR must be missing or empty. All files are checked before, and nothing is there before all is.',
    'Everybody has to log in again, which our clients do by themselves. What was read since the backup comes once more, and is shown once.',
  ],
  async run(input, { dataDir }) {
    const folder = input.path(input.operands[0] ?? '');
    if (existsSync(dataDir) && readdirSync(dataDir).length > 0)
      throw new AdminError(EXIT.failed, `${dataDir} is not empty. Name another DATA_DIR.`);
    const { files } = readManifest(folder);
    for (const name of files) checkFile(folder, name);
    const beside = folderBeside(dataDir);
    try {
      for (const name of files)
        (name === KEY ? copyKey : copyDatabase)(join(folder, name), join(beside, name));
      if (files.includes('event-log.db') && files.includes('auth.db')) await reconcile(beside);
      if (existsSync(dataDir)) rmdirSync(dataDir);
      renameSync(beside, dataDir);
    } catch (error) {
      rmSync(beside, { recursive: true, force: true });
      throw new AdminError(
        EXIT.failed,
        `Nothing was restored: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
    const lines = [`${dataDir} has ${files.join(', ')}. Start the system.`];
    if (!files.includes(KEY)) lines.push(`Put the service key there first: ${join(dataDir, KEY)}, 0600.`);
    return { json: { dataDir, files }, lines };
  },
};

async function reconcile(dataDir: string): Promise<void> {
  const log = await openEventLog({ backend: 'embedded', dataDir }, createLogger('event-log', 'silent'));
  try {
    await reconcileRestored({ file: join(dataDir, 'auth.db') }, log.events);
  } finally {
    await log.close();
  }
}
