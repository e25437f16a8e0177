import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('cluster.sh', import.meta.url));

/** A PostgreSQL server of the tests on loopback, on a folder of its own. It goes with the process that made it. */
export interface Cluster {
  /** Of a superuser, in the database `postgres`. */
  readonly url: string;
  start(): Promise<void>;
  /** Kills every connection at once. */
  halt(): Promise<void>;
  /** The server and its data are gone when it resolves. */
  remove(): Promise<void>;
}

/** Where Debian has a folder a version, none of them in the PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs, or null where it is not installed. */
export function findPostgres(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
  ];
  const whole = (folder: string) =>
    ['initdb', 'pg_ctl'].every((program) => existsSync(join(folder, program)));
  return folders.find(whole) ?? null;
}

/** Resolves to a server that takes connections. Rejects with what it said when it does not start. */
export async function startCluster(programs: string): Promise<Cluster> {
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const command = ['sh', SCRIPT, String(port), password];
  const [program = '', ...args] = process.getuid?.() === 0 ? asNobody(command) : command;
  const child = spawn(program, args, {
    env: { PATH: `${programs}${delimiter}${process.env.PATH}`, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A terminal's Ctrl-C is for the runner: the end of its input ends this one.
    detached: true,
  });
  let problem = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problem += text;
  });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const tell = async (word: string): Promise<void> => {
    const done = once(lines, 'line');
    child.stdin.write(`${word}\n`);
    const failed = ended.then(() => Promise.reject(new Error(`PostgreSQL did not ${word}:\n${problem}`)));
    await Promise.race([done, failed]);
  };
  await tell('start');
  return {
    url: `postgres://chat:${password}@127.0.0.1:${port}/postgres`,
    start: () => tell('start'),
    halt: () => tell('stop'),
    async remove() {
      child.stdin.end();
      await ended;
    },
  };
}

/** PostgreSQL refuses to run as root. */
const asNobody = (command: readonly string[]): string[] => {
  const user = 'user=$(id -u postgres 2>/dev/null || id -u nobody)';
  return [
    'sh',
    '-c',
    `${user}; exec setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"`,
    'sh',
  ].concat(command);
};

/** Below the ports that systems give to connections, so that nobody takes it before the server does. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(randomInt(12_000, 32_000), '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    const address = server.address();
    server.close();
    if (free && address !== null && typeof address === 'object') return address.port;
  }
}
