import { createAuth } from '@secure-chat/auth/app';
import { createDirectory } from '@secure-chat/directory/app';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { readConfig } from '@secure-chat/service-kit/config';
import { databasePlace } from '@secure-chat/service-kit/database-config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { loadServiceKeys } from '@secure-chat/service-kit/load-service-keys';
import { createLogger } from '@secure-chat/service-kit/logger';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { answerParent } from './answer-parent.ts';

/** Auth and directory, which have little to do while messages flow, with the settings of the environment. */
const config = readConfig(serviceSettings(0), process.env);
const logger = createLogger('backstage', 'error');
const serviceKeys = loadServiceKeys(config.SERVICE_KEY, config.DATA_DIR, logger);
const log = await openEventLog(eventLogOf(config, config.DATA_DIR), logger);
const shared = { ...log, serviceKeys, logger, clock: Date.now };
const databases = { DATABASE_URL: null, DATA_DIR: config.DATA_DIR };
const auth = await createAuth({ ...shared, database: databasePlace('auth', databases) });
const directory = await createDirectory({ ...shared, database: databasePlace('directory', databases) });
const listening = { host: '127.0.0.1', port: 0 };
answerParent({
  hello: { auth: await auth.app.listen(listening), directory: await directory.app.listen(listening) },
  async close() {
    await Promise.all([auth.app.close(), directory.app.close()]);
    await log.close();
  },
});
