import { connectionSettings } from '@secure-chat/gateway/connection-settings';
import { readConfig } from '@secure-chat/service-kit/config';
import { databaseSettings } from '@secure-chat/service-kit/database-config';
import { eventLogOf } from '@secure-chat/service-kit/event-log-config';
import { run } from '@secure-chat/service-kit/run';
import { serviceSettings } from '@secure-chat/service-kit/service-config';
import { startStack } from './stack.ts';

const settings = { ...serviceSettings(8000, 'warn'), ...databaseSettings, ...connectionSettings };

await run(async () => {
  const config = readConfig(settings, process.env);
  const stack = await startStack({
    dataDir: config.DATA_DIR,
    host: config.HOST,
    port: config.PORT,
    logLevel: config.LOG_LEVEL,
    serviceKey: config.SERVICE_KEY,
    eventLog: eventLogOf(config, config.DATA_DIR),
    databaseServer: config.DATABASE_URL,
    connections: config,
  });
  process.stdout.write(
    `secure-chat is ready at ${stack.url} (data in ${config.DATA_DIR}). Open the TUI: npm run tui -- --server ${stack.url}\n`,
  );
  return stack;
});
