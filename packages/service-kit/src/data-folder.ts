import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './config.ts';

/**
 * Makes a data folder (0700) where there is none, with the folders above it. Throws `ConfigError` where that cannot
 * be, or where nothing can be written. One by one: node's recursive mkdir runs for ever in /proc.
 */
export function makeDataFolder(folder: string): void {
  try {
    const missing: string[] = [];
    for (let path = folder; !existsSync(path); path = dirname(path)) missing.push(path);
    for (const path of missing.reverse()) makeFolder(path);
    if (!statSync(folder).isDirectory()) throw new Error('it is a file');
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`DATA_DIR cannot be used: ${folder}: ${reason}`]);
  }
}

/** Two services that start at once may both want to make it. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
