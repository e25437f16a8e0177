import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Versions of the broker stand in pom.xml; the registry's is here, since its archive is not resolved as a dependency. */
const REGISTRY = 'apicurio-registry-app';
const REGISTRY_VERSION = '3.0.9';

/** Grows when pom.xml or the versions here change: an older cache is then not taken for this one. */
const CACHE_VERSION = 'kafka-4.1.0-apicurio-3.0.9-1';

/** A first fetch takes some 160 MB; on a slow line that is minutes. */
const FETCH_TIMEOUT_MS = 600_000;

export interface Jars {
  /** Class path of the broker and its tools. */
  readonly kafka: string;
  /** The registry's runnable jar. */
  readonly registry: string;
}

/** Whether this machine has what the broker needs: Java 17 or newer, and Maven until the jars are in the cache. */
export async function canRunKafka(): Promise<{ ok: true } | { ok: false; reason: string }> {
  const version = await run('java', ['-version']).then(
    ({ stderr, stdout }) => /version "(\d+)/.exec(stderr + stdout)?.[1],
    () => undefined,
  );
  if (version === undefined) return { ok: false, reason: 'there is no java on the PATH' };
  if (Number(version) < 17) return { ok: false, reason: `java is version ${version}, and 17 is needed` };
  if (await exists(join(cacheFolder(), CACHE_VERSION))) return { ok: true };
  const maven = await run('mvn', ['-version']).then(
    () => true,
    () => false,
  );
  return maven ? { ok: true } : { ok: false, reason: 'there is no mvn (Maven) on the PATH' };
}

/** Where the jars are kept: `KAFKA_JARS_DIR`, or a folder that lives as long as `node_modules`. */
function cacheFolder(): string {
  return resolve(
    process.env.KAFKA_JARS_DIR || join(import.meta.dirname, '../../node_modules/.cache/secure-chat-kafka'),
  );
}

/**
 * The jars, from the cache or, the first time, by Maven. A fetch that was interrupted leaves nothing that is taken for a
 * cache, and of two at once the one that ends first counts. Throws with Maven's own words when it fails.
 */
export async function kafkaJars(): Promise<Jars> {
  const cache = cacheFolder();
  const complete = join(cache, CACHE_VERSION);
  if (!(await exists(complete))) {
    await mkdir(cache, { recursive: true });
    await removeAbandoned(cache);
    const fresh = await mkdtemp(join(cache, `fetching-${process.pid}-`));
    try {
      await fetchInto(fresh);
      // A folder is renamed whole or not at all, and never over one that has something in it.
      await rename(fresh, complete).catch(async (error: unknown) => {
        if (!(await exists(complete))) throw error;
      });
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }
  return {
    kafka: join(complete, 'kafka', '*'),
    registry: join(complete, 'registry', `${REGISTRY}-${REGISTRY_VERSION}-runner.jar`),
  };
}

async function fetchInto(folder: string): Promise<void> {
  const kafka = join(folder, 'kafka');
  const registry = join(folder, 'registry');
  await maven('dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${kafka}`);
  await maven(
    'dependency:copy',
    `-Dartifact=io.apicurio:${REGISTRY}:${REGISTRY_VERSION}:tar.gz:all`,
    `-DoutputDirectory=${registry}`,
  );
  const archive = join(registry, `${REGISTRY}-${REGISTRY_VERSION}-all.tar.gz`);
  await run('tar', ['-xzf', archive, '-C', registry]);
  await rm(archive);
}

async function maven(...args: string[]): Promise<void> {
  const pom = join(import.meta.dirname, 'pom.xml');
  try {
    await run('mvn', ['-q', '-B', '-f', pom, ...args], { timeout: FETCH_TIMEOUT_MS });
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    const why = said.split('\n').find((line) => line.includes('ERROR')) ?? said;
    throw new Error(`Maven could not fetch the jars of Kafka: ${why.trim()}`, { cause: error });
  }
}

/** Removes what fetches left whose process is gone. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /^fetching-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
