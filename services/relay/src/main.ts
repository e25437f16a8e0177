import { openEventLog } from '@secure-chat/event-log/event-log';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createMeasuring } from '@secure-chat/service-kit/metrics/measuring';
import { run } from '@secure-chat/service-kit/run';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { createProcessTracing } from '@secure-chat/service-kit/tracing/process-tracing';
import { createRelay } from './app.ts';

await run(async () => {
  const config = readConfig(serviceSettings(8003), process.env);
  const measuring = await createMeasuring('relay', config);
  const metrics = measuring.of('relay');
  const logger = createLogger('relay', config.LOG_LEVEL, { metrics });
  await measuring.listen(logger);
  const tracing = await createProcessTracing(config, logger);
  const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
  const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger, metrics);
  const relay = await createRelay({
    ...log,
    serviceKeys,
    logger,
    clock: Date.now,
    metrics,
    tracing: tracing.of('relay'),
  });
  const url = await relay.app.listen({ host: config.HOST, port: config.PORT });
  logger.info({ url }, 'ready');
  return {
    failed: relay.failed,
    async close() {
      await relay.app.close();
      await log.close();
      await measuring.close();
      await tracing.close();
    },
  };
});
