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
 * Compiles each program into one file, packages included: more than a thousand processes are started, and so a service takes 0.2
 * to 0.4 s of a core instead of 1.5, a client 0.3 instead of 0.9. `client`: another module in its place.
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
    banner: { js: COMMON_JS },
    plugins: [{ name: 'some packages are loaded from where they are', setup: leaveSome }],
  });
  return {
    fileOf: (name) => join(folder, `${name}.mjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What packages expect that are no ES modules. Nothing else has these names. */
const COMMON_JS = `
import { createRequire as $createRequire } from 'node:module';
import { dirname as $dirname } from 'node:path';
import { fileURLToPath as $pathOf } from 'node:url';
const require = $createRequire(import.meta.url);
const __filename = $pathOf(import.meta.url);
const __dirname = $dirname(__filename);`;

/** Native, or with files beside them, or looking for others by name; and who dies at a commit changes the SQLite that knex loads. */
const LEFT = /^(better-sqlite3|knex|@node-rs\/argon2|@platformatic\/kafka)$/;

const leaveSome = ({ onResolve }: PluginBuild): void =>
  onResolve({ filter: LEFT }, ({ path }) => ({ path, external: true }));
