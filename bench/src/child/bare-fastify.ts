import { fastify } from 'fastify';
import { answerParent } from './answer-parent.ts';

/** The yardstick: fastify parses the same body on the same path, and does nothing. */
const app = fastify();
app.post('/chat/:username/send', async () => ({ status: 'OK' }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
answerParent({ hello: { url }, close: () => app.close() });
