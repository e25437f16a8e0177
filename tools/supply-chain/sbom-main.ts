import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sbomOf } from './sbom.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('npm run sbom -- FILE\n');
  process.exit(2);
}
writeFileSync(file, await sbomOf(resolve(import.meta.dirname, '../..')));
