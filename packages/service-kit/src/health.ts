import type { FastifyInstance } from 'fastify';

/** Adds `GET /health` (the process answers) and `GET /ready` (each part works); neither says anything of users. */
export function addHealth(
  app: FastifyInstance,
  parts: Readonly<Record<string, () => Promise<boolean>>>,
): void {
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const entries = await Promise.all(
      Object.entries(parts).map(async ([name, check]) => [name, await check().catch(() => false)] as const),
    );
    const ready = entries.every(([, works]) => works);
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready', parts: Object.fromEntries(entries) });
  });
}
