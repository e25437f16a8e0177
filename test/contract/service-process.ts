import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const HOST = '127.0.0.1';
const READY_MS = 30_000;
const CLOSE_MS = 5_000;
const POLL_MS = 50;
const LINES_KEPT = 20;
const PINO_ERROR = /"level":(?:[5-9]\d|"error"|"fatal")/;

/** A service that runs as a process of its own. */
export type ServiceProcess = {
  url: string;
  /** SIGTERM; rejects unless it ends within 5 s with exit code 0, having logged no error in all its life. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves to its exit code and signal when it is gone, by whatever; the one that it is not is null. */
  readonly gone: Promise<unknown[]>;
  /** The first lines that it logged as errors. */
  errors(): readonly string[];
  readonly folder: string;
  /** False from the moment its end was seen. */
  alive(): boolean;
  signal(name: NodeJS.Signals): void;
};

/**
 * Starts `<folder>/src/main.ts`, or a module whose path is given whole, on a free port, or that of `PORT`, and resolves
 * when `GET /ready` is 200; rejects after 30 s. `onLine` gets all that it says.
 */
export async function startServiceProcess(
  folder: string,
  environment: Record<string, string>,
  onLine: (line: string) => void = () => undefined,
): Promise<ServiceProcess> {
  const port = environment.PORT ?? (await freePort());
  const url = `http://${HOST}:${port}`;
  const module = /\.m?[jt]s$/.test(folder) ? folder : `${folder}/src/main.ts`;
  const loader = module.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, module], {
    cwd: REPOSITORY,
    // nothing of the caller's environment but what finds programs: its settings are not this test's
    env: { PATH: process.env.PATH, HOST, PORT: String(port), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = listen(child, onLine);
  const gone = once(child, 'exit');
  try {
    await untilReady(child, url);
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error(`${folder} did not start:\n${said.last.join('\n')}`, { cause });
  }
  return {
    url,
    stop: () => stopped(child, folder, said),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    gone,
    errors: () => said.errors,
    folder,
    alive: () => isAlive(child),
    signal: (name) => void child.kill(name),
  };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (isAlive(child) && Date.now() < deadline) {
    const reply = await fetch(`${url}/ready`).catch(() => undefined);
    await reply?.body?.cancel();
    if (reply?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(
    isAlive(child) ? `not ready in ${READY_MS} ms` : `ended: ${child.exitCode ?? child.signalCode}`,
  );
}

async function stopped(child: ChildProcess, folder: string, said: Said): Promise<void> {
  if (isAlive(child)) {
    const ended = once(child, 'exit');
    const late = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(late);
  }
  if (child.exitCode !== 0) {
    throw new Error(`${folder} ended with ${child.exitCode ?? child.signalCode}:\n${said.last.join('\n')}`);
  }
  if (said.errors.length > 0) throw new Error(`${folder} logged errors:\n${said.errors.join('\n')}`);
}

/** The first errors and the last lines of a process. */
type Said = { errors: string[]; last: string[] };

/** Reads what the process says as it says it, so that its pipes never fill, and keeps a bounded part. */
function listen(child: ChildProcess, onLine: (line: string) => void): Said {
  const said: Said = { errors: [], last: [] };
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      onLine(line);
      if (PINO_ERROR.test(line) && said.errors.length < LINES_KEPT) said.errors.push(line);
      said.last.push(line);
      if (said.last.length > LINES_KEPT) said.last.shift();
    });
  }
  return said;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
