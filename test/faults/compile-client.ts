import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type PluginBuild } from 'esbuild';

/** Within it, packages are found. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

const isOurs = (path: string): boolean => /^(@secure-chat\/|\.)/.test(path);

/**
 * A module of this folder, the one of the client process for example, compiled into one file: hundreds of these processes
 * are started, and each takes 0.3 s of a core instead of 0.9.
 */
export async function compileClient(
  module = './client-process.ts',
): Promise<{ readonly file: string; remove(): Promise<void> }> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'secure-chat-faults-'));
  const file = join(folder, 'client-process.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL(module, import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [{ name: 'packages are loaded from where they are', setup: leavePackages }],
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

const leavePackages = ({ onResolve }: PluginBuild): void =>
  onResolve({ filter: /./ }, ({ path, kind }) =>
    kind === 'entry-point' || isOurs(path) ? null : { path, external: true },
  );
