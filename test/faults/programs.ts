import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type PluginBuild } from 'esbuild';

/** What runs in processes of its own, from this folder. */
const MODULES = {
  client: './client-process.ts',
  stack: '../../packages/stack/src/main.ts',
  auth: '../../services/auth/src/main.ts',
  directory: '../../services/directory/src/main.ts',
  relay: '../../services/relay/src/main.ts',
  gateway: '../../gateway/src/main.ts',
  'dying-relay': '../kafka/dying-relay.ts',
  'dying-at-commit': './dying-at-commit.ts',
} as const;
export type ProgramName = keyof typeof MODULES;

export interface Programs {
  /** A module for node alone. */
  fileOf(name: ProgramName): string;
  remove(): Promise<void>;
}

/** Within it, packages are found. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/**
 * Compiles each program into one file: more than a thousand processes are started, and so a client takes 0.3 s of a core
 * instead of 0.9, a service 1.1 instead of 1.5. `client`: another module in its place.
 */
export async function compilePrograms(client: string = MODULES.client): Promise<Programs> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'secure-chat-faults-'));
  const modules = Object.entries({ ...MODULES, client });
  await build({
    entryPoints: modules.map(([out, module]) => ({
      out,
      in: fileURLToPath(new URL(module, import.meta.url)),
    })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [{ name: 'packages are loaded from where they are', setup: leavePackages }],
  });
  return {
    fileOf: (name) => join(folder, `${name}.mjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const leavePackages = ({ onResolve }: PluginBuild): void =>
  onResolve({ filter: /./ }, ({ path, kind }) =>
    kind === 'entry-point' || isOurs(path) ? null : { path, external: true },
  );

const isOurs = (path: string): boolean => /^(@secure-chat\/|\.)/.test(path);
