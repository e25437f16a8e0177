import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { profileExists } from '@secure-chat/client/profile/folder';

/** The folder in which profiles lie that are named, and not given as a path. */
export const profilesFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  join(
    env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME)
      ? env.XDG_DATA_HOME
      : join(homedir(), '.local', 'share'),
    'secure-chat',
  );

/** Names of the profiles in it, in alphabetical order; none when there is no such folder. */
export function profileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => profileExists(join(folder, name)))
      .sort();
  } catch {
    return [];
  }
}
