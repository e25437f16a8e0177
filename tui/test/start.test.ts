import { resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** What is loaded before a program's first line runs; what is imported later, by a call, is not. */
const loadedFirst = ({ inputs }: Metafile, entry: string): Set<string> => {
  const found = new Set([entry]);
  for (const file of found)
    for (const { path, kind } of inputs[file]?.imports ?? []) if (kind !== 'dynamic-import') found.add(path);
  return found;
};

it('the first screen waits for no schema, no database, no network and no key', async () => {
  const entry = 'tui/src/main.ts';
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    external: ['better-sqlite3', '@node-rs/argon2', 'term.js', 'pty.js'],
  });
  expect(Object.keys(metafile.inputs)).toContain('packages/client/src/chat-client.ts');
  const loaded = [...loadedFirst(metafile, entry)];
  expect(loaded).toContain('tui/src/ui/sign-in-view.ts');
  expect(loaded.filter((file) => /typebox|sqlite|argon2|undici|@noble|packages\/crypto/.test(file))).toEqual(
    [],
  );
});
