import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { kafkaJars } from './jars.ts';
import { type JavaProcess, startJava, untilReady } from './java-process.ts';

export interface RegistryOptions {
  /** A free one below 32,768 when absent. */
  readonly port?: number;
  /** Where the schemas stay; a temporary folder that `stop` removes when absent. */
  readonly dataDir?: string;
}

export interface SchemaRegistry {
  /** Confluent's API: what `SCHEMA_REGISTRY_URL` takes. */
  readonly url: string;
  pid(): number;
  readonly logFile: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it accepts connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts it again (killed first, if it runs): same port, same schemas under the same ids. Resolves when it answers. */
  restart(): Promise<void>;
  /** Ends it. Temporary data is removed. */
  stop(): Promise<void>;
}

/** Starts Apicurio on 127.0.0.1 with its schemas in a file. It does not outlive this process. */
export async function startRegistry(options: RegistryOptions = {}): Promise<SchemaRegistry> {
  const jars = await kafkaJars();
  const port = options.port ?? (await freePort());
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'secure-chat-registry-')));
  await mkdir(folder, { recursive: true });
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const args = [
    '-XX:+UseSerialGC',
    // It answers a few questions and no more: optimizing its code costs twice the time to start.
    '-XX:TieredStopAtLevel=1',
    '-Xms64m',
    '-Xmx256m',
    '-Dquarkus.http.host=127.0.0.1',
    `-Dquarkus.http.port=${port}`,
    '-Dapicurio.storage.kind=sql',
    '-Dapicurio.storage.sql.kind=h2',
    // Without a delay: what was answered is on the disk, and a kill loses no schema.
    '-Dapicurio.datasource.url=jdbc:h2:file:./schemas;WRITE_DELAY=0',
    '-Dapicurio.datasource.jdbc.initial-size=2',
    '-Dapicurio.datasource.jdbc.min-size=2',
    '-jar',
    jars.registry,
  ];
  let java: JavaProcess | null = null;
  const registry: SchemaRegistry = {
    url,
    logFile: join(folder, 'output.log'),
    pid() {
      if (!java?.alive()) throw new Error('the schema registry does not run');
      return java.pid;
    },
    async kill() {
      await java?.kill();
    },
    pause: () => java?.pause(),
    resume: () => java?.resume(),
    async restart() {
      await java?.kill();
      java = startJava(args, folder);
      await untilReady('the schema registry', java, () => answers(url));
    },
    async stop() {
      await (options.dataDir === undefined ? java?.kill() : java?.stop());
      if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await registry.restart();
  } catch (error) {
    await registry.stop();
    throw error;
  }
  return registry;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
}
