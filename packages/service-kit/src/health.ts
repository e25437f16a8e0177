import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** What a process consists of, and how each part tells whether it works. */
export type Parts = Readonly<Record<string, () => Promise<boolean>>>;

/** Milliseconds that a part has to answer: supervisors give up after a few seconds. */
const ANSWER_MS = 2_000;

/** Which parts work; one that throws, or does not answer within 2 s, does not. */
export async function readiness(parts: Parts): Promise<Record<string, boolean>> {
  const entries = await Promise.all(
    Object.entries(parts).map(async ([name, check]) => [name, await inTime(check)] as const),
  );
  return Object.fromEntries(entries);
}

export const areReady = async (parts: Parts): Promise<boolean> =>
  Object.values(await readiness(parts)).every((works) => works);

async function inTime(check: () => Promise<boolean>): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ANSWER_MS, false, { signal: timer.signal }).catch(() => false);
  const works = await Promise.race([check().catch(() => false), late]);
  timer.abort();
  return works;
}

/** Adds `GET /health` (the process answers) and `GET /ready` (each part works), which probes may ask by HEAD; neither says anything of users. */
export function addHealth(app: FastifyInstance, parts: Parts): void {
  app.get('/health', { exposeHeadRoute: true }, async () => ({ status: 'ok' }));
  app.get('/ready', { exposeHeadRoute: true }, async (_request, reply) => {
    const working = await readiness(parts);
    const ready = Object.values(working).every((works) => works);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', parts: working });
  });
}
