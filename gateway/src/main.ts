import { openEventLog } from '@secure-chat/event-log/event-log';
import { origin, origins, readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { createMeasuring } from '@secure-chat/service-kit/metrics/measuring';
import { run } from '@secure-chat/service-kit/run';
import { followKeyPair } from '@secure-chat/service-kit/server-keys';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { createProcessTracing } from '@secure-chat/service-kit/tracing/process-tracing';
import { createGateway } from './app.ts';
import { connectionSettings } from './connection-settings.ts';
import { createHttpUpstream } from './http-upstream.ts';
import { limitsSettings } from './policy/limits-setting.ts';
import { proxySettings } from './proxy-settings.ts';
import { tlsFilesOf, tlsSettings } from './tls-settings.ts';

const settings = {
  ...serviceSettings(8000),
  AUTH_URL: origin('http://127.0.0.1:8001'),
  DIRECTORY_URL: origin('http://127.0.0.1:8002'),
  RELAY_URL: origins('http://127.0.0.1:8003'),
  ...connectionSettings,
  ...limitsSettings,
  ...proxySettings,
  ...tlsSettings,
};

await run(async () => {
  const config = readConfig(settings, process.env);
  const measuring = await createMeasuring('gateway', config);
  const metrics = measuring.of('gateway');
  const logger = createLogger('gateway', config.LOG_LEVEL, { metrics });
  await measuring.listen(logger);
  const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
  const tracing = await createProcessTracing(config, logger);
  const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger, metrics);
  const identity = { identityKeys: serviceKeys.for('internal-identity'), clock: Date.now, logger };
  const upstreams = {
    auth: createHttpUpstream({ service: 'auth', origins: [config.AUTH_URL], ...identity }),
    directory: createHttpUpstream({ service: 'directory', origins: [config.DIRECTORY_URL], ...identity }),
    relay: createHttpUpstream({ service: 'relay', origins: config.RELAY_URL, ...identity }),
  };
  const files = tlsFilesOf(config);
  const gateway = await createGateway({
    ...log,
    upstreams,
    serviceKeys,
    logger,
    clock: Date.now,
    connections: config,
    limits: config.LIMITS,
    trustProxy: config.TRUST_PROXY,
    keys: files && followKeyPair({ files, logger, clock: Date.now }),
    metrics,
    tracing: tracing.of('gateway'),
  });
  const url = await gateway.listen({ host: config.HOST, port: config.PORT });
  logger.info({ url }, 'ready');
  return {
    failed: gateway.failed,
    async close() {
      await gateway.app.close();
      await log.close();
      await measuring.close();
      await tracing.close();
    },
  };
});
