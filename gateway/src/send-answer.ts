import type { FastifyReply } from 'fastify';
import { outcomeOf } from './outcome.ts';
import type { ServiceAnswer } from './upstream.ts';

/** Headers of a service's answer that a client sees. */
const PASSED_ON = ['content-type', 'retry-after'] as const;

export function sendAnswer(reply: FastifyReply, answer: ServiceAnswer): FastifyReply {
  const { status, headers, body } = answer;
  reply.outcome = outcomeOf(answer);
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (typeof value === 'string') reply.header(name, value);
  }
  const payload =
    typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return reply.code(status).send(payload);
}
