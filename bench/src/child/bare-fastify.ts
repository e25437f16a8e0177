import { EVENT_STREAM_TYPE, encodeEvent } from '@secure-chat/wire/event-stream';
import { type FastifyReply, fastify } from 'fastify';
import { answerParent } from './answer-parent.ts';

/**
 * The yardstick: fastify parses the same body on the same path, and writes it to the one stream of that name, if there is
 * one. Nobody is asked who they are, and nothing is kept.
 */
const app = fastify();
const streams = new Map<string, FastifyReply['raw']>();
app.post<{ Params: { username: string }; Body: { message: string } }>(
  '/chat/:username/send',
  async (request) => {
    const { message } = request.body;
    streams.get(request.params.username)?.write(encodeEvent('message', { message }));
    return { status: 'OK' };
  },
);
app.get<{ Params: { username: string } }>('/stream/:username', ({ params }, reply) => {
  reply.hijack();
  const { raw } = reply;
  streams.set(params.username, raw);
  raw.once('close', () => streams.delete(params.username));
  raw.writeHead(200, { 'content-type': EVENT_STREAM_TYPE });
  raw.write(encodeEvent('live', {}));
});
app.post('/presence', async () => ({ status: 'OK' }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
answerParent({ hello: { url }, close: () => app.close() });
