import type { FastifyReply } from 'fastify';
import type { UpstreamAnswer } from './upstream.ts';

/** Headers of a service's answer that a client sees. */
const PASSED_ON = ['content-type', 'retry-after'] as const;

export function sendAnswer(reply: FastifyReply, { status, headers, body }: UpstreamAnswer): FastifyReply {
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (typeof value === 'string') reply.header(name, value);
  }
  return reply.code(status).send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}
