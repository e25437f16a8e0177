import { setImmediate } from 'node:timers/promises';
import { readConfig } from '../src/config.ts';
import { createHttpServer } from '../src/http-server.ts';
import { createLogger } from '../src/logger.ts';
import { run } from '../src/run.ts';
import { serviceSettings } from '../src/service-config.ts';

// A process as the services are, with one request that is in flight until the server closes.
await run(async () => {
  const config = readConfig(serviceSettings(0), process.env);
  const app = createHttpServer({
    logger: createLogger('test', config.LOG_LEVEL),
    maxConnections: 10,
    trustRequestId: false,
  });
  app.get('/in-flight', async () => {
    process.stdout.write('in flight\n');
    while (app.server.listening) await setImmediate();
    return { finished: true };
  });
  const failed = new Promise<never>((_, reject) => {
    process.once('SIGUSR2', () => reject(new Error('the log is gone')));
  });
  process.stdout.write(`${await app.listen({ host: config.HOST, port: config.PORT })}\n`);
  return { failed, close: () => app.close() };
});
