import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Forbidden imports, each with the rule that has to name it. */
const PLANTED = [
  [
    'services/relay/src/planted.ts',
    '../../../packages/crypto/src/e2ee/target.ts',
    'servers cannot read messages',
  ],
  ['gateway/src/planted.ts', '../../packages/crypto/src/e2ee/target.ts', 'servers cannot read messages'],
  [
    'packages/wire/src/planted.ts',
    '../../crypto/src/target.ts',
    'packages/wire imports only nothing of ours',
  ],
  ['packages/client/src/planted.ts', '../../event-log/src/target.ts', 'packages/client imports only'],
  ['services/auth/src/planted.ts', '../../relay/src/target.ts', 'services/auth imports only'],
  [
    'tui/src/ui/planted.ts',
    '../../../packages/client/src/target.ts',
    'the UI knows neither network nor client',
  ],
  ['tui/src/ui/planted.ts', 'node:http', 'the UI knows neither network nor client'],
  ['gateway/src/planted.ts', './missing.ts', 'every import resolves'],
] as const;

describe('the import rules', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-rules-'));
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json'])
      await cp(join(ROOT, file), join(folder, file));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cruise = async (): Promise<string> => {
    const args = ['--config', '.dependency-cruiser.cjs', 'packages', 'services', 'gateway', 'tui'];
    const result = await run(join(ROOT, 'node_modules/.bin/depcruise'), args, { cwd: folder }).catch(
      (failure: { stdout: string }) => failure,
    );
    return result.stdout;
  };
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };

  test.each(PLANTED)('refuse %s importing %s', async (file, specifier, rule) => {
    for (const part of ['packages/x', 'services/x', 'gateway', 'tui'])
      await write(`${part}/src/empty.ts`, 'export {};\n');
    if (specifier.endsWith('target.ts'))
      await write(join(dirname(file), specifier), 'export const target = 1;\n');
    await write(file, `import * as planted from '${specifier}';\nexport const use = planted;\n`);
    expect(await cruise()).toContain(rule);
  });

  test('accept what is allowed', async () => {
    for (const part of ['services/x', 'gateway', 'tui']) await write(`${part}/src/empty.ts`, 'export {};\n');
    await write('packages/crypto/src/e2ee/target.ts', 'export const target = 1;\n');
    await write('packages/client/src/fine.ts', "export { target } from '../../crypto/src/e2ee/target.ts';\n");
    expect(await cruise()).toContain('no dependency violations found');
  });
});
