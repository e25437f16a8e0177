import { homedir } from 'node:os';
import { sep } from 'node:path';

/** A path as a shell would show it: `~` for the home folder. */
export const shortPath = (path: string, home: string = homedir()): string =>
  home !== sep && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
