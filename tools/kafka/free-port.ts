import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Outgoing connections hold ports from 32,768 on (Linux' default), and a broker that restarts needs its port back. */
const LOWEST = 20_000;
const BELOW = 32_768;

/** By far more tries than a machine needs that has any port left. */
const TRIES = 200;

/** Those that this process gave out: a broker that is down still owns its port. */
const given = new Set<number>();

/** A port of 127.0.0.1 that nothing listens on and that this process has not given out before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(LOWEST, BELOW);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port from ${LOWEST} to ${BELOW - 1}`);
}

/** Whether one can listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
