import type { LockedPackage } from './lockfile.ts';

/**
 * What is wrong with `allowScripts` of package.json: it has to decide on each package that wants to run a program of its own when
 * it is installed, and on no other. Such a program runs as whoever types `npm install`.
 */
export function installScriptProblems(
  packages: readonly LockedPackage[],
  allowScripts: Readonly<Record<string, unknown>>,
): string[] {
  const scripted = new Set(packages.filter((one) => one.hasInstallScript).map(({ name }) => name));
  const decided = Object.entries(allowScripts);
  return [
    ...[...scripted]
      .filter((name) => typeof allowScripts[name] !== 'boolean')
      .map((name) => `${name} has an install script, and allowScripts does not say whether it may run`),
    ...decided
      .filter(([name]) => !scripted.has(name))
      .map(([name]) => `allowScripts names ${name}, which has no install script`),
  ];
}
