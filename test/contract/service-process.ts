import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const HOST = '127.0.0.1';
const READY_MS = 30_000;
const CLOSE_MS = 5_000;
/** A service answers `GET /ready` in 2 s. */
const ANSWER_MS = 5_000;
const POLL_MS = 50;
const LINES_KEPT = 20;
const PINO_ERROR = /"level":(?:[5-9]\d|"error"|"fatal")/;

/** How a process ended: one of the two is null; both are when it could not be started. */
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A service that runs as a process of its own. */
export type ServiceProcess = {
  url: string;
  /** 0 where none was started. */
  readonly pid: number;
  /** SIGTERM; rejects unless it ends within 5 s with exit code 0, having logged no error in all its life. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it is gone, by whatever, and all that it said was heard. */
  readonly gone: Promise<Ending>;
  /** The first lines that it logged as errors. */
  errors(): readonly string[];
  readonly folder: string;
  /** False from the moment its end was seen. */
  alive(): boolean;
  signal(name: NodeJS.Signals): void;
};

/**
 * Starts `<folder>/src/main.ts`, or a module whose path is given whole, on a free port, or that of `PORT`, and resolves
 * when `GET /ready` is 200; rejects, when it is gone, after 30 s or so many milliseconds. `onLine` gets all that it says.
 */
export async function startServiceProcess(
  folder: string,
  environment: Record<string, string>,
  onLine: (line: string) => void = () => undefined,
  readyMs = READY_MS,
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
  // `exit` may come before the last lines, which say why
  const gone = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const kill = async (): Promise<Ending> => {
    child.kill('SIGKILL');
    return gone;
  };
  try {
    await untilReady(child, url, readyMs);
  } catch (error) {
    const cause = isAlive(child) ? error : new Error(`ended: ${howOf(await gone)}`);
    // its port is another's from now on
    await kill();
    throw new Error(`${folder} did not start:\n${said.last.join('\n')}`, { cause });
  }
  return {
    url,
    pid: child.pid ?? 0,
    stop: () => stopped({ child, gone, folder, said }),
    async kill() {
      await kill();
    },
    gone,
    errors: () => said.errors,
    folder,
    alive: () => isAlive(child),
    signal: (name) => void child.kill(name),
  };
}

/** For a sentence. */
export const howOf = ({ code, signal }: Ending): string => `exit code ${code}, signal ${signal}`;

/** Killed by a signal it has no exit code. */
const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

async function untilReady(child: ChildProcess, url: string, readyMs: number): Promise<void> {
  const deadline = Date.now() + readyMs;
  for (let left = readyMs; isAlive(child) && left > 0; left = deadline - Date.now()) {
    // one that is stopped takes the connection and says nothing
    const signal = AbortSignal.timeout(Math.min(left, ANSWER_MS));
    const reply = await fetch(`${url}/ready`, { signal }).catch(() => undefined);
    await reply?.body?.cancel();
    if (reply?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`not ready in ${readyMs} ms`);
}

async function stopped(service: {
  readonly child: ChildProcess;
  readonly gone: Promise<Ending>;
  readonly folder: string;
  readonly said: Said;
}): Promise<void> {
  const { child, folder, said } = service;
  let isLate = false;
  const late = setTimeout(() => {
    isLate = child.kill('SIGKILL');
  }, CLOSE_MS);
  if (isAlive(child)) child.kill('SIGTERM');
  const ending = await service.gone;
  clearTimeout(late);
  if (ending.code !== 0) {
    const how = isLate ? `did not end in ${CLOSE_MS} ms` : `ended with ${howOf(ending)}`;
    throw new Error(`${folder} ${how}:\n${said.last.join('\n')}`);
  }
  if (said.errors.length > 0) throw new Error(`${folder} logged errors:\n${said.errors.join('\n')}`);
}

/** The first errors and the last lines of a process. */
type Said = { errors: string[]; last: string[] };

/** Reads what the process says as it says it, so that its pipes never fill, and keeps a bounded part. */
function listen(child: ChildProcess, onLine: (line: string) => void): Said {
  const said: Said = { errors: [], last: [] };
  const hear = (line: string): void => {
    onLine(line);
    if (PINO_ERROR.test(line) && said.errors.length < LINES_KEPT) said.errors.push(line);
    said.last.push(line);
    if (said.last.length > LINES_KEPT) said.last.shift();
  };
  // it could not be started, or signalled
  child.on('error', (error) => hear(String(error)));
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', hear);
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
