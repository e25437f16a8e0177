import { setTimeout } from 'node:timers/promises';
import { round } from './arithmetic.ts';
import type { HttpClient, Request } from './http-client.ts';
import type { Session } from './people.ts';
import type { ServerProcess } from './server-process.ts';
import { signed } from './signed-request.ts';

export interface Idle {
  readonly clients: number;
  readonly seconds: number;
  readonly requests: number;
  /** Of one core, the whole system. */
  readonly cpuPercent: number;
}

const TICK_MS = 1_000;

/** What a v1 client asks once a second while nobody writes. */
const TICK: readonly Request[] = [
  { method: 'GET', path: '/chat/messages' },
  { method: 'GET', path: '/chat/keyexchange' },
  { method: 'POST', path: '/presence' },
  { method: 'GET', path: '/chat/users' },
];

/** Every session polls once a second without a name, each at its own moment, as clients of their own would. */
export async function measureIdle(
  process: ServerProcess,
  http: HttpClient,
  sessions: readonly Session[],
  seconds: number,
): Promise<Idle> {
  // One after another: the gateway takes few scans of one address at a time.
  for (const session of sessions) await tick(http, session);
  const start = performance.now();
  const before = await process.usage();
  await Promise.all(
    sessions.map(async (session, index) => {
      for (let second = 0; second < seconds; second++) {
        const due = start + (second + index / sessions.length) * TICK_MS;
        await setTimeout(Math.max(0, due - performance.now()));
        await tick(http, session);
      }
    }),
  );
  await setTimeout(Math.max(0, start + seconds * TICK_MS - performance.now()));
  const cpuMs = (await process.usage()).cpuMs - before.cpuMs;
  const elapsedMs = performance.now() - start;
  return {
    clients: sessions.length,
    seconds: round(elapsedMs / 1000, 2),
    requests: sessions.length * seconds * TICK.length,
    cpuPercent: round((100 * cpuMs) / elapsedMs, 1),
  };
}

async function tick(http: HttpClient, session: Session): Promise<void> {
  for (const request of TICK) await http.ask(signed(session, http, request));
}
