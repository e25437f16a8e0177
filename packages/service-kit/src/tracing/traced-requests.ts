import type { FastifyInstance } from 'fastify';
import { NO_ROUTE } from '../metrics/requests.ts';
import type { RequestNames } from '../request-id.ts';
import type { Tracing } from './tracing.ts';

/** A supervisor asks every few seconds, on nobody's behalf. */
const UNTRACED: ReadonlySet<string> = new Set(['/health', '/ready']);

/** Each request is a span, until its answer was sent; its id is the trace's, unless that began in front of us. */
export function traceRequests(
  app: FastifyInstance,
  tracing: Tracing,
  { traceOf }: Pick<RequestNames, 'traceOf'>,
): void {
  app.addHook('onRequest', async (request) => {
    const { url } = request.routeOptions;
    if (url !== undefined && UNTRACED.has(url)) return;
    const { method, route } = url === undefined ? NO_ROUTE : { method: request.method, route: url };
    request.span = tracing.start(url === undefined ? 'no route' : `${method} ${route}`, {
      kind: 'server',
      parent: traceOf(request.raw),
      traceId: request.id,
      attributes: { 'http.request.method': method, 'http.route': route },
    });
  });
  app.addHook('onResponse', async ({ span }, { outcome }) => span?.end(outcome ?? 'ok'));
}
