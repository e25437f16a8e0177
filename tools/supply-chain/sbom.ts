import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readJson } from './lockfile.ts';

const ARGUMENTS = [
  ...['sbom', '--package-lock-only', '--omit=dev'],
  ...['--sbom-format=cyclonedx', '--sbom-type=application'],
];

/** What runs where a folder's project runs, as CycloneDX JSON: from its lock file alone, so that nothing has to be installed. */
export async function sbomOf(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ARGUMENTS, {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  const bom = JSON.parse(stdout);
  // npm names it after the folder.
  bom.metadata.component.name = readJson(`${folder}/package.json`).name;
  return `${JSON.stringify(bom, null, 2)}\n`;
}
