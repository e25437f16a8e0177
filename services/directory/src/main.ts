import { openEventLog } from '@secure-chat/event-log/event-log';
import { readConfig } from '@secure-chat/service-kit/config';
import { databasePlace, databaseSettings } from '@secure-chat/service-kit/database-config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createMeasuring } from '@secure-chat/service-kit/metrics/measuring';
import { run } from '@secure-chat/service-kit/run';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { createProcessTracing } from '@secure-chat/service-kit/tracing/process-tracing';
import { createDirectory } from './app.ts';

const settings = { ...serviceSettings(8002), ...databaseSettings };

await run(async () => {
  const config = readConfig(settings, process.env);
  const measuring = await createMeasuring('directory', config);
  const metrics = measuring.of('directory');
  const logger = createLogger('directory', config.LOG_LEVEL, { metrics });
  await measuring.listen(logger);
  const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
  const tracing = await createProcessTracing(config, logger);
  const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger, metrics);
  const directory = await createDirectory({
    database: databasePlace('directory', config),
    events: log.events,
    codecs: log.codecs,
    serviceKeys,
    logger,
    clock: Date.now,
    metrics,
    tracing: tracing.of('directory'),
  });
  const url = await directory.app.listen({ host: config.HOST, port: config.PORT });
  logger.info({ url }, 'ready');
  return {
    failed: directory.failed,
    async close() {
      await directory.app.close();
      await log.close();
      await measuring.close();
      await tracing.close();
    },
  };
});
