import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Config, readConfig } from './read-config.ts';
import { DEFAULTS } from './settings.ts';

/** Bytes of the file: some twenty times what all settings take. */
const FILE_MAX = 64 * 1024;

/** XDG base directories: what a person sets is configuration. */
export const configFile = (env: Readonly<Record<string, string | undefined>>): string =>
  join(
    env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : join(homedir(), '.config'),
    'secure-chat',
    'config.json',
  );

/** What is set in the file. `wanted`: a person has named it, so that it has to be there. Never throws. */
export const loadConfig = (file: string, wanted: boolean): Config => {
  const unread = (why: string): Config => ({ settings: DEFAULTS, problems: [`${file}: ${why}`] });
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > FILE_MAX) return unread(`it is too long: settings take up to ${FILE_MAX / 1024} KiB.`);
    const { settings, problems } = readConfig(text);
    return { settings, problems: problems.map((problem) => `${file}: ${problem}`) };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !wanted) return { settings: DEFAULTS, problems: [] };
    return unread(
      missing
        ? 'there is no such file.'
        : `it cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
};
