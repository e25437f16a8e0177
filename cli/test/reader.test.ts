import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { watchReader } from '../src/reader.ts';

const READER = resolve(import.meta.dirname, '../src/reader.ts');
/** Says a line, then waits for ever, unless its reader goes. */
const PROGRAM = `
  const { watchReader } = await import(${JSON.stringify(READER)});
  setInterval(() => {}, 60_000);
  watchReader(1, () => { console.error('gone'); process.exit(0); });
  console.log('a line');
`;

it.runIf(process.platform === 'linux')('a reader that goes is noticed with nothing written', async () => {
  const node = `exec "$0" --import tsx --input-type=module -e "$1"`;
  const child = spawn('sh', ['-c', `(${node}) | head -1`, process.execPath, PROGRAM], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  expect([said, errors]).toEqual(['a line\n', 'gone\n']);
});

it('what is no pipe is not watched', () => {
  const fd = openSync('/dev/null', 'w');
  onTestFinished(() => closeSync(fd));
  watchReader(fd, () => expect.fail('it has no reader that goes'))();
});
