import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prebuilt } from '../src/prebuilt.js';

const runs = promisify(execFile);
const MODULE = ['--input-type=module', '-e'];
const module = new URL('../src/prebuilt.js', import.meta.url).href;

describe('a prebuilt program', () => {
  let root: string;
  let entry: string;
  const write = (file: string, text: string): void => writeFileSync(join(root, file), text);
  const run = async (): Promise<string> =>
    execFileSync(process.execPath, [await prebuilt(entry, root)], { encoding: 'utf8' });
  const builds = (): string[] =>
    readdirSync(join(root, 'node_modules/.cache/secure-chat')).filter((name) => !name.endsWith('.json'));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prebuilt-'));
    entry = join(root, 'main.ts');
    mkdirSync(join(root, 'node_modules'));
    write('node_modules/.package-lock.json', '{}');
    write('word.ts', "export const word: string = 'one';");
    write('main.ts', "import { word } from './word.ts'; process.stdout.write(word);");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is made once, and made anew when one of its sources has changed, or what is installed', async () => {
    expect(await run()).toBe('one');
    const first = await prebuilt(entry, root);
    expect(await prebuilt(entry, root)).toBe(first);
    expect(builds()).toHaveLength(1);
    write('word.ts', "export const word: string = 'another';");
    expect(await run()).toBe('another');
    write('node_modules/.package-lock.json', '{ "changed": true }');
    expect(await prebuilt(entry, root)).not.toBe(first);
    expect(builds()).toHaveLength(3);
  });

  it('leaves no process of the bundler behind', async () => {
    const program = `
      const { prebuilt } = await import(${JSON.stringify(module)});
      await prebuilt(${JSON.stringify(entry)}, ${JSON.stringify(root)});
      const { execFileSync } = await import('node:child_process');
      const children = () =>
        execFileSync('ps', ['-A', '-o', 'ppid=,comm='], { encoding: 'utf8' })
          .split('\\n')
          .filter((line) => line.trim().startsWith(process.pid + ' ') && !line.endsWith(' ps'));
      // It has been told to end.
      while (children().length > 0) await new Promise(setImmediate);
      process.stdout.write('none');
    `;
    const options = { encoding: 'utf8', timeout: 20_000 } as const;
    expect(execFileSync(process.execPath, [...MODULE, program], options)).toBe('none');
  });

  it('is made anew when a source is gone, or its build', async () => {
    await run();
    rmSync(join(root, 'word.ts'));
    write('main.ts', "process.stdout.write('alone');");
    expect(await run()).toBe('alone');
    for (const build of builds())
      rmSync(join(root, 'node_modules/.cache/secure-chat', build), { recursive: true });
    expect(await run()).toBe('alone');
  });

  it('is whole where several are made at once', async () => {
    const program = `
      const { prebuilt } = await import(${JSON.stringify(module)});
      process.stdout.write(await prebuilt(${JSON.stringify(entry)}, ${JSON.stringify(root)}));
    `;
    const files = await Promise.all([1, 2, 3].map(() => runs(process.execPath, [...MODULE, program])));
    expect(new Set(files.map(({ stdout }) => stdout)).size).toBe(1);
    expect(await run()).toBe('one');
  });

  it('leaves no build of yesterday behind when it is made', async () => {
    const old = await prebuilt(entry, root);
    utimesSync(join(old, '..'), 0, 0);
    write('word.ts', "export const word: string = 'new one';");
    await run();
    expect(existsSync(old)).toBe(false);
  });

  it('is refused where it cannot be made', async () => {
    write('word.ts', 'export const word: = ;');
    await expect(prebuilt(entry, root)).rejects.toThrow();
  });
});
