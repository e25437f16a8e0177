import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What package-lock.json says of a package of others. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Its content cannot be another one. */
  readonly hasHash: boolean;
  /** An SPDX expression; null where neither the lock file nor the installed package has one. */
  readonly licence: string | null;
  /** It wants to run a program of its own when it is installed. */
  readonly hasInstallScript: boolean;
  /** Nothing of it runs where the project runs. */
  readonly isDevelopmentOnly: boolean;
}

const MODULES = 'node_modules/';

/** The packages that a folder's lock file holds, ours apart. Throws where it holds none. */
export function lockedPackages(folder: string): LockedPackage[] {
  const { packages }: { packages?: Record<string, Record<string, unknown>> } = readJson(
    join(folder, 'package-lock.json'),
  );
  const locked = Object.entries(packages ?? {}).filter(
    ([path, { link }]) => path.includes(MODULES) && link !== true,
  );
  if (locked.length === 0) throw new Error('package-lock.json names no package');
  return locked.map(([path, entry]) => ({
    name: path.slice(path.lastIndexOf(MODULES) + MODULES.length),
    version: String(entry.version),
    hasHash: typeof entry.integrity === 'string',
    licence: licenceOf(entry) ?? licenceOf(installed(join(folder, path))),
    hasInstallScript: entry.hasInstallScript === true,
    isDevelopmentOnly: entry.dev === true || entry.devOptional === true,
  }));
}

const licenceOf = ({ license }: Record<string, unknown>): string | null =>
  typeof license === 'string' ? license : null;

/** The manifest of a package; nothing where it is not installed here, as those for other platforms are. */
function installed(folder: string): Record<string, unknown> {
  try {
    return readJson(join(folder, 'package.json'));
  } catch {
    return {};
  }
}

export function readJson(file: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof value !== 'object' || value === null) throw new Error(`${file} holds no object`);
  return { ...value };
}
