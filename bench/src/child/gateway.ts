import { openEventLog } from '@secure-chat/event-log/event-log';
import { createGateway } from '@secure-chat/gateway/app';
import { createHttpUpstream } from '@secure-chat/gateway/http-upstream';
import { NO_LIMITS } from '@secure-chat/gateway/policy/limits-setting';
import { origin, origins, readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { answerParent } from './answer-parent.ts';

/** For streams, heartbeats and sends, all from one address. */
const CONNECTIONS = 16_384;

/** A gateway alone, with the settings of the environment. */
const settings = {
  ...serviceSettings(0),
  AUTH_URL: origin(''),
  DIRECTORY_URL: origin(''),
  RELAY_URL: origins(''),
};
const config = readConfig(settings, process.env);
const logger = createLogger('gateway', 'error');
const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger);
const identity = { identityKeys: serviceKeys.for('internal-identity'), clock: Date.now, logger };
const gateway = await createGateway({
  ...log,
  upstreams: {
    auth: createHttpUpstream({ service: 'auth', origins: [config.AUTH_URL], ...identity }),
    directory: createHttpUpstream({ service: 'directory', origins: [config.DIRECTORY_URL], ...identity }),
    relay: createHttpUpstream({ service: 'relay', origins: config.RELAY_URL, ...identity }),
  },
  serviceKeys,
  logger,
  clock: Date.now,
  connections: { CONNECTIONS_MAX: CONNECTIONS, CONNECTIONS_PER_ADDRESS_MAX: CONNECTIONS },
  // What is measured is what it takes, not what it would refuse.
  limits: NO_LIMITS,
});
const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
answerParent({
  hello: { url },
  async close() {
    await gateway.app.close();
    await log.close();
  },
});
