import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const REASON = 'there is no java on the PATH';

/** A run of one quick test file where no program is on the PATH. */
function runTests(env: Readonly<Record<string, string>>): Promise<{ code: number; output: string }> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', 'packages/wire/test/names.test.ts'];
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd: ROOT, env: { PATH: join(ROOT, 'no-such-folder'), ...env } },
      (_, stdout, stderr) => done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

test('without Java a run says in one line what it left out, and passes', async () => {
  const { code, output } = await runTests({});
  expect(output).toContain(`\nNot run: the tests on a real Kafka, because ${REASON}.\n`);
  expect(output).toMatch(/\n[1-9]\d* passed, 0 failed, 0 skipped\n/);
  expect(code).toBe(0);
});

test('without Java a run for CI fails and says why', async () => {
  const { code, output } = await runTests({ CI: 'true' });
  expect(output).toContain(`the Kafka tests cannot run: ${REASON}`);
  expect(code).toBe(1);
});
