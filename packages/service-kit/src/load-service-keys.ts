import { join } from 'node:path';
import { makeDataFolder } from './data-folder.ts';
import { followKeyFile, makeKeyFile, replaceKeyFile } from './key-file.ts';
import type { Logger } from './logger.ts';
import type { GivenKeys } from './service-key-setting.ts';
import { createServiceKeys, type ServiceKeys } from './service-keys.ts';

/**
 * The keys that all services of an installation share: those that are given, or those of `service.key` in the data folder,
 * which is made once. The folder is made where there is none. Throws when a file cannot be used.
 */
export function loadServiceKeys(given: GivenKeys | null, dataDir: string, logger: Logger): ServiceKeys {
  makeDataFolder(dataDir);
  if (given?.file) return createServiceKeys({ read: followKeyFile(given.file, logger), source: given.file });
  if (given) return createServiceKeys({ read: () => given.keys, source: 'SERVICE_KEY' });
  const file = join(dataDir, 'service.key');
  makeKeyFile(file);
  return createServiceKeys({
    read: followKeyFile(file, logger),
    replace: (keys) => replaceKeyFile(file, keys),
    source: file,
  });
}
