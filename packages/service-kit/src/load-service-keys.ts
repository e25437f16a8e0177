import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';
import { makeDataFolder } from './data-folder.ts';
import { followKeyFile, makeKeyFile, replaceKeyFile } from './key-file.ts';
import type { Logger } from './logger.ts';
import type { GivenKeys } from './service-key-setting.ts';
import { createServiceKeys, type ServiceKeys } from './service-keys.ts';

/** What holds things that were sealed: it is made after the key, never before. */
const SEALED = ['auth.db', 'event-log.db'];

/**
 * The keys that all services of an installation share: those that are given, or those of `service.key` in the data folder,
 * which is made once. The folder is made where there is none. Throws when a file cannot be used, and `ConfigError` where the key is
 * missing that has sealed what is there.
 */
export function loadServiceKeys(given: GivenKeys | null, dataDir: string, logger: Logger): ServiceKeys {
  makeDataFolder(dataDir);
  if (given?.file) return createServiceKeys({ read: followKeyFile(given.file, logger), source: given.file });
  if (given) return createServiceKeys({ read: () => given.keys, source: 'SERVICE_KEY' });
  const file = join(dataDir, 'service.key');
  // In this order: another process that starts now makes the key first, so what is sealed never comes to be without one.
  const sealed = SEALED.find((name) => existsSync(join(dataDir, name)));
  if (sealed && !existsSync(file))
    throw new ConfigError([
      `${file} is missing, and ${sealed} is there, which holds what that key sealed: put the key back, or name it with SERVICE_KEY_FILE.`,
    ]);
  makeKeyFile(file);
  return createServiceKeys({
    read: followKeyFile(file, logger),
    replace: (keys) => replaceKeyFile(file, keys),
    source: file,
  });
}
