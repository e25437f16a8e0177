import { openEventLog } from '@secure-chat/event-log/event-log';
import { openAdminSocket } from '@secure-chat/service-kit/admin/socket';
import { stats } from '@secure-chat/service-kit/admin/stats';
import { storage } from '@secure-chat/service-kit/admin/storage';
import { readConfig } from '@secure-chat/service-kit/config';
import { databasePlace, databaseSettings } from '@secure-chat/service-kit/database-config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createMeasuring } from '@secure-chat/service-kit/metrics/measuring';
import { run } from '@secure-chat/service-kit/run';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { createProcessTracing } from '@secure-chat/service-kit/tracing/process-tracing';
import { registrationSettings } from './admission.ts';
import { createAuth } from './app.ts';

const settings = { ...serviceSettings(8001), ...databaseSettings, ...registrationSettings };

await run(async () => {
  const config = readConfig(settings, process.env);
  const measuring = await createMeasuring('auth', config);
  const metrics = measuring.of('auth');
  const logger = createLogger('auth', config.LOG_LEVEL, { metrics });
  await measuring.listen(logger);
  const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
  const tracing = await createProcessTracing(config, logger);
  const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger, metrics);
  const auth = await createAuth({
    database: databasePlace('auth', config),
    events: log.events,
    codecs: log.codecs,
    serviceKeys,
    logger,
    clock: Date.now,
    registration: config.REGISTRATION,
    metrics,
    tracing: tracing.of('auth'),
  });
  const url = await auth.app.listen({ host: config.HOST, port: config.PORT });
  const admin = await openAdminSocket({
    folder: config.DATA_DIR,
    operations: [
      ...auth.admin,
      stats({ accounts: auth.accounts.count, online: null, services: { auth: auth.isReady } }),
      storage({ eventLog: config.EVENT_LOG, database: config.DATABASE_URL ? 'postgresql' : 'sqlite' }),
    ],
    logger,
  });
  logger.info({ url }, 'ready');
  return {
    async close() {
      await admin?.close();
      await auth.app.close();
      await log.close();
      await measuring.close();
      await tracing.close();
    },
  };
});
