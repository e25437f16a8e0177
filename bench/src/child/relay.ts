import { openEventLog } from '@secure-chat/event-log/event-log';
import { createRelay } from '@secure-chat/relay/app';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { answerParent } from './answer-parent.ts';

/** A relay alone, with the settings of the environment. */
const config = readConfig(serviceSettings(0), process.env);
const logger = createLogger('relay', 'error');
const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger);
const relay = await createRelay({ ...log, serviceKeys, logger, clock: Date.now });
const url = await relay.app.listen({ host: '127.0.0.1', port: 0 });
answerParent({
  hello: { url },
  async close() {
    await relay.app.close();
    await log.close();
  },
});
