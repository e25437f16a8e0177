import type { FastifyInstance } from 'fastify';

/** What a process consists of, and how each part tells whether it works. */
export type Parts = Readonly<Record<string, () => Promise<boolean>>>;

/** Which parts work; one that throws does not. */
export async function readiness(parts: Parts): Promise<Record<string, boolean>> {
  const entries = await Promise.all(
    Object.entries(parts).map(async ([name, check]) => [name, await check().catch(() => false)] as const),
  );
  return Object.fromEntries(entries);
}

/** Adds `GET /health` (the process answers) and `GET /ready` (each part works); neither says anything of users. */
export function addHealth(app: FastifyInstance, parts: Parts): void {
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const working = await readiness(parts);
    const ready = Object.values(working).every((works) => works);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', parts: working });
  });
}
